"""The content of a sum: what is taken out of it before it is carried as one factor."""

from __future__ import annotations

from fractions import Fraction
from math import e, gcd, lcm, pi

from freeblock.formula.expression import ONE_MONOMIAL, Base, Expression, Monomial
from freeblock.formula.monomial_product import MonomialProduct
from freeblock.formula.rational import Rational, divide, whole
from freeblock.formula.sort_keys import monomial_key

_CONSTANTS = {"pi": pi, "e": e}
_POWERS, _LARGE, _ZERO = 8, 10**6, 1e-3
"""Of larger powers and coefficients, and of values closer to 0, nothing is said: the sum is exact to 10^-5."""
COMMON_DENOMINATOR_TERMS = 8
"""Sums of up to so many terms are put over the common denominator of their symbols when wrapped."""


def split_content(expression: Expression) -> tuple[Rational, Monomial, Expression]:
    """(c, M, P) with expression = c·M·P, P a primitive sum: whole coprime coefficients, no common monomial."""
    coefficients = list(expression.terms.values())
    numerators = gcd(*[value.numerator for value in coefficients])
    denominators = lcm(*[value.denominator for value in coefficients])
    if _prefers_negation(expression):
        numerators = -numerators
    shared = _common_monomial(expression)
    if numerators == denominators and not shared and not _is_negative_number(expression):
        return 1, ONE_MONOMIAL, expression
    rest: dict[Monomial, Rational] = {}
    for monomial, coefficient in expression.terms.items():
        # Whole, since the content divides every coefficient.
        rational: Rational = coefficient.numerator // numerators * (denominators // coefficient.denominator)
        if shared:
            merged = MonomialProduct()
            merged.multiply_monomial(monomial, 1)
            merged.multiply_monomial(shared, -1)
            ((monomial, weight),) = merged.result().terms.items()
            rational = rational * weight
        rest[monomial] = whole(rational)
    primitive = Expression(rest)
    if _is_negative_number(primitive):
        numerators, primitive = -numerators, Expression({monomial: -value for monomial, value in rest.items()})
    return divide(numerators, denominators), shared, primitive


def _is_negative_number(expression: Expression) -> bool:
    """Whether a sum of nothing but numbers, π and e is negative: it is carried as π − 1, not as 1 − π."""
    total = 0.0
    for monomial, coefficient in expression.terms.items():
        if not -_LARGE <= coefficient <= _LARGE:
            return False
        term = float(coefficient)
        for base, exponent in monomial:
            known = _CONSTANTS.get(base) if isinstance(base, str) else None
            if known is None or isinstance(exponent, Expression) or not -_POWERS <= exponent <= _POWERS:
                return False
            term *= pow(known, float(exponent))
        total += term
    return total < -_ZERO


def _common_monomial(expression: Expression) -> Monomial:
    """What all terms of a sum share; for a short sum also the common denominator. The order of terms has no say."""
    lowest: dict[Base, Rational] = {}
    counts: dict[Base, int] = {}
    for monomial in expression.terms:
        for base, power in monomial:
            if not isinstance(power, Expression):
                known = lowest.get(base)
                lowest[base] = power if known is None else min(power, known)
                counts[base] = counts.get(base, 0) + 1
    every = len(expression.terms)
    small = every <= COMMON_DENOMINATOR_TERMS
    return frozenset([(base, power) for base, power in lowest.items()
                      if power and (counts[base] == every or (small and _is_denominator(base, power)))])


def _is_denominator(base: Base, power: int | Fraction) -> bool:
    """A divisor worth a common denominator: a symbol, or a sum (such as a width) to the first power."""
    return (power < 0 and isinstance(base, str)) or (power == -1 and isinstance(base, Expression))


def _prefers_negation(expression: Expression) -> bool:
    """Whether −expression is the form to show: more negative than positive terms, or a negative constant."""
    negative = sum(1 for value in expression.terms.values() if value < 0)
    if 2 * negative != len(expression.terms):
        return 2 * negative > len(expression.terms)
    constant = expression.terms.get(ONE_MONOMIAL, 0)
    if constant:
        return constant < 0
    return min(expression.terms.items(), key=lambda item: monomial_key(item[0]))[1] < 0
