"""ϕ of residual networks as `derive --q` states it: formulas held against the theorem's recursion, and against draws."""

from __future__ import annotations

import json
from math import asin, pi, sqrt

import numpy as np
import pytest
import sympy

from freeblock.errors import FreeblockError, LimitError
from freeblock.formula.evaluation import evaluate
from freeblock.overlapping import overlap_source
from freeblock.session import Result, derive_source
from freeblock.source import Source


def derived(expression: str, *, q: str = "1", c: str = "0", **options) -> Result:
    return derive_source(Source("expression", expression), q=q, c=c, **options)


def recursion(sizes, p, f, kappa, ratio):
    """φ and κ from the last block to the first, as docs/theory/overlap.md states them; c_jl = p_j·p_l·(1 + ratio·asin)."""
    q = t = 1.0
    above = []
    for place in reversed(range(len(sizes))):
        r = p[place] ** 2 * (1 + ratio)  # E D⁴ of a slope that depends on the sign
        u = p[place] + sum(gain * p[j] * p[place] * (1 + ratio * 2 / pi * asin(sqrt(sizes[place] / sizes[j]))) for j, gain in above)
        t += 2 * f * q * u + 2 * f * p[place] * t + (p[place] * f) ** 2 * (kappa * q * q + t) + (f * q) ** 2 * (r - p[place] ** 2)
        above.append((place, f * q))
        q *= 1 + f * p[place]
    return q, t / q**2 - 1


@pytest.mark.parametrize("depth", [1, 2, 3, 8, 25])
@pytest.mark.parametrize("s", [0.3, 2])
def test_batch_norm_and_relu_at_a_symbolic_depth(depth, s):
    result = derived("(id + (bn >> relu >> dense(var=s/fan_in)))^L")
    assert result.derivation.proved == 2
    found = result.evaluate({"L": depth, "s": s})
    sizes = [1 + place * s * (0.5 - 0.5 / pi) for place in range(depth)]
    phi, kappa = recursion(sizes, [0.5 / size for size in sizes], s, 1, 1)
    assert (found.phi, found.kappa, found.variance) == pytest.approx((phi, kappa, kappa * phi**2), rel=1e-12)
    assert found.moments[1] == pytest.approx(phi**2 * (1 + kappa), rel=1e-12)


def test_an_input_of_another_size_and_correlation():
    s, q, c, depth = 0.7, 3, 0.25, 6
    found = derived("(id + (bn >> relu >> dense(var=s/fan_in)))^L", q="3", c="1/4").evaluate({"L": depth, "s": s})
    sizes = [q * (1 - c) + place * s * (0.5 - 0.5 / pi) for place in range(depth)]
    assert (found.phi, found.kappa) == pytest.approx(recursion(sizes, [0.5 / size for size in sizes], s, 1, 1), rel=1e-12)


@pytest.mark.parametrize("depth", [1, 2, 5, 6, 7, 40])
def test_blocks_without_a_norm(depth):
    """At a symbolic depth, and at the same depth as a number: written out up to six blocks, over distances beyond."""
    s = 0.6
    symbolic = derived("(id + (relu >> dense(var=s/fan_in)))^L").evaluate({"L": depth, "s": s})
    sizes = [(1 + s / 2) ** place for place in range(depth)]
    assert (symbolic.phi, symbolic.kappa) == pytest.approx(recursion(sizes, [0.5] * depth, s, 1, 1), rel=1e-12)
    number = derived(f"(id + (relu >> dense(var=s/fan_in)))^{depth}").evaluate({"s": s})
    assert (number.phi, number.kappa) == pytest.approx((symbolic.phi, symbolic.kappa), rel=1e-12)


@pytest.mark.parametrize(("expression", "options"), [
    ("(id + (leaky_relu(slope=1/3) >> dense(var=1/fan_in)))^9", {}),
    ("(id + (ln >> leaky_relu >> orthogonal >> relu >> dense(var=1/fan_in)))^5", {"q": "2", "c": "1/2"}),
    ("(id + (bn(epsilon=1/10) >> leaky_relu >> dense(var=1/fan_in)))^4", {"c": "1/2"}),
    ("(id + 1/2*(bn >> gelu >> dense(var=1/fan_in)))^7", {"c": "1/3"}),
    ("(id + (activation(x*tanh(x)) >> dense(var=1/3/fan_in)))^4", {}),
    ("(id + (abs >> dense(var=1/fan_in)))^7", {}),
    ("serial[l=1..5](id + l^(-1/2)*(ln >> relu >> dense(var=1/fan_in)))", {}),
    ("serial[l=1..8](id + l^(-1/2)*(relu >> dense(var=1/fan_in)))", {}),
    ("(id + (bn >> relu >> dense(var=1/fan_in)))^2 >> (id + 2*(bn >> relu >> dense(var=1/fan_in)))", {}),
    ("(id + (bn >> relu >> dense(var=1/fan_in)))^29", {"c": "1/5"}), ("(id + (bn >> relu >> dense(var=1/fan_in)))^60", {}),
])
def test_the_numbers_of_the_recursion(expression, options):
    """The formulas rest on the calculus and its filled-in network; `overlap` follows signals in floats."""
    found, numbers = derived(expression, **options).evaluate({}), overlap_source(Source("expression", expression), **options).found
    assert (found.phi, found.kappa) == pytest.approx((numbers.phi, numbers.kappa), rel=1e-9)
    assert derived(expression, **options).derivation.proof is not None


