"""Exact Gaussian moments of sums of c·x^n·e^(ax), against quadrature."""

from __future__ import annotations

import pytest

from freeblock.formula.evaluation import evaluate
from freeblock.pointwise.activation import read_activation
from freeblock.pointwise.exponential_polynomials import exact_moments
from freeblock.pointwise.gaussian import GaussianMoments


@pytest.mark.parametrize("text", [
    "sin(x)", "cos(2*x) - 1/3", "x + sin(x)^2", "exp(-x/2)*x^2 - 1", "sinh(x/3) + x^3/7", "x*cos(x)", "1/exp(x/4) - 1",
    "cosh(x/2)*x - x^2/5", "(x + exp(x/5))^3",
])
def test_moments_are_those_of_quadrature(text: str) -> None:
    activation = read_activation(text, {})
    exact = exact_moments(activation, "alpha")
    assert exact is not None
    for gain in (0.2, 0.7, 1.0):
        found = GaussianMoments(activation).at(gain)
        for formula, value in zip(exact, found[:3], strict=True):
            assert evaluate(formula, {"alpha": gain}).to_float() == pytest.approx(value, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("text", ["tanh(x)", "exp(x^2/8)", "sin(x + 1)", "max(0, x)", "sin(x)*exp(x/2)", "sin(x) + exp(x)", "b*x", "1/x", "x^30",
                                  "sqrt(x)", "1/(1 + exp(x))"])
def test_what_is_of_another_kind_has_none(text: str) -> None:
    assert exact_moments(read_activation(text, {}), "alpha") is None
