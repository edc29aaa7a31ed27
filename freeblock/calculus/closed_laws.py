"""The law of an indexed form with symbolic bounds: closed products and sums over the index."""

from __future__ import annotations

from freeblock.calculus.law import Law, law_of_moments
from freeblock.calculus.series import cumulants_of_moments, expand, moments_of_cumulants
from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.products import product
from freeblock.network.nodes import Indexed


def indexed_law(block: Indexed, body: Law) -> Law:
    """The law of serial, sum or stack of body(index), index = lower … upper."""
    index, lower, upper = block.index, block.lower, block.upper
    if block.kind == "serial":
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
