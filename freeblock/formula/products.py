"""Products of expressions: a short sum is multiplied out, a long one is carried as one factor."""

from __future__ import annotations

from collections.abc import Iterable

from freeblock.formula.content import split_content
from freeblock.formula.distribution import distribute, is_simple, is_small, opened
from freeblock.formula.expression import ZERO, Expression, number
from freeblock.formula.monomial_product import MonomialProduct


def product(powers: Iterable[tuple[Expression, int]]) -> Expression:
    """The product of integer powers of expressions, in one pass. Raises ZeroDivisionError."""
    merged = MonomialProduct()
    sums: list[tuple[Expression, int]] = []
    for expression, exponent in powers:
        terms = expression.terms
        if not terms:
            if exponent < 0:
                raise ZeroDivisionError("division by zero")
            if exponent:
                return ZERO
        elif len(terms) == 1:
            ((monomial, coefficient),) = terms.items()
            if coefficient != 1:
                merged.multiply_number(coefficient, exponent)
            merged.multiply_monomial(monomial, exponent)
        else:
            sums.append((expression, exponent))
    if not sums:
        return _unwrapped(merged.result())
    if len(sums) == 1 and sums[0][1] == 1 and is_small(sums[0][0]):
        single = merged.result()
        if single.is_one:
            return sums[0][0]
        ((monomial, _),) = single.terms.items()
        if all(is_simple(base, exponent) for base, exponent in monomial):
            return distribute(single, sums[0][0])
    for expression, exponent in sums:
        coefficient, monomial, primitive = split_content(expression)
        merged.multiply_number(coefficient, exponent)
        merged.multiply_monomial(monomial, exponent)
        merged.raise_base(primitive, exponent)
    return _unwrapped(merged.result())


def as_factor(expression: Expression) -> Expression:
    """One term that multiplies as the formula does: a sum stands in it as one factor, with its content outside.

    For products of many: it is no normal form by itself, since a short sum alone is not wrapped.
    """
    if len(expression.terms) < 2:
        return expression
    coefficient, monomial, primitive = split_content(expression)
    return Expression({monomial | {(primitive, 1)}: coefficient})


def _unwrapped(result: Expression) -> Expression:
    """A product in which one small sum is left to the first power, beside simple factors, is that sum again."""
    if len(result.terms) != 1:
        return result
    ((monomial, coefficient),) = result.terms.items()
    if not any(exponent == 1 and isinstance(base, Expression) for base, exponent in monomial):
        return result
    inside = opened(monomial)
    if inside is None:
        return result
    return inside if coefficient == 1 else distribute(number(coefficient), inside)
