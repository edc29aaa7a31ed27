"""The overlap theorem for chains of stacks: each group of features keeps its pattern in all later blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from freeblock.calculus.law import Law
from freeblock.calculus.overlap.chain import are_alike, branch_of
from freeblock.calculus.series import expand
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute
from freeblock.network.nodes import Block, Stack

FEW, MANY = 6, 30
"""Blocks of which the second moment is worked out as a polynomial of the symbols; as an exact number."""


class Groups(NamedTuple):
    """A chain of blocks [I; V_lD] in which each group of features keeps its D: what φ and φ_2 are made of."""

    sizes: tuple[Fraction, ...]
    """Of the groups of features, the input first, in units of the input."""
    gains: tuple[Expression, ...]
    """φ of each V_l."""
    squares: tuple[Expression, ...]
    """E D² of each group."""
    fourths: tuple[Expression, ...]
    """E D⁴."""

    @property
    def is_number(self) -> bool:
        """Whether all is rational."""
        return all(value.number() is not None for values in self[1:] for value in values)


class Moments(NamedTuple):
    """What is stated of a chain, in formulas or as floats."""

    phi: Any
    variance: Any
    """ϕ of patterns that were independent."""
    added: Any
    """What patterns add to it that stay."""


def sizes_of(blocks: Sequence[Block], width: Expression) -> list[Fraction] | None:
    """The groups in units of the input; None where a branch has another form, or a size is no number of inputs."""
    sizes = [Fraction(1)]
    for block in blocks:
        branch = branch_of(block) if isinstance(block, Stack) else None
        size = None if branch is None else (branch.part.rows / width).number()
        if branch is None or size is None or len(branch.rest) != 1 or branch.rest[0].rule.name != "dense":
            return None
        sizes.append(Fraction(size))
    return sizes


def groups_of(blocks: Sequence[Block], laws: Mapping[Block, Law], width: Expression) -> Groups | None:
    """A chain without norms, whose slopes depend on signs; None for another one."""
    sizes, branches = sizes_of(blocks, width), [branch_of(block) for block in blocks]
    if sizes is None:
        return None
    gains = []
    for branch in branches:
        if branch is None or branch.norm is not None or not branch.on_sides or not are_alike(branches[0], branch):
            return None
        gains.append(product(((laws[branch.part].phi, 1), (laws[branch.activation].phi, -1))))
    assert branches[0] is not None
    pattern, count = laws[branches[0].activation], len(sizes)
    return Groups(tuple(sizes), tuple(gains), (pattern.phi,) * count, (pattern.moment(2),) * count)


def exact_moments(groups: Groups) -> Moments | None:
    """In formulas; None for more blocks than are worked out.

    Where something is no number, the recursion runs over symbols, which no text can name, for E D² of each group.
    """
    if len(groups.gains) > (MANY if groups.is_number else FEW):
        return None
    sizes = [number(size) for size in groups.sizes]
    if groups.is_number:
        return _moments(sizes, groups.gains, groups.squares, groups.fourths, ZERO, ONE, expand)
    names: dict[Expression, str] = {}
    ratios = {multiply_out(fourth / product(((square, 2),)))
              for square, fourth in zip(groups.squares, groups.fourths, strict=True)}
    if len(ratios) > 1:
        return None
    ratio, = ratios
    for value in (*groups.squares, ratio):
        names.setdefault(value, f"value {len(names)}")
    squares = [symbol(names[square]) for square in groups.squares]
    fourths = [product(((symbol(names[ratio]), 1), (square, 2))) for square in squares]
    found = _moments(sizes, groups.gains, squares, fourths, ZERO, ONE, expand)
    values = {name: value for value, name in names.items()}
    return Moments(*[substitute(value, values) for value in found])


def moments_in_floats(groups: Groups, constants: Mapping[str, Fraction]) -> Moments | None:
    """In floats; None where a symbol has no value."""
    try:
        gains, squares, fourths = ([evaluate(value, constants).to_float() for value in values] for values in groups[1:])
    except KeyError:
        return None
    return _moments([float(size) for size in groups.sizes], gains, squares, fourths, 0.0, 1.0, float)


def _moments(
    sizes: Sequence[Any], gains: Sequence[Any], squares: Sequence[Any], fourths: Sequence[Any], *kind: Any
) -> Moments:
    alone = [square * square for square in squares]
    phi, second = _recursion(sizes, gains, squares, fourths, fourths, *kind)
    _, plain = _recursion(sizes, gains, squares, fourths, alone, *kind)
    tidy = kind[-1]
    return Moments(phi, tidy(plain - phi * phi), tidy(second - plain))


def _recursion(
    sizes: Sequence[Any], gains: Sequence[Any], squares: Sequence[Any], fourths: Sequence[Any], both: Sequence[Any],
    zero: Any, one: Any, tidy: Callable[[Any], Any],
) -> tuple[Any, Any]:
    """T of the statement from the last block to the first; `both` is E D_j²D_l² of a group in two blocks."""
    count = len(sizes)
    beta = [zero] * count
    table = [[size if a == b else zero for b in range(count)] for a, size in enumerate(sizes)]
    before = [sum(sizes[1:place], sizes[0]) for place in range(1, count + 1)]
    for last in range(count - 1, 0, -1):
        spread = gains[last - 1] / before[last - 1]
        slope = tidy(spread * sizes[last] * (one + beta[last] * squares[last]))
        column, corner = [table[a][last] for a in range(last)], table[last][last]
        weights = [spread * size * square for size, square in zip(sizes[:last], squares, strict=False)]
        for a in range(last):
            for b in range(a + 1):
                value = table[a][b] + weights[b] * column[a] + weights[a] * column[b] + corner * weights[a] * weights[b]
                if a == b:
                    value = value + (slope + slope) * sizes[a] * (squares[a] + beta[a] * both[a]) \
                        + slope * slope * sizes[a] * fourths[a]
                    beta[a] = tidy(beta[a] + slope)
                table[a][b] = table[b][a] = tidy(value)
    return tidy((one + beta[0] * squares[0]) / before[-1]), tidy(table[0][0] / before[-1])
