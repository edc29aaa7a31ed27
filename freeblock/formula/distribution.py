"""A monomial multiplied into a sum: which sums are short enough for it, and the product term by term."""

from __future__ import annotations

from functools import lru_cache

from freeblock.formula.expression import Base, Exponent, Expression, Function, Monomial
from freeblock.formula.monomial_product import MonomialProduct
from freeblock.formula.rational import Rational, whole

DISTRIBUTE_TERMS = 40
"""A sum with more terms than this is wrapped, not multiplied out, when it meets a monomial."""
DISTRIBUTE_FACTORS = 200
"""The same for the number of factors in all its terms: a polynomial in many symbols is wrapped sooner."""

_LIKE_SYMBOLS = frozenset({"sech_moment", "Phi", "min", "max"})


def is_small(several: Expression) -> bool:
    """Whether a sum is short enough to be multiplied out when it meets a monomial."""
    terms = several.terms
    return len(terms) <= 8 or (len(terms) <= DISTRIBUTE_TERMS and sum(map(len, terms)) <= DISTRIBUTE_FACTORS)


def is_simple(base: Base, exponent: Exponent) -> bool:
    """Whether a factor is multiplied into sums: numbers, symbols, and constants such as E sech⁴."""
    plain = isinstance(base, (str, int)) or (isinstance(base, Function) and base.name in _LIKE_SYMBOLS)
    return plain and not isinstance(exponent, Expression)


def distribute(single: Expression, several: Expression) -> Expression:
    """A single term times a sum, multiplied out."""
    ((monomial, coefficient),) = single.terms.items()
    result: dict[Monomial, Rational] = {}
    for inner, weight in several.terms.items():
        key, extra = multiply_monomials(monomial, inner)
        value = coefficient * weight if extra == 1 else coefficient * weight * extra
        result[key] = result.get(key, 0) + value
    return Expression({key: whole(value) for key, value in result.items() if value})


@lru_cache(maxsize=65536)
def multiply_monomials(first: Monomial, second: Monomial) -> tuple[Monomial, Rational]:
    """The product as monomial and coefficient (powers of whole numbers may leave the monomial)."""
    if not first:
        return second, 1
    if not second:
        return first, 1
    merged = MonomialProduct()
    merged.multiply_monomial(first, 1)
    merged.multiply_monomial(second, 1)
    ((monomial, coefficient),) = merged.result().terms.items()
    return monomial, coefficient


def opened(monomial: Monomial) -> Expression | None:
    """A monomial that is a simple factor times one small wrapped sum, multiplied out; else None."""
    wrapped = None
    for base, exponent in monomial:
        if isinstance(base, Expression):
            if wrapped is not None or exponent != 1 or not (len(base.terms) > 1 and is_small(base)):
                return None
            wrapped = base
        elif not is_simple(base, exponent):
            return None
    if wrapped is None:
        return None
    if len(monomial) == 1:
        return wrapped
    rest = Expression({frozenset(item for item in monomial if item[0] is not wrapped): 1})
    return distribute(rest, wrapped)
