"""Conditions on a result: published gains, equations without a solution, and numbers against the equation itself."""

from __future__ import annotations

import math

import pytest
import sympy

import freeblock as fb

s, L, n = sympy.symbols("s L n", positive=True)


@pytest.mark.parametrize(("text", "name", "condition", "solutions"), [
    ("(dense >> relu)^L", "sigma_w", "phi = 1", [sympy.sqrt(2)]),  # He et al. 2015
    ("dense(m, var=v) >> relu", "v", "phi = 1", [2 / n]),
    ("(orthogonal(gain=g) >> leaky_relu(slope=s))^L", "g", "phi = 1", [sympy.sqrt(2 / (1 + s**2))]),
    ("(dense >> dropout(keep=1/4))^L", "sigma_w", "phi = 1", [sympy.Rational(1, 2)]),
    ("bn >> relu >> dense", "sigma_w", "phi = 1", [sympy.sqrt(2) * sympy.Symbol("sigma_B", positive=True)]),
    ("(id + t*(dense(var=1/fan_in) >> relu >> dense(var=2/fan_in)))^L", "t", "phi = e", [sympy.sqrt(sympy.exp(1 / L) - 1)]),
    ("(dense >> relu)^L", "L", "kappa = 10", [5]),
    ("dense >> leaky_relu(slope=s)", "s", "kappa = 3/2", [sympy.sqrt(2) - 1, 1 + sympy.sqrt(2)]),
    # There is none: a branch only adds, κ is even, φ is positive.
    ("id + c*dense", "c", "phi = 1", []), ("(id + (dense >> relu >> dense))^L", "sigma_w", "phi = 1", []),
    ("(dense >> relu)^L", "L", "kappa = 9", []), ("(dense >> relu)^L", "sigma_w", "phi = 0", []),
])
def test_closed_forms(text, name, condition, solutions):
    found = fb.derive(text).solve(name, condition)
    assert len(found) == len(solutions)
    at = {"s": 0.3, "L": 7, "n": 50, "sigma_B": 1.7}
    for one, other in zip(found, solutions, strict=True):
        value = sympy.sympify(other)
        assert set(map(str, one.free_symbols)) == set(map(str, value.free_symbols))
        first, second = (float(side.subs({symbol: at[str(symbol)] for symbol in side.free_symbols})) for side in (one, value))
        assert first == pytest.approx(second, rel=1e-12)


def test_one_is_the_condition_that_is_meant():
    assert fb.derive("(dense >> relu)^L").solve("sigma_w") == [sympy.sqrt(2)]


@pytest.mark.parametrize(("text", "name", "quantity", "target"), [
    ("dense(var=(s^2 + s^4 + s^7)/fan_in)", "s", "phi", 1.0), ("dense(var=1/fan_in) >> tanh(q=q)", "q", "phi", 0.5),
    ("serial[l=1..5](id + (t/l)*(dense(var=1/fan_in) >> relu >> dense(var=2/fan_in)))", "t", "phi", 6.0),
    ("dense(var=2/fan_in) >> tanh(q=q)", "q", "kappa", 1.2),
])
def test_numbers_meet_the_condition(text, name, quantity, target):
    derivation = fb.derive(text)
    solutions = derivation.solve(name, f"{quantity} = {target}")
    assert solutions
    for solution in solutions:
        assert getattr(derivation.evaluate({name: float(solution)}), quantity) == pytest.approx(target, rel=1e-9)


def test_the_seven_scaled_tanh_layers():
    (gain,) = fb.derive("(dense >> tanh)^7").solve("sigma_w")
    # E sech^4 z by the midpoint rule.
    steps = [(-12 + 24 * (place + 0.5) / 4000) for place in range(4000)]
    mean = sum(math.exp(-z * z / 2) / math.cosh(z)**4 for z in steps) * 24 / 4000 / math.sqrt(2 * math.pi)
    assert float(gain) == pytest.approx(mean**-0.5, rel=1e-10)


@pytest.mark.parametrize(("text", "name", "condition", "message", "hint"), [
    ("(dense >> relu)^L", "sigma", "phi = 1", "`sigma` does not occur in the result", "did you mean `sigma_w`?"),
    ("(dense >> relu)^L", "sigma_w", "phi", "the condition compares two formulas", "write `phi = 1`"),
    ("(dense >> relu)^L", "sigma_w", "phii = 1", "the network has no symbol `phii`", "did you mean `phi`?"),
    ("dense(var=kappa)", "kappa", "kappa = 1", "`kappa` is a symbol of this network and a result", None),
    ("dense >> tanh(q=q)", "q", "phi = 1/2", "there is no closed form for `q`", "give a number to `sigma_w` for a numerical one"),
])
def test_mistakes(text, name, condition, message, hint):
    with pytest.raises(fb.FreeblockError) as caught:
        fb.derive(text).solve(name, condition)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_refusal_reads_as_that_of_derive():
    with pytest.raises(fb.FreeblockError) as caught:
        fb.derive("(id + (relu >> dense))^2").solve("sigma_w", "variance = 1")
    with pytest.raises(fb.FreeblockError) as derived:
        fb.derive("(id + (relu >> dense))^2", require_variance=True)
    assert str(caught.value) == str(derived.value) and caught.value.exit_status == 1


def test_inequalities_are_intervals():
    derivation = fb.derive("(dense >> relu)^L")
    assert derivation.solve("sigma_w", "phi <= 1") == [sympy.Interval.Lopen(0, sympy.sqrt(2))]
    assert derivation.solve("sigma_w", "1 < phi") == [sympy.Interval.open(sympy.sqrt(2), sympy.oo)]


def test_a_network_of_many_blocks_has_its_formula_in_sympy_too():
    derivation = fb.derive(" >> ".join(f"(id + s^{place}*(dense(var=1/fan_in) >> relu >> dense(var=1/fan_in)))"
                                       for place in range(1, 60)))
    value = derivation.phi.subs({symbol: sympy.Rational(1, 2) for symbol in derivation.phi.free_symbols})
    assert float(value) == pytest.approx(math.prod(1 + 4.0**-place / 2 for place in range(1, 60)), rel=1e-12)
    (solution,) = derivation.solve("s", "phi = 3")
    assert math.prod(1 + float(solution)**(2 * place) / 2 for place in range(1, 60)) == pytest.approx(3, rel=1e-9)


@pytest.mark.parametrize(("text", "where", "roots"), [
    ("(c - 2) * id", "phi = 1", [1, 3]),  # (c − 2)² = 1
    ("((c - 2) * id)^3", "phi = 1", [1, 3]),
    ("(2*c - 3) * orthogonal + (c - 1) * orthogonal", "phi = 1", [1, 1.8]),  # 5c² − 14c + 10 = 1
    ("(c^2 - 4*c + 3) * id", "phi = 9", [4]),  # and 0, which is not positive
    ("(sqrt(c) - 2) * id", "phi = 1", [1, 9]),
    ("(1/c - 2) * id", "phi = 1", [1 / 3, 1]),
])
def test_a_mean_may_have_two_signed_roots(text: str, where: str, roots: list[float]) -> None:
    found = sorted(float(root) for root in fb.derive(text).solve("c", where))
    assert found == pytest.approx(roots)
