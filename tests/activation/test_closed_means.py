"""Gaussian means in closed form, of sums of c·x^n·e^(ax) and of pieces of them, against quadrature."""

from __future__ import annotations

import pytest

from freeblock.activation.closed_means import closed_mean
from freeblock.activation.derivative import derivative
from freeblock.activation.kernels import NoClosedFormError
from freeblock.activation.tree import raised
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import symbol
from freeblock.functions_of_x import read_activation


@pytest.mark.parametrize("text", [
    "sin(x)", "cos(2*x) - 1/3", "x + sin(x)^2", "exp(-x/2)*x^2 - 1", "sinh(x/3) + x^3/7", "x*cos(x)", "1/exp(x/4) - 1",
    "cosh(x/2)*x - x^2/5", "(x + exp(x/5))^3", "elu", "hard_tanh", "abs(x)^3 - x", "1/exp(x/4)^2",
])
def test_moments_are_those_of_quadrature(text: str) -> None:
    activation = read_activation(text)
    function = activation.function
    exact = [closed_mean(tree, symbol("alpha")**2, {})
             for tree in (function, raised(function, 2), raised(derivative(function), 2))]
    for gain in (0.2, 0.7, 1.0):
        means, q = activation.means, gain**2
        found = (means.mean(q), means.mean_square(q), means.slope_moment(2, q))
        for formula, value in zip(exact, found, strict=True):
            assert evaluate(formula, {"alpha": gain}).to_float() == pytest.approx(value, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("text", ["sin(x + 1)", "sin(x)*exp(x/2)", "1/x", "sqrt(x)", "1/(1 + exp(x))", "x*tanh(x)", "erf(x)"])
def test_what_is_of_another_kind_has_none(text: str) -> None:
    with pytest.raises(NoClosedFormError):
        closed_mean(raised(read_activation(text).function, 2), symbol("alpha")**2, {})
