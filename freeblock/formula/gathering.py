"""A short sum over its one denominator, where that makes it shorter."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.formula.structure import bottom_up
from freeblock.formula.sums import multiply_out, total

GATHERED_TERMS = 8
"""Longer sums are left as they are, and so are those over longer denominators."""
GATHERED_POWER = 4
"""So are sums over higher powers of one."""


def gathered(expression: Expression) -> Expression:
    """1 + (1 − 2a² + a⁴)/(1 + a²)² as 2(1 + a⁴)/(1 + a²)²: all terms over the one sum that some are divided by."""
    if not 1 < len(expression.terms) <= GATHERED_TERMS:
        return expression
    lowest: dict[Expression, int] = {}
    for monomial in expression.terms:
        for base, exponent in monomial:
            if isinstance(base, Expression) and type(exponent) is int and exponent < 0:
                lowest[base] = min(lowest.get(base, 0), exponent)
    if len(lowest) != 1:
        return expression
    ((divisor, power),) = lowest.items()
    if power < -GATHERED_POWER or len(divisor.terms) > GATHERED_TERMS:
        return expression
    numerator = multiply_out(total([
        multiply_out(product(((Expression({monomial: value}), 1), (divisor, -power))))
        for monomial, value in expression.terms.items()]))
    result = product(((numerator, 1), (divisor, power)))
    return result if _size(result) < _size(expression) else expression


def _size(expression: Expression) -> int:
    """How many terms and factors are in it."""
    return sum(len(part.terms) + sum(map(len, part.terms)) for part in bottom_up(expression))
