"""Activations by their formula: values, derivatives, kinks, Taylor series and Gaussian moments."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from freeblock.activation.error_function import error_function
from freeblock.activation.taylor import Series, taylor
from freeblock.errors import DomainError, FreeblockError, RefusedError
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression
from freeblock.functions_of_x import read_activation

X = sympy.Symbol("x", real=True)
SYMPY = {"x": X, "max": sympy.Max, "min": sympy.Min, "abs": sympy.Abs, "erf": sympy.erf, "arctan": sympy.atan,
         "Phi": lambda u: (1 + sympy.erf(u / sympy.sqrt(2))) / 2}
NAMED = {
    "linear": "x", "relu": "max(0, x)", "leaky_relu": "max(x, x/100)", "tanh": "tanh(x)", "sin": "sin(x)",
    "erf": "erf(x)", "hard_tanh": "max(-1, min(1, x))", "sigmoid": "1/(1 + exp(-x))", "gelu": "x*Phi(x)",
    "silu": "x/(1 + exp(-x))", "softplus": "log(1 + exp(x))", "elu": "max(0, x) + exp(min(0, x)) - 1",
    "selu": "1.0507009873554805*(max(0, x) + 1.6732632423543772*(exp(min(0, x)) - 1))",
    "leaky_relu(slope=1/3)": "max(x, x/3)", "hard_tanh(c=2)": "max(-2, min(2, x))", "abs": "abs(x)",
}
"""What components are, written out."""
SMOOTH = [NAMED["tanh"], NAMED["sin"], NAMED["erf"], NAMED["sigmoid"], NAMED["gelu"], NAMED["silu"], NAMED["softplus"],
          "x*tanh(log(1 + exp(x)))", "x*cos(x) - arctan(x^2)/3", "sinh(x)/cosh(x/2)", "sqrt(1 + x^2)",
          "x/(1 + x^2)^(3/2)", "exp(-x^2/2)*x"]


def in_sympy(text: str) -> sympy.Expr:
    return sympy.sympify(text.replace("^", "**"), locals=SYMPY)


def series_of(text: str, degree: int) -> tuple[Series, Series]:
    activation = read_activation(text)
    return taylor(activation.function, degree, activation.span)


@pytest.mark.parametrize("text", [*NAMED, *SMOOTH, "abs(x - 1/3)", "max(x, 1/2, x^3)", "min(2*x, exp(x))"])
def test_values_and_derivatives_are_those_of_sympy(text: str) -> None:
    formula = in_sympy(NAMED.get(text, text))
    slope = sympy.diff(formula, X)
    points = np.array([-3.3, -1.7, -0.45, 0.3, 0.8, 2.6])
    value, derivative = read_activation(text).values(points)
    for place, point in enumerate(points):
        exact = sympy.Rational(str(point))
        assert value[place] == pytest.approx(float(formula.subs(X, exact)), rel=1e-12, abs=1e-14)
        assert derivative[place] == pytest.approx(float(slope.subs(X, exact).doit()), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize("text", SMOOTH)
def test_taylor_series_are_those_of_sympy(text: str) -> None:
    right, left = series_of(text, 6)
    expected = sympy.series(in_sympy(text), X, 0, 7).removeO()
    for power in range(7):
        exact = expected.coeff(X, power)
        for side, sign in ((right, 1), (left, (-1) ** power)):
            found = sympy.sympify(print_expression(side.coefficients[power], PYTHON))
            assert abs(sympy.N(found - sign * exact, 30)) < 1e-20


def test_a_series_of_each_side_where_the_sides_differ() -> None:
    right, left = series_of("elu", 3)
    assert [one.number() for one in right.coefficients] == [0, 1, 0, 0]
    assert [print_expression(one, PYTHON) for one in left.coefficients] == ["0", "-1", "1/2", "-1/6"]


@pytest.mark.parametrize(("text", "expected"), [
    ("max(-1, min(1, x))", [-1, 1]), ("abs(x - 1/3)", [1 / 3]), ("max(0, x) + max(0, x - 1)", [0, 1]),
    ("max(sin(x), 0)", [-math.pi, 0, math.pi]), ("tanh(x)", []),
])
def test_kinks(text: str, expected: list[float]) -> None:
    found = read_activation(text).kinks
    assert found[abs(found) < 4].tolist() == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("text", [*NAMED, "abs(x - 1/3)^3", "tanh(100*x)", "x*exp(x/2)"])
def test_gaussian_moments_are_those_of_another_quadrature(text: str) -> None:
    activation = read_activation(text)
    points = np.linspace(-12, 12, 400_001) + 1e-5  # no point lies on a kink
    weights = np.exp(-(points**2) / 2) / math.sqrt(2 * math.pi) * (points[1] - points[0])
    for gain in (1.0, 0.3):
        value, slope = activation.values(gain * points)
        expected = [float(np.dot(weights, part)) for part in (value, value**2, slope**2)]
        means, q = activation.means, gain**2
        found = [means.mean(q), means.mean_square(q), means.slope_moment(2, q)]
        assert found == pytest.approx(expected, rel=3e-5, abs=1e-5)
        if not len(activation.kinks):
            assert found == pytest.approx(expected, rel=1e-10, abs=1e-11), "the rule is exact for smooth f"


def test_the_error_function_on_arrays() -> None:
    points = np.concatenate([np.linspace(-7, 7, 20_001), np.logspace(-300, 1, 300), [0.0, np.inf, -np.inf, 1e308]])
    expected = np.array([math.erf(point) for point in points])
    assert np.abs(error_function(points) - expected).max() < 2.3e-16
    assert np.isnan(error_function(np.array([np.nan]))).all() and error_function(np.zeros((2, 3))).shape == (2, 3)


def test_symbols_are_values_with_set_and_missed_without() -> None:
    activation = read_activation("x + b*x^3", {"b": "1/2"})
    assert activation.values(np.array([2.0]))[0][0] == 6.0
    assert read_activation("x + b*x^3").symbols == {"b"}
    with pytest.raises(DomainError, match="no value"):
        read_activation("x + b*x^3").values(np.array([2.0]))
    with pytest.raises(FreeblockError, match="does not occur"):
        read_activation("x + b*x^3", {"d": 1})


@pytest.mark.parametrize(("text", "degree"), [
    ("max(0, x)", 1), ("max(x, x/10)", 1), ("abs(x)*x", 2), ("max(0, x)^3", 3), ("2*x + abs(x)", 1), ("sqrt(x^2 + 3*x^2)", 1),
    ("tanh(x)", None), ("x + 1", None), ("max(x, 1)", None), ("x + x^2", None), ("sin(1)*x", 1),
])
def test_the_degree_of_homogeneous_formulas(text: str, degree: int | None) -> None:
    assert read_activation(text).degree == degree


@pytest.mark.parametrize("text", [
    "", "foo", "relu(x)", "3", "y", "x^x", "(-2)^x", "x = 1", "dense >> x", "max(x)", "tanh(x, x)", "floor(x)", "x +", "exp", "bn", "dense", "sign(x)", "relu(slope=1)", "x + bn",
    "max(a=x, 0)", "(" * 3000 + "x" + ")" * 3000, "+".join(["x"] * 3000), "__import__('os')",
])
def test_what_is_no_activation_is_told(text: str) -> None:
    with pytest.raises(FreeblockError) as told:
        read_activation(text)
    assert told.value.exit_status == 2


@pytest.mark.parametrize("text", ["1/x", "log(x)", "sqrt(x)", "x/abs(x)", "exp(x^2)", "exp(exp(x))", "log(abs(x))/x"])
def test_moments_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises((DomainError, RefusedError)):
        read_activation(text).means.slope_moment(2, 1.0)


@pytest.mark.parametrize("text", ["1/x", "log(x)", "sqrt(abs(x))", "max(b*x, x)", "sin(x + 1)", "x^(1/3)", "log(abs(x))"])
def test_series_that_are_not_known_are_refused(text: str) -> None:
    with pytest.raises(DomainError):
        series_of(text, 4)
