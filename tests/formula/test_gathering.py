"""Sums over one denominator: the same value, and never longer."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.gathering import gathered
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source


def read(text: str) -> Expression:
    return to_expression(parse_formula(Source("test", text)), {}, free=True)


@pytest.mark.parametrize(("text", "shorter"), [
    # (1 − a²)² + (1 + a²)² = 2(1 + a⁴): κ of a layer with leaky ReLU.
    ("(1 - 2*a^2 + a^4)/(1 + a^2)^2 + 1", "2*(1 + a^4)/(1 + a^2)^2"),
    # 2(1 + a²)² + (1 − a²)² = 3 + 2a² + 3a⁴.
    ("(1 - 2*a^2 + a^4)/(1 + a^2)^2 + 2", "(3 + 2*a^2 + 3*a^4)/(1 + a^2)^2"),
    ("1/(1 + b) + b/(1 + b)", "1"),
])
def test_shorter(text: str, shorter: str) -> None:
    assert print_expression(gathered(read(text)), PLAIN) == shorter


@pytest.mark.parametrize("text", [
    "a + b", "1 + a/(1 + b)^9", "1/(1 + a) + 1/(1 + b)", "1 + c/(1 + a)^2", "a/b + b/a",
])
def test_left_as_it_is(text: str) -> None:
    expression = read(text)
    assert gathered(expression) is expression


terms = st.tuples(st.integers(-3, 3).filter(bool), st.sampled_from(["1", "a", "b", "a^2", "(1 - a)", "(a + 2*b)"]),
                  st.integers(0, 4))


@given(st.lists(terms, min_size=1, max_size=6), st.sampled_from(["1 + a", "2 + a*b", "1 + a^2", "a + b + 1"]),
       st.fractions(Fraction(1, 9), 9), st.fractions(Fraction(1, 9), 9))
def test_the_same_value(parts: list[tuple[int, str, int]], divisor: str, a: Fraction, b: Fraction) -> None:
    text = " + ".join(f"({factor})*{numerator}/({divisor})^{power}" for factor, numerator, power in parts)
    expression = read(text)
    result = gathered(expression)
    values = {"a": float(a), "b": float(b)}
    expected = eval(text.replace("^", "**"), {}, values)  # noqa: S307 - the text is the test's own
    assert evaluate(result, values).to_float() == pytest.approx(expected, abs=1e-9)
    assert len(print_expression(result, PLAIN)) <= len(print_expression(expression, PLAIN)) + 8
