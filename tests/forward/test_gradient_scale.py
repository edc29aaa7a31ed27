"""GSC² in formulas: published forms, and the numbers of the forward table at values of the symbols."""

from __future__ import annotations

from math import pi, prod, sqrt

import mpmath
import pytest
import sympy
from signals import squared, table

from freeblock.errors import FreeblockError
from freeblock.forwarding import forward_source
from freeblock.source import Source


def data(expression: str, **options):
    return forward_source(Source("expression", expression), **options).data()


def value(formula: str, definitions, **values: float) -> float:
    scope = {**{name: sympy.Float(one, 20) for name, one in values.items()}, "Integral": integral}
    # A definition may hold the name of one that is a number.
    for name, text in sorted(definitions.items(), key=lambda one: not one[1].replace("/", "").isdigit()):
        scope[name] = sympy.sympify(text, locals=scope)
    return float(sympy.sympify(formula, locals=scope))


def integral(integrand, limits):
    """The same by mpmath: `evalf` of sympy takes half a minute."""
    return sympy.Float(mpmath.quad(sympy.lambdify(limits[0], integrand, "mpmath"), [-12, -4, 0, 4, 12]), 15)


@pytest.mark.parametrize("expression", ["(dense >> relu)^L", "(id + (dense >> relu >> dense))^L", "(dense >> ln >> leaky_relu(slope=a))^L >> dense"])
def test_homogeneous_networks_have_gsc_1(expression):
    assert data(expression)["gsc_squared"] == "1"


@pytest.mark.parametrize(("expression", "values"), [
    ("(dense >> bn >> relu)^L", {"L": 1}), ("(dense >> bn >> relu)^L", {"L": 2}), ("(dense >> bn >> relu)^L", {"L": 50}),
    ("(dense >> ln >> gelu)^L", {"L": 7}), ("dense >> tanh", {"sigma_w": 1.3}), ("(dense >> ln >> tanh)^L >> dense", {"L": 5, "sigma_w": 2}),
    ("dense >> leaky_relu(slope=a) >> dense >> bn", {"a": 0.3, "sigma_w": 0.7}),
    ("(id + (bn >> relu >> dense))^3", {"sigma_w": 1.2}), ("(id + (bn >> relu >> dense))^L", {"L": 5, "sigma_w": 1.2}),
    ("(id + (ln >> gelu >> dense))^9", {"sigma_w": 0.7}), ("(id + (ln >> tanh >> dense))^2", {"sigma_w": 0.8}),
    ("(dense >> sws(gain=a) >> relu)^L", {"a": 1.5, "L": 4, "sigma_w": 1.1}), ("(relu >> sws(gain=a))^2", {"a": 0.5}),
])
def test_the_formula_at_numbers_is_the_table(expression, values):
    found = data(expression)
    known = table(expression, values={"sigma_w": 1, **values} if "dense" in expression else values)
    at = {"sigma_w": 1, **values}
    assert value(found["gsc_squared"], found["definitions"], **at) == pytest.approx(10**known.log_gsc_squared, rel=1e-8)
    assert value(found["q"], found["definitions"], **at) == pytest.approx(known.last.q, rel=1e-8)
    if found["c"] is not None:
        assert value(found["c"], found["definitions"], **at) == pytest.approx(known.last.c, rel=1e-8, abs=1e-12)


def test_the_price_of_batch_norm():
    assert value(data("relu >> dense >> bn")["gsc_squared"], {}) == pytest.approx(pi / (pi - 1))
    assert squared("relu >> dense(var=1/fan_in) >> bn") == pytest.approx(pi / (pi - 1))


def test_a_residual_network_of_symbolic_depth_behind_a_norm():
    """Each block adds σ²/2 to the mean square and σ²/2π to the covariance."""
    found, s, depth = data("(id + (bn >> relu >> dense))^L"), 1.7, 9
    variances = [1 + place * s * (1 / 2 - 1 / (2 * pi)) for place in range(depth)]
    q = 1 + depth * s / 2
    names = found["definitions"]
    assert value(found["q"], names, sigma_w=sqrt(s), L=depth) == pytest.approx(q)
    assert value(found["c"], names, sigma_w=sqrt(s), L=depth) == pytest.approx(depth * s / (2 * pi) / q)
    assert value(found["gsc_squared"], names, sigma_w=sqrt(s), L=depth) == pytest.approx(prod(1 + s / (2 * v) for v in variances) / q)


@pytest.mark.parametrize("expression", ["(id + (tanh >> dense))^L", "(2*id + (bn >> relu >> dense))^L", "(relu + (relu >> dropout(keep=1/2))) >> dense", "(dense >> bn(batch=8))^L", "(dense >> tanh)^L"])
def test_refusals(expression):
    with pytest.raises(FreeblockError):
        data(expression)
