"""The overlap theorem for chains of stacks: each group of features keeps its pattern in all later blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from freeblock.calculus.law import Law
from freeblock.calculus.overlap.chain import Branch, are_alike, branch_of
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols
from freeblock.network.nodes import Block, Stack

FEW, MANY = 6, 30
"""Blocks of which the second moment is worked out as a polynomial of the symbols; as an exact number."""


class Groups(NamedTuple):
    """A chain of blocks [I; V_lD] with one pattern D: what φ_2 is made of."""

    sizes: tuple[Fraction, ...]
    """Of the groups of features, the input first, in units of the input."""
    gains: tuple[Expression, ...]
    """φ of each V_l."""
    square: Expression
    """E D²."""
    fourth: Expression
    """E D⁴."""

    @property
    def is_number(self) -> bool:
        """Whether no symbol stands in it."""
        return not any(symbols(value) for value in (*self.gains, self.square, self.fourth))


def groups_of(blocks: Sequence[Block], laws: Mapping[Block, Law], width: Expression) -> Groups | None:
    """The chain read off its blocks; None where one has another form, or a size is no number of inputs."""
    sizes, gains = [Fraction(1)], []
    first: Branch | None = None
    for block in blocks:
        branch = branch_of(block) if isinstance(block, Stack) else None
        if branch is None or branch.norm is not None or not branch.on_sides or len(branch.rest) != 1 \
                or branch.rest[0].rule.name != "dense":
            return None
        first = first or branch
        size = (branch.part.rows / width).number()
        if size is None or not are_alike(first, branch):
            return None
        sizes.append(Fraction(size))
        gains.append(product(((laws[branch.part].phi, 1), (laws[branch.activation].phi, -1))))
    assert first is not None
    pattern = laws[first.activation]
    return Groups(tuple(sizes), tuple(gains), pattern.phi, pattern.moment(2))


def second_moment(groups: Groups) -> Expression | None:
    """φ_2 exactly; None for more blocks than are worked out."""
    if len(groups.gains) > (MANY if groups.is_number else FEW):
        return None
    sizes = [number(size) for size in groups.sizes]
    found: Expression = _recursion(sizes, groups.gains, groups.square, groups.fourth, ZERO, ONE, multiply_out)
    return found


def second_moment_number(groups: Groups, constants: Mapping[str, Fraction]) -> float | None:
    """φ_2 in floats; None where a symbol has no value."""
    try:
        gains, square, fourth = ([evaluate(value, constants).to_float() for value in values]
                                 for values in (groups.gains, [groups.square], [groups.fourth]))
    except KeyError:
        return None
    found: float = _recursion([float(size) for size in groups.sizes], gains, square[0], fourth[0], 0.0, 1.0, float)
    return found


def _recursion(
    sizes: Sequence[Any], gains: Sequence[Any], square: Any, fourth: Any, zero: Any, one: Any,
    tidy: Callable[[Any], Any],
) -> Any:
    """T of the statement from the last block to the first, in formulas or floats."""
    count = len(sizes)
    beta = [zero] * count
    table = [[size if a == b else zero for b in range(count)] for a, size in enumerate(sizes)]
    before = [sum(sizes[1:place], sizes[0]) for place in range(1, count + 1)]
    for last in range(count - 1, 0, -1):
        spread = gains[last - 1] / before[last - 1]
        mass = tidy(sizes[last] * (one + beta[last] * square))
        column, corner = [table[a][last] for a in range(last)], table[last][last]
        weights = [spread * size * square for size in sizes[:last]]
        for a in range(last):
            for b in range(a + 1):
                value = table[a][b] + weights[b] * column[a] + weights[a] * column[b] + corner * weights[a] * weights[b]
                if a == b:
                    slope = spread * mass
                    value = value + (slope + slope) * sizes[a] * (square + beta[a] * fourth) \
                        + slope * slope * sizes[a] * fourth
                    beta[a] = tidy(beta[a] + slope)
                table[a][b] = table[b][a] = tidy(value)
    return tidy(table[0][0] / before[-1])