@pytest.mark.parametrize(("expression", "width", "values"), [
    ("(id | (relu >> dense(n/3, var=2/fan_in)))^3", 300, {}),
    ("(id | (leaky_relu(slope=1/4) >> dense(n/5)))^5", 300, {"sigma_w": 1.3}),
    ("(id | 1/2*(relu >> dense(n/10, var=2/fan_in)))^29", 300, {}), ("(id | (relu >> dense(n/10, var=2/fan_in)))^40", 300, {}),
    ("(id | (bn >> relu >> dense(n/3)))^3", 300, {"sigma_w": 1.7}), ("(id | (bn >> relu >> dense(n/3, var=2/fan_in)))^8", 300, {}),
    ("(id | 1/2*(bn(epsilon=1/7) >> leaky_relu(slope=1/4) >> dense(n/3, var=1/fan_in)))^5", 300, {}),
    ("(id | (relu >> dense(n/2))) >> (id | (relu >> dense(n/3)))", 300, {"sigma_w": 0.8}),
])
def test_dense_nets(expression, width, values):
    result = derived(expression)
    found = result.evaluate({"n": width, **values} if "n/" in str(result.derivation.law.rows) else values)
    numbers = overlap_source(Source("expression", expression), values={"n": width, **values}).found
    assert (found.phi, found.kappa) == pytest.approx((numbers.phi, numbers.kappa), rel=1e-10)
    assert result.derivation.proof is not None and result.derivation.proved == 2
    assert result.derivation.proof.plain.kappa is not None
    plain = result.derivation.proof.plain.kappa
    names = {"n": width, **values, **{name: float(value.number()) for name, value in result.derivation.network.constants.items()}}
    assert evaluate(plain, names).to_float() == pytest.approx(numbers.plain_kappa, rel=1e-10)


def test_a_stack_behind_batch_norm_names_what_it_rests_on():
    result = derived("(id | (bn >> relu >> dense(n/3)))^2", q="2", c="1/2")
    assert "refused" not in {item.status for item in result.hypotheses}
    assert any("a deviation of its own" in item.because for item in result.hypotheses)
    assert "sigma_B" not in result.text() and not {"sigma_B"} & {str(one) for one in result.kappa.free_symbols}
    assert result.data()["steps"][-1]["theorem"] == "overlap"
    # Deviations that are stated are a network of their own.
    with pytest.raises(FreeblockError):
        derived("(id | (bn >> relu >> dense(n/3)))^2 >> bn")


def test_a_leaky_network_as_it_is_drawn():
    """Forward passes with their own slopes, κ extrapolated in 1/width from two widths."""
    slope, s, depth = 0.2, 1.5, 4
    result = derived("(id + (leaky_relu(slope=1/5) >> dense(var=3/2/fan_in)))^L")
    expected = result.evaluate({"L": depth})
    plain = derived("(id + (leaky_relu(slope=1/5) >> dense(var=3/2/fan_in)))^L", assume=("independent-patterns",)).evaluate({"L": depth})
    found = []
    for width, samples in ((48, 400), (96, 200)):
        rng = np.random.default_rng(width)
        values = []
        for _ in range(samples):
            x, jacobian = rng.standard_normal(width), np.eye(width)
            for _ in range(depth):
                weights, d = rng.standard_normal((width, width)) * sqrt(s / width), np.where(x > 0, 1, slope)
                x, jacobian = x + weights @ (d * x), jacobian + weights @ (d[:, None] * jacobian)
            gram = jacobian.T @ jacobian
            values.append((np.trace(gram) / width, np.sum(gram * gram) / width))
        a, b = np.array(values).T
        kappa = b.mean() / a.mean() ** 2 - 1
        found.append((kappa, np.std(b / a.mean() ** 2 - 2 * (kappa + 1) * a / a.mean()) / sqrt(samples)))
    value, error = 2 * found[1][0] - found[0][0], sqrt(4 * found[1][1] ** 2 + found[0][1] ** 2)
    assert abs(value - expected.kappa) < 3 * error
    assert expected.kappa - plain.kappa > 5 * error  # the plain value is told apart


