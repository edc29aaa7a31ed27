"""The roots of a closed form as one, where that is shorter: sqrt(32/17) for 4*sqrt(2)*sqrt(17)/17."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from freeblock.formula.expression import Base, Expression
from freeblock.formula.printing import Notation, print_expression

DIGITS = 12
"""Of the numerator and the denominator under the root, at most."""


def closed_form_text(formula: Expression, notation: Notation) -> str:
    """The formula as it is, or with its roots as one: whichever is shorter."""
    return print_expression(closed_form(formula, notation), notation)


def closed_form(formula: Expression, notation: Notation) -> Expression:
    """What `closed_form_text` prints; no normal form, and to be printed only."""
    forms = (_gathered(formula, whole=True), formula, _gathered(formula, whole=False))
    return min((form for form in forms if form is not None), key=lambda form: len(print_expression(form, notation)))


def _gathered(formula: Expression, *, whole: bool) -> Expression | None:
    """The numbers under one root, or with `whole` all that has a fraction for its exponent, if that is several.

    Each factor is real by itself, so the root of the product is the product of the roots.
    """
    if len(formula.terms) != 1:
        return None
    ((monomial, coefficient),) = formula.terms.items()
    inside = [(base, exponent) for base, exponent in monomial if isinstance(exponent, Fraction)
              and (base > 0 if isinstance(base, int) else whole)]
    if len(inside) < 1 + whole or coefficient <= 0:
        return None
    degree = lcm(*(exponent.denominator for _, exponent in inside))
    if degree > DIGITS:
        return None
    value = Fraction(coefficient) ** degree
    others: list[tuple[Base, int]] = []
    for base, exponent in inside:
        if isinstance(base, int):
            value *= Fraction(base) ** int(exponent * degree)
        else:
            others.append((base, int(exponent * degree)))
    if max(value.numerator, value.denominator) >= 10**DIGITS:
        return None
    sign = 1
    if whole and value.numerator == 1 and all(exponent < 0 for _, exponent in others):
        # 1/sqrt(2*x) rather than sqrt(1/(2*x)).
        sign, value, others = -1, 1 / value, [(base, -exponent) for base, exponent in others]
    # Not the normal form, which has the primes apart.
    product = Expression({frozenset(others): value.numerator if value.denominator == 1 else value})
    return Expression({frozenset([*(item for item in monomial if item not in inside),
                                  (product, Fraction(sign, degree))]): 1})
