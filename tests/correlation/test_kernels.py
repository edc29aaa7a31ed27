"""Closed kernels and Hermite series against quadrature by scipy and numpy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import sympy
from layers import analysis, joint_mean, mean

from freeblock.correlating import activation_function, correlate
from freeblock.correlation.kernel import closed_kernel
from freeblock.formula.expression import symbol
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression

Q, C = sympy.symbols("q c")
CLOSED: list[tuple[str, str, Callable[[float], float], tuple[float, ...]]] = [
    ("relu", "arc-cosine", lambda x: max(x, 0.0), (0.0,)),
    ("leaky_relu(slope=1/5)", "arc-cosine", lambda x: max(x, x / 5), (0.0,)),
    ("max(x, -x/2)", "arc-cosine", lambda x: max(x, -x / 2), (0.0,)),
    ("abs(x)", "arc-cosine", abs, (0.0,)),
    ("linear", "linear", lambda x: x, ()),
    ("erf(x)", "erf", math.erf, ()),
    ("2*erf(x/3) - x/2 + 1/4", "erf", lambda x: 2 * math.erf(x / 3) - x / 2 + 0.25, ()),
    ("Phi(x)", "erf", lambda x: (1 + math.erf(x / math.sqrt(2))) / 2, ()),
    ("erf(x) + erf(2*x)", "erf", lambda x: math.erf(x) + math.erf(2 * x), ()),
    ("sin(x)", "exponential", math.sin, ()),
    ("cos(2*x) + sin(x) + x/3 - 1/2", "exponential", lambda x: math.cos(2 * x) + math.sin(x) + x / 3 - 0.5, ()),
    ("exp(x/2) - x - 1", "exponential", lambda x: math.exp(x / 2) - x - 1, ()),
    ("x^3 - x^2/2 + x/3 - 1", "polynomial", lambda x: x**3 - x**2 / 2 + x / 3 - 1, ()),
]


@pytest.mark.parametrize(("text", "kind", "f", "kinks"), CLOSED, ids=[case[0] for case in CLOSED])
def test_closed_kernels_are_the_joint_means(
    text: str, kind: str, f: Callable[[float], float], kinks: tuple[float, ...]
) -> None:
    kernel = correlate(text).kernel
    assert kernel is not None and kernel.kind == kind
    value, slope = (sympy.sympify(print_expression(one, PYTHON), locals={"q": Q, "c": C})
                    for one in (kernel.value(symbol("q"), symbol("c")), kernel.slope(symbol("q"), symbol("c"))))
    assert float(value.subs({Q: 1.3, C: -0.6})) == pytest.approx(joint_mean(f, 1.3, -0.6, kinks), rel=1e-7)
    at_one = correlate(text).kernel.value(symbol("q"), symbol("c") / symbol("c"))  # type: ignore[union-attr]
    assert float(sympy.sympify(print_expression(at_one, PYTHON), locals={"q": Q}).subs(Q, 0.7)) == pytest.approx(
        mean(lambda x: f(x) ** 2, 0.7, kinks), rel=1e-9)
    # E f′(u)f′(v) is the derivative in the covariance qc (Price's theorem).
    assert sympy.simplify((sympy.diff(value, C) / Q - slope).subs({Q: sympy.Rational(7, 5), C: sympy.Rational(1, 3)}).evalf(
        30)) == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize("text", ["tanh(x)", "x*Phi(x)", "exp(x)*sin(x)", "erf(x) + sin(x)", "erf(x)^2", "max(x, 1)", "x^20"])
def test_no_closed_kernel_is_made_up(text: str) -> None:
    assert closed_kernel(activation_function(text, {}).tree, {}) is None


@pytest.mark.parametrize(("text", "f"), [
    ("tanh", np.tanh), ("x*exp(-x^2/2) + x/5", lambda x: x * np.exp(-x * x / 2) + x / 5), ("sin(2*x) + cos(x)", lambda x: np.sin(2 * x) + np.cos(x)),
])
def test_hermite_coefficients_are_those_of_numpy(text: str, f: Callable[[np.ndarray], np.ndarray]) -> None:
    found = analysis(text, "2", "3/10", terms=12)
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    for k, value in enumerate(found.series.coefficients):
        polynomial = np.polynomial.hermite_e.hermeval(nodes, [0] * k + [1])
        expected = weights @ (f(math.sqrt(found.q) * nodes) * polynomial) / math.sqrt(2 * math.pi * math.factorial(k))
        assert value == pytest.approx(expected, abs=1e-9)
    assert sum(found.weights) + found.rest == pytest.approx(1, rel=1e-9)


def test_the_hermite_coefficients_of_relu_are_those_of_its_kernel() -> None:
    """The Taylor coefficients of the arc-cosine kernel are their squares."""
    c = sympy.Symbol("c")
    series = sympy.series((sympy.sqrt(1 - c**2) + c * (sympy.pi - sympy.acos(c))) / sympy.pi, c, 0, 9).removeO()
    assert analysis("relu", "2", terms=8).weights == pytest.approx([float(series.coeff(c, k)) for k in range(9)], abs=1e-9)


def test_the_rest_is_a_bound() -> None:
    found = analysis("relu", "2", terms=6)
    for c in (-1.0, -0.5, 0.5, 0.9, 1.0):
        partial = sum(value * c**k for k, value in enumerate(found.weights))
        assert abs(found.layer.correlation(found.q, c) - partial) <= found.rest * (1 + 1e-9)