def test_the_page_and_its_data():
    result = derived("(id + (bn >> relu >> dense))^L")
    data = result.data()
    names = {name: sympy.Symbol(name, positive=True) for name in ("sigma_w", "L")}

    def value(text: str, depth: int) -> float:
        formula = sympy.sympify(text, locals=names)
        return float(sympy.lambdify([names["sigma_w"], names["L"]], formula, "mpmath")(1.5, depth))

    step = data["steps"][-1]
    numbers = result.evaluate({"sigma_w": 1.5, "L": 3})
    assert step["theorem"] == "overlap" and value(data["phi"], 3) == pytest.approx(numbers.phi)
    assert value(data["kappa"], 3) == pytest.approx(numbers.kappa)
    assert value(step["independent_kappa"], 3) + value(step["pairs_kappa"], 3) == pytest.approx(numbers.kappa)
    plain = derived("(id + (bn >> relu >> dense))^L", assume=("independent-patterns",)).evaluate({"sigma_w": 1.5, "L": 3})
    assert value(data["independent_patterns"]["kappa"], 3) == pytest.approx(plain.kappa)
    assert sum(value(share["kappa"], 3) for share in data["contributions"]) == pytest.approx(numbers.kappa)
    assert value(data["contributions"][-1]["count"], 5) == 10
    assert [item["status"] for item in data["hypotheses"] if item["theorem"] == "overlap"] == ["proved", "proved"]
    assert "refused" not in {item["status"] for item in data["hypotheses"]}
    assert json.loads(result.to_json()) == data
    for style in ("text", "unicode", "markdown"):
        assert "with independent patterns: " in result.text(style=style)
    assert r"\arcsin" in result.latex() and "Overlap theorem" in result.latex() and "independent would give" in result.latex()


def test_named_numbers_are_told_with_their_error():
    result = derived("(id + (tanh >> dense(var=1/fan_in)))^3")
    assert "overlap" in result.derivation.network.errors
    assert "with overlap = " in result.text() and "by quadrature" in result.text()


def test_a_word_of_the_user_is_no_index_or_name_of_ours():
    clash = derived("(id + (bn >> relu >> dense(var=l/fan_in)))^j").evaluate({"l": 0.7, "j": 5})
    plain = derived("(id + (bn >> relu >> dense(var=a/fan_in)))^L").evaluate({"a": 0.7, "L": 5})
    assert clash.kappa == pytest.approx(plain.kappa, rel=1e-12)


def test_what_the_user_assumes_takes_its_place():
    """Free patterns on the user's word are the plain value, printed as an assumption."""
    result = derived("(id + (bn >> relu >> dense(var=1/fan_in)))^4", assume=("independent-patterns",))
    assert result.derivation.proof is None and result.evaluate({}).kappa == pytest.approx(2.064682261)


def test_a_third_order_is_not_proved():
    result = derived("(id + (relu >> dense(var=1/fan_in)))^3", order=3)
    assert result.derivation.given == 2 and result.derivation.moment(3) is None
    assert result.derivation.phi is not None and result.derivation.kappa is not None


@pytest.mark.parametrize("expression", [
    "((id + (relu >> dense)) >> relu)^2", "(2*id + (relu >> dense))^2", "(id + (relu >> dense) + (relu >> dense))^2",
    "(id + (relu >> dense)) >> (id + (leaky_relu >> dense))", "(id | (relu >> dense(k)))^3", "(id + (relu >> dropout(keep=1/2) >> dense))^2",
    "(id + (relu >> sws(gain=1) >> permutation))^2", "(id + (ln >> tanh >> dense(var=1/fan_in)))^L", "(id + (bn(std=1) >> relu >> dense))^3",
    "relu >> (id + (relu >> dense))", "(id + (relu >> dense)) >> (id | (relu >> dense))", "(id | (relu >> dense >> relu >> dense))^2",
])
def test_other_networks_keep_their_refusal(expression):
    try:
        result = derived(expression)
    except FreeblockError:
        return
    assert result.derivation.proved < 2 and result.derivation.variance is None and result.derivation.refusals()


