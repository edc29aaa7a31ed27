"""The numbers of a closed form under one root, where that is shorter: sqrt(32/17) for 4*sqrt(2)*sqrt(17)/17."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from freeblock.formula.expression import Expression, number
from freeblock.formula.printing import Notation, print_expression

DIGITS = 12
"""Of the numerator and the denominator under the root, at most."""


def closed_form_text(formula: Expression, notation: Notation) -> str:
    """The formula as it is, or with its numbers under one root: whichever is shorter."""
    plain = print_expression(formula, notation)
    gathered = _gathered(formula)
    if gathered is None:
        return plain
    return min(plain, print_expression(gathered, notation), key=len)


def _gathered(formula: Expression) -> Expression | None:
    if len(formula.terms) != 1:
        return None
    ((monomial, coefficient),) = formula.terms.items()
    inside = [(base, exponent) for base, exponent in monomial
              if isinstance(base, int) and base > 0 and isinstance(exponent, Fraction)]
    if not inside or coefficient <= 0:
        return None
    degree = lcm(*(exponent.denominator for _, exponent in inside))
    if degree > DIGITS:
        return None
    value = Fraction(coefficient) ** degree
    for base, exponent in inside:
        value *= Fraction(base) ** int(exponent * degree)
    if max(value.numerator, value.denominator) >= 10**DIGITS:
        return None
    # Not the normal form, which has the primes apart: only to be printed.
    root = (number(value), Fraction(1, degree))
    return Expression({frozenset([*(item for item in monomial if item not in inside), root]): 1})
