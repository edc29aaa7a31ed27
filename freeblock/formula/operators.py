"""The operators of expressions, given to the class here, above the functions they stand for."""

from __future__ import annotations

from freeblock.formula.expression import MINUS_ONE, Exponent, Expression
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import total


def _add(first: Expression, second: Expression) -> Expression:
    return total((first, second))


def _subtract(first: Expression, second: Expression) -> Expression:
    return total((first, second * MINUS_ONE))


def _negate(expression: Expression) -> Expression:
    return expression * MINUS_ONE


def _multiply(first: Expression, second: Expression) -> Expression:
    return product(((first, 1), (second, 1)))


def _divide(first: Expression, second: Expression) -> Expression:
    if second.is_zero:
        raise ZeroDivisionError("division by zero")
    return product(((first, 1), (second, -1)))


def _raise(base: Expression, exponent: Exponent) -> Expression:
    return power(base, exponent)


Expression.__add__ = _add
Expression.__sub__ = _subtract
Expression.__neg__ = _negate
Expression.__mul__ = _multiply
Expression.__truediv__ = _divide
Expression.__pow__ = _raise