def test_a_stem_and_a_read_out():
    """κ adds along a chain of free factors with the ratios of widths: docs/theory 2 §1, here by hand."""
    text = "dense(2*n, var=1/fan_in) >> (id + (relu >> dense(var=s/fan_in)))^L >> dense(n/2, var=1/fan_in)"
    result = derived(text)
    alone = derived("(id + (relu >> dense(var=s/fan_in)))^L").evaluate({"s": 0.7, "L": 5})
    found = result.evaluate({"s": 0.7, "L": 5, "n": 30})
    # m_L/m_i·κ_i: n/2 outputs; the stem has κ = 2 (2n outputs, n inputs), the read-out 1/4 (n/2 outputs, 2n inputs).
    assert found.kappa == pytest.approx(2 / 4 + alone.kappa / 4 + 1 / 4)
    assert [step.theorem for step in result.steps if step.theorem in {"overlap", "serial"}] == ["serial", "overlap", "serial"]
    for side in ("out", "in"):
        one = derived(text, side=side)
        shares = sum(evaluate(share.kappa, {"s": 0.7, "L": 5, "n": 30}).to_float() for share in one.derivation.shares)
        whole = one.evaluate({"s": 0.7, "L": 5, "n": 30}).kappa
        assert shares == pytest.approx(whole)
        plain = derived(text, side=side, assume=("independent-patterns",)).evaluate({"s": 0.7, "L": 5, "n": 30}).kappa
        told = one.derivation.proof.plain_on(side).kappa
        assert evaluate(told, {"s": 0.7, "L": 5, "n": 30}).to_float() == pytest.approx(plain) and plain < whole


def test_a_stem_as_it_is_drawn():
    text = "dense(var=1/fan_in) >> (id + (relu >> dense(var=1/fan_in)))^4 >> dense(var=1/fan_in)"
    expected, plain = (derived(text, assume=assume).evaluate({}).kappa for assume in ((), ("independent-patterns",)))
    found = []
    for width, samples in ((48, 500), (96, 250)):
        rng, values = np.random.default_rng(width), []
        for _ in range(samples):
            first, last = (rng.standard_normal((width, width)) / sqrt(width) for _ in range(2))
            x, jacobian = first @ rng.standard_normal(width), first
            for _ in range(4):
                weights, d = rng.standard_normal((width, width)) / sqrt(width), x > 0
                x, jacobian = x + weights @ (d * x), jacobian + weights @ (d[:, None] * jacobian)
            gram = (last @ jacobian).T @ (last @ jacobian)
            values.append((np.trace(gram) / width, np.sum(gram * gram) / width))
        a, b = np.array(values).T
        kappa = b.mean() / a.mean() ** 2 - 1
        found.append((kappa, np.std(b / a.mean() ** 2 - 2 * (kappa + 1) * a / a.mean()) / sqrt(samples)))
    value, error = 2 * found[1][0] - found[0][0], sqrt(4 * found[1][1] ** 2 + found[0][1] ** 2)
    assert abs(value - expected) < 3 * error < expected - plain  # the plain value is told apart


def test_indices_within_indices_do_not_meet():
    """Both are called l by themselves."""
    nested = derived("((id + (bn >> relu >> dense))^L)^M").evaluate({"L": 3, "M": 4, "sigma_w": 1.3})
    assert nested.phi == pytest.approx(derived("(id + (bn >> relu >> dense))^12").evaluate({"sigma_w": 1.3}).phi, rel=1e-12)
    assert nested.kappa is None


@pytest.mark.parametrize("expression", ["(id | (bn >> relu >> dense(n/3)))^2", "dense(2*n) >> (id + (ln >> relu >> dense))^L >> dense(10)",
                                        "(id + (tanh >> dense(var=1/fan_in)))^2", "(id | (relu >> dense(n/2, var=2/fan_in)))^3"])
@pytest.mark.parametrize("side", ["out", "in"])
def test_every_page_is_written(expression, side):
    result = derived(expression, side=side)
    for steps in ("none", "summary", "full"):
        assert r"\kappa" in result.latex(steps=steps) and "κ" in result.text(steps=steps)
    assert result.data()["kappa"] and result.data()["independent_patterns"]["kappa"]


@pytest.mark.parametrize(("blocks", "proved"), [(3, 2), (101, 1)])
def test_integrals_over_pairs_are_few(blocks: int, proved: int) -> None:
    assert derived(f"(id + (bn >> gelu >> dense(var=1/16/fan_in)))^{blocks}").derivation.proved == proved


def test_means_inside_means_end(no_hang: None) -> None:
    with pytest.raises(LimitError, match="means inside means"):
        derived("(id + (tanh >> dense(var=1/16/fan_in)))^200")
    assert derived("(id + (tanh >> dense(var=1/16/fan_in)))^8").derivation.proved == 2
