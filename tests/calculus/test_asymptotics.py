"""Leading terms for large depth, against the values of the formulas there."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from freeblock.calculus.asymptotics import leading
from freeblock.formula.precise import evaluate_precisely
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source

POINT = {"c": Fraction(7, 5), "s": Fraction(3, 2), "m": 3, "tau": Fraction(2, 5)}


def read(text):
    return to_expression(parse_formula(Source("formula", text)), {}, free=True)


@pytest.mark.parametrize("text", [
    "(1 + c/L)^L", "(1 + 2*c/L)^(3*L)", "sqrt(exp(1/L) - 1)", "(exp(1/L) - 1)^(1/(2*m))", "sqrt(2)*(9/10)^(1/(2*L))",
    "gamma(L + 2)/gamma(L + 1)", "gamma(L + 1 + tau)/(gamma(1 + tau)*gamma(L + 1))", "(s^2/2)^L", "3*L^2 + L + 5", "(L + c)^3/(L + s)",
    "L*(4*L + 3*s)/(2*L + s)^2", "(1 + 1/L^2)^L", "(11/10)^(1/L) - (9/10)^(1/L)", "(1 + c/L)^(2*L + 5)", "((L + 1)/(L + 3))^L*s^L",
    "sqrt(L^2 + L) - L", "(1 + c/L + s/L^2)^L", "(4^(1/L) - 1)^2*L",
])
def test_the_ratio_tends_to_one(text):
    term = leading(read(text), "L")
    assert term is not None
    errors = []
    for depth in (10**5, 10**6):
        at = {**POINT, "L": depth}
        ratio = evaluate_precisely(read(text), at, 30) / evaluate_precisely(term.formula("L"), at, 30)
        errors.append(abs(ratio - 1))
    assert errors[1] < 1e-4 and (errors[1] < errors[0] / 3 or errors[0] < mpmath.mpf(10) ** -20)


@pytest.mark.parametrize("text", ["(1 + 1/sqrt(L))^L", "harmonic(L)", "L^L", "exp(sqrt(L))", "2^L + 3^L", "gamma(L)", "log(L)", "floor(L/2)"])
def test_what_is_no_power_times_an_exponential(text):
    assert leading(read(text), "L") is None
