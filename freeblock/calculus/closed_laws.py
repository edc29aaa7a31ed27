"""The law of an indexed form with symbolic bounds: closed products and sums over the index."""

from __future__ import annotations

from freeblock.calculus.law import Law, law_of_moments, zero_law
from freeblock.calculus.series import cumulants_of_moments, expand, moments_of_cumulants
from freeblock.errors import DomainError
from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.expression import ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import substitute
from freeblock.network.nodes import Indexed

TRIED = 1000
"""Values of an index at which a block might be zero."""


def indexed_law(block: Indexed, body: Law) -> Law:
    """The law of serial, sum or stack of body(index), index = lower … upper."""
    index, lower, upper = block.index, block.lower, block.upper
    if block.kind == "serial":
        if body.is_zero:
            return zero_law(block.rows, block.columns, body.order)
        _check_nowhere_zero(block, body.phi)
        weight = block.rows / body.rows
        state = tuple(
            sum_over(index, product(((value, 1), (weight, place))), lower, upper)
            for place, value in enumerate(body.state, 1))
        return Law(block.rows, block.columns, product_over(index, body.phi, lower, upper), state)
    inputs = block.kind == "stack"
    ratio = ZERO if inputs else body.rows / body.columns
    share = body.rows / body.columns
    moments = [expand(product(((share, 1), (moment, 1)))) if inputs else expand(moment) for moment in body.moments()]
    cumulants = [sum_over(index, value, lower, upper) for value in cumulants_of_moments(moments, ratio)]
    together = moments_of_cumulants(cumulants, ratio)
    if not inputs:
        return law_of_moments(block.rows, block.columns, together)
    back: Expression = block.columns / block.rows
    return law_of_moments(block.rows, block.columns, [product(((back, 1), (moment, 1))) for moment in together])


def begins_with_zero(block: Indexed, body: Law) -> bool:
    """Whether the first block is 0, so that a sum or stack of it alone is 0 and has no κ."""
    if block.kind == "serial" or body.is_zero:
        return False
    try:
        return substitute(body.phi, {block.index: block.lower}).is_zero
    except (ArithmeticError, ValueError):
        return False


def _check_nowhere_zero(block: Indexed, phi: Expression) -> None:
    """A chain of which one copy is 0 is 0, and has no κ. Raises DomainError where a copy is."""
    first = block.lower.number()
    differences = any(value < 0 for part in bottom_up(phi) for value in part.terms.values())
    if not differences or not isinstance(first, int):
        return
    for value in range(first, first + TRIED):
        try:
            zero = substitute(phi, {block.index: number(value)}).is_zero
        except (ArithmeticError, ValueError):
            continue
        if zero:
            raise DomainError(f"`{block.body.label}` is 0 at {block.index} = {value}, and the whole chain with it",
                              block.span, f"let the index begin at {value + 1}, or give it numeric bounds")
