"""Powers of expressions with numbers or expressions as exponents."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from freeblock.formula.content import split_content
from freeblock.formula.exponents import as_exponent, from_exponent, scale_exponent
from freeblock.formula.expression import ONE, ZERO, Base, Exponent, Expression
from freeblock.formula.monomial_product import MonomialProduct
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.products import product


def power(base: Expression, exponent: Exponent, *, whole_exponent: bool = False) -> Expression:
    """base^exponent. With `whole_exponent` a symbolic exponent is known to be an integer.

    Raises ZeroDivisionError for 0 to a negative power and ValueError where no real value is certain.
    """
    exponent = as_exponent(from_exponent(exponent))
    if isinstance(exponent, int):
        return ONE if not exponent else product(((base, exponent),)) if exponent != 1 else base
    if base.is_zero:
        if not is_manifestly_positive(from_exponent(exponent)):
            raise ValueError("zero to a power that may be negative")
        return ZERO
    if len(base.terms) > 1:
        merged = MonomialProduct()
        content, monomial, primitive = split_content(base)
        if content < 0:
            content, primitive = -content, -primitive
        merged.raise_number(content, exponent)
        _raise_factors(merged, (*monomial, (primitive, 1)), exponent, whole_exponent=whole_exponent)
        return merged.result()
    return _power_of_monomial(base, exponent, whole_exponent=whole_exponent)


def _power_of_monomial(base: Expression, exponent: Fraction | Expression, *, whole_exponent: bool) -> Expression:
    ((monomial, coefficient),) = base.terms.items()
    merged = MonomialProduct()
    if coefficient < 0:
        if not whole_exponent:
            raise ValueError("a negative number to a fractional or symbolic power")
        merged.raise_base(-1, exponent)
    size = coefficient if coefficient > 0 else -coefficient
    merged.raise_number(size, exponent)
    _raise_factors(merged, tuple(monomial), exponent, whole_exponent=whole_exponent)
    return merged.result()


def _raise_factors(
    merged: MonomialProduct, factors: Sequence[tuple[Base, Exponent]], exponent: Exponent, *, whole_exponent: bool
) -> None:
    """Each factor to the exponent; those of an open sign together, since √(ab) is not √a·√b for negative a and b."""
    alone = len(factors) == 1 and factors[0][1] == 1
    open_sign = MonomialProduct()
    for base, count in factors:
        if whole_exponent or alone or is_manifestly_positive(Expression({frozenset(((base, 1),)): 1})):
            merged.raise_base(base, scale_exponent(count, exponent))
        else:
            open_sign.raise_base(base, count)
    together = tuple(open_sign.counter.items())
    if len(together) == 1 and together[0][1] == 1:
        merged.raise_base(together[0][0], exponent)
    elif together:
        merged.raise_base(Expression({frozenset(together): 1}), exponent)
