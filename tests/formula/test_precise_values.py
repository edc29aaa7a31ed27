"""Values to many digits, against mpmath's quadrature and closed forms of its own; signs, against such values."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from freeblock.formula.evaluation import evaluate
from freeblock.formula.precise import evaluate_precisely, fraction_of
from freeblock.formula.signs import Known, sign_of
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source


def read(text):
    return to_expression(parse_formula(Source("formula", text)), {}, free=True)


@pytest.mark.parametrize(("power", "mean_square"), [(4, 1), (8, 1), (4, Fraction(1, 100)), (12, 50), (4, 900), (1, 3)])
def test_expectations_of_sech(power, mean_square):
    """E sech(√q z)^j by another quadrature, in both precisions."""
    with mpmath.workdps(40):
        root = mpmath.sqrt(mpmath.mpf(mean_square.numerator) / mean_square.denominator)
        peaks = [-60 / root, -5 / root, 0, 5 / root, 60 / root]
        value = mpmath.quad(lambda z: mpmath.sech(root * z) ** power * mpmath.npdf(z), [-40, *peaks, 40] if root < 1 else peaks)
        formula = read(f"sech_moment({power}, {mean_square})")
        assert abs(evaluate_precisely(formula, {}, 25) / value - 1) < 1e-22
        assert evaluate(formula, {}).to_float() == pytest.approx(float(value), rel=1e-13)


@pytest.mark.parametrize(("text", "value"), [
    ("sqrt(2)^3*pi", lambda: mpmath.sqrt(8) * mpmath.pi), ("Phi(-4)*exp(8)", lambda: mpmath.ncdf(-4) * mpmath.exp(8)),
    ("gamma(7/3)", lambda: mpmath.gamma(mpmath.mpf(7) / 3)), ("harmonic(50)", lambda: sum(mpmath.mpf(1) / k for k in range(1, 51))),
    ("product[l=1..5](1 + x/l)", lambda: mpmath.rf(mpmath.mpf(5) / 2, 5) / 120), ("(1 + 1/7)^(1/3)", lambda: mpmath.cbrt(mpmath.mpf(8) / 7)),
    ("min(x, 1/x) + floor(x)", lambda: mpmath.mpf(5) / 3),
])
def test_values(text, value):
    with mpmath.workdps(60):
        assert abs(evaluate_precisely(read(text), {"x": Fraction(3, 2)}, 50) - value()) < mpmath.mpf(10) ** -48


@pytest.mark.parametrize("text", ["1/(x - 3/2)", "log(x - 2)", "(x - 2)^(1/2)", "gamma(x - 3/2)", "exp(exp(exp(exp(x))))", "product[l=1..10^6](sqrt(l) + 1)"])
def test_what_has_no_value(text):
    with pytest.raises((ArithmeticError, ValueError)):
        evaluate_precisely(read(text), {"x": Fraction(3, 2)}, 20)


def test_fractions_are_exact():
    assert fraction_of(mpmath.mpf("0.375")) == Fraction(3, 8) and fraction_of(mpmath.mpf(-5)) == -5
    with pytest.raises(ValueError, match="too large"):
        fraction_of(mpmath.mpf(2) ** 10**9)


@pytest.mark.parametrize(("text", "sign"), [
    ("exp(1/L) - 1", 1), ("1 - exp(1/L)", -1), ("(9/10)^(1/L) - 1", -1), ("2*L - 1", 1), ("L - 1", None), ("x - 1", None),
    ("sqrt(2) - 1", 1), ("sqrt(2)*sqrt(3) - sqrt(6)", 0), ("(1 + x)^(1/L) - 1", 1), ("(1 + x)^2 - 1 - 2*x - x^2", 0),
    ("2*L - 1 + sqrt(L)*sqrt(2*L - 1)", 1), ("1/(1 - 2*L)", -1), ("sech_moment(4, 1) - 1/2", -1), ("2^(x - y)", 1),
    ("pi - 3", 1), ("exp(-x) - 1", -1), ("x^2 - 2*x + 3", None),
])
def test_signs(text, sign):
    assert sign_of(read(text), Known(whole=frozenset({"L"}))) == sign
