"""Exponents of a monomial: plain numbers wherever they are numbers, expressions elsewhere."""

from __future__ import annotations

from freeblock.formula.expression import Exponent, Expression, number
from freeblock.formula.rational import whole


def add_exponents(first: Exponent, second: Exponent) -> Exponent:
    """The sum of two exponents, as a number where it is one."""
    if not isinstance(first, Expression) and not isinstance(second, Expression):
        return whole(first + second)
    return as_exponent(from_exponent(first) + from_exponent(second))


def scale_exponent(exponent: Exponent, factor: Exponent) -> Exponent:
    """The product of two exponents, as a number where it is one."""
    if not isinstance(exponent, Expression) and not isinstance(factor, Expression):
        return whole(exponent * factor)
    return as_exponent(from_exponent(exponent) * from_exponent(factor))


def is_zero_exponent(exponent: Exponent) -> bool:
    """Whether an exponent is 0."""
    return exponent.is_zero if isinstance(exponent, Expression) else not exponent


def from_exponent(exponent: Exponent) -> Expression:
    """An exponent as an expression."""
    return exponent if isinstance(exponent, Expression) else number(exponent)


def as_exponent(expression: Expression) -> Exponent:
    """An expression as an exponent: a number where it is one."""
    value = expression.number()
    return expression if value is None else value
