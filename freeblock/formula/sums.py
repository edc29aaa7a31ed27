"""Sums of expressions, and products multiplied out into sums."""

from __future__ import annotations

from collections.abc import Iterable

from freeblock.formula.distribution import DISTRIBUTE_TERMS, distribute, opened
from freeblock.formula.expression import ONE_MONOMIAL, Expression, Monomial
from freeblock.formula.rational import CHUNK_BITS, Rational, whole


def total(parts: Iterable[Expression]) -> Expression:
    """The sum of expressions, in one pass. A small wrapped sum among them is opened."""
    parts = list(parts)
    if len(parts) == 2:
        if not parts[0].terms:
            return parts[1]
        if not parts[1].terms:
            return parts[0]
    result: dict[Monomial, Rational] = {}
    several = len(parts) > 1
    for part in parts:
        for monomial, coefficient in part.terms.items():
            inside = opened(monomial) if several and monomial else None
            if inside is None:
                value = result.get(monomial, 0) + coefficient
                if not monomial and type(value) is not int and value.denominator.bit_length() > CHUNK_BITS:
                    # A rational of very many digits stays a sum of several.
                    chunk: Monomial = frozenset(((Expression({ONE_MONOMIAL: value}), 1),))
                    result[chunk] = result.get(chunk, 0) + 1
                    value = 0
                result[monomial] = value
                continue
            for inner, weight in inside.terms.items():
                result[inner] = result.get(inner, 0) + coefficient * weight
    return Expression({key: whole(value) for key, value in result.items() if value})


def multiply_out(expression: Expression, terms: int = DISTRIBUTE_TERMS) -> Expression:
    """The same formula with small whole powers of wrapped sums expanded, where at most `terms` terms result."""
    parts: list[Expression] = []
    for monomial, coefficient in expression.terms.items():
        inner = [(base, exponent) for base, exponent in monomial
                 if isinstance(base, Expression) and type(exponent) is int and exponent > 0]
        if not inner:
            parts.append(Expression({monomial: coefficient}))
            continue
        count = 1
        for base, exponent in inner:
            # A sum has two terms at least, so that a large exponent need not be worked out.
            count *= len(base.terms) ** min(exponent, terms)
        if count > terms:
            parts.append(Expression({monomial: coefficient}))
            continue
        rest = frozenset(item for item in monomial if item not in inner)
        expanded = Expression({rest: coefficient})
        for base, exponent in inner:
            for _ in range(exponent):
                expanded = _convolve(expanded, base)
        parts.append(expanded)
    return total(parts)


def _convolve(first: Expression, second: Expression) -> Expression:
    result: dict[Monomial, Rational] = {}
    for monomial, coefficient in first.terms.items():
        for key, value in distribute(Expression({monomial: coefficient}), second).terms.items():
            result[key] = result.get(key, 0) + value
    return Expression({key: whole(value) for key, value in result.items() if value})
