"""What pairs of blocks add to κ, in formulas, for activations whose slope is a function of the sign.

Of two blocks at stream correlation ρ, E D_j²D_l²/(E D_j² E D_l²) − 1 is κ(D)·(2/π)·asin ρ.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from freeblock.calculus.overlap.chain import Residual
from freeblock.formula.closed_forms import sum_over
from freeblock.formula.content import split_content
from freeblock.formula.expression import ONE, ZERO, Expression, function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols

EXPLICIT = 6
"""Pairs of so many different blocks are written out."""
_FACTORS = 4
"""A quotient of gamma functions with so many whole steps between them is a product."""


class Found(NamedTuple):
    """φ, κ of blocks with independent patterns, and what pairs of blocks add to it."""

    phi: Expression
    plain: Expression
    added: Expression


def written_out(blocks: Sequence[Residual]) -> Expression:
    """2·x_l·x_j·(c_jl/(p_j·p_l) − 1)/(φ_l²·φ_{l+1}⋯φ_j), summed over the pairs l < j."""
    terms = []
    for place, lower in enumerate(blocks):
        between: list[tuple[Expression, int]] = []
        for upper in blocks[place + 1:]:
            between.append((upper.phi, -1))
            terms.append(product(((_arc(lower.size, upper.size), 1), (lower.pattern, 1), (_FOUR_OVER_PI, 1),
                                  (lower.added, 1), (upper.added, 1), (lower.phi, -2), *between)))
    return total(terms)


def at_distances(block: Residual, factor: Expression, count: Expression, index: str) -> Expression:
    """Equal blocks that multiply the variance of the stream by `factor`: the pairs at one distance are alike."""
    distance = symbol(index)
    correlation = power(factor, product(((distance, 1), (number(Fraction(-1, 2)), 1))))
    body = product(((apply("arcsin", [correlation]), 1), (count - distance, 1),
                    (power(block.phi, -distance, whole_exponent=True), 1)))
    pairs = function("sum", (distance, body, ONE, count - ONE))
    return product(((pairs, 1), (_FOUR_OVER_PI, 1), (block.pattern, 1), (block.added, 2), (block.phi, -2)))


class Even(NamedTuple):
    """Blocks behind a norm that divides by a variance which grows evenly: x_l = a/(l + b), counted from l = 0."""

    start: Expression
    """b, the first variance in units of the growth."""
    share: Expression
    """a, what the branch would add to the slope of the first block, in the same units."""
    kappa: Expression
    pattern: Expression

    def found(self, count: Expression, index: str, other: str) -> Found:
        """φ as a quotient of gamma functions, and the sums over blocks and over pairs of blocks."""
        b, a = self.start, self.share
        both = b + a
        phi = product(((_rising(count + b, a), 1), (_rising(b, a), -1)))
        place, later = symbol(index), symbol(other)
        here = place + both
        # (2x + κx²)/(1 + x)²
        alone = total([product(((number(2), 1), (a, 1), (here, -1))),
                       product(((self.kappa - number(2), 1), (a, 2), (here, -2)))])
        plain = sum_over(index, alone, ZERO, count - ONE)
        # Both variances in the same units, so that their quotient is one root.
        sizes = [split_content(where + b)[2] for where in (place, later)]
        arc = apply("arcsin", [power(product(((sizes[0], 1), (sizes[1], -1))), Fraction(1, 2))])
        inner = function("sum", (place, product(((arc, 1), (_rising(place + b, a), 1), (here, -1))),
                                 ZERO, later - ONE))
        outer = function("sum", (later, product(((inner, 1), (_rising(later + b, a + ONE), -1))),
                                 ONE, count - ONE))
        return Found(phi, plain, product(((outer, 1), (_FOUR_OVER_PI, 1), (self.pattern, 1), (a, 2))))


def even(blocks: Sequence[Residual]) -> Even | None:
    """The first blocks as such a chain; None where the variance does not grow evenly, or branches differ."""
    sizes = [block.size for block in blocks]
    steps = [multiply_out(later - earlier) for earlier, later in zip(sizes, sizes[1:], strict=False)]
    masses = [multiply_out(product(((block.added, 1), (block.size, 1)))) for block in blocks]
    first = blocks[0]
    if not steps or steps[0].is_zero or len(set(steps)) > 1 or len(set(masses)) > 1:
        return None
    if any(block.kappa != first.kappa or block.pattern != first.pattern for block in blocks):
        return None
    return Even(product(((first.size, 1), (steps[0], -1))), product(((masses[0], 1), (steps[0], -1))), first.kappa,
                first.pattern)


def even_over(block: Residual, index: str) -> Even | None:
    """A block over an index, which begins at 1, likewise."""
    size, first = block.size, {index: ONE}
    step = multiply_out(substitute(size, {index: symbol(index) + ONE}) - size)
    mass = multiply_out(product(((block.added, 1), (size, 1))))
    if step.is_zero or any(index in symbols(value) for value in (step, mass, block.kappa, block.pattern)):
        return None
    return Even(product(((substitute(size, first), 1), (step, -1))), product(((mass, 1), (step, -1))), block.kappa,
                block.pattern)


def _arc(lower: Expression, upper: Expression) -> Expression:
    """asin ρ of two blocks, the earlier one first: ρ² is the quotient of the variances."""
    half = Fraction(1, 2)
    return apply("arcsin", [product(((power(lower, half), 1), (power(upper, -half), 1)))])


def _rising(start: Expression, steps: Expression) -> Expression:
    """Γ(start + steps)/Γ(start), a product for few whole steps.

    Γ is kept as it is written, without the recurrence that would take whole numbers out.
    """
    count = steps.number()
    if isinstance(count, int) and 0 <= count <= _FACTORS:
        return product((start + number(place), 1) for place in range(count))
    return product(((function("gamma", [start + steps]), 1), (function("gamma", [start]), -1)))


_FOUR_OVER_PI = product(((number(4), 1), (symbol("pi"), -1)))
