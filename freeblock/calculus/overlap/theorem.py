"""Applies the overlap theorem to a network whose ϕ the serial theorem refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from freeblock.calculus.law import Law
from freeblock.calculus.overlap.chain import Residual, blocks_of, residuals
from freeblock.calculus.overlap.pairs import EXPLICIT, Found, at_distances, even, even_over, written_out
from freeblock.calculus.overlap.quadrature import added_number
from freeblock.calculus.overlap.stacks import groups_of, second_moment, second_moment_number
from freeblock.calculus.series import expand
from freeblock.errors import RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.traversal import symbols
from freeblock.language.records import record
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Repeat, Stack

TOLD_APART = 30
"""Blocks of which the pairs are summed by the report; of more, here and once."""
_DIGITS = 12


@record
class Overlap:
    """The law of the whole by the theorem, and what it rests on."""

    law: Law
    plain: Law
    """With patterns that are independent."""
    added: Expression
    """κ of the law less that of the plain one."""
    pairs: Expression
    """Their number."""
    network: Network
    """With the numbers that were worked out."""
    kind: Literal["residual", "dense"]
    of_signs: bool
    """Whether slopes are functions of the sign, so that pairs add arc sines of correlations."""


def overlapped(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
    """The theorem at a whole network in normal form, filled in; None where it is not for it, or has no formula."""
    if laws[root].kappa is None:
        return None
    try:
        if isinstance(root, Indexed):
            return _over_index(network, root, laws)
        blocks = blocks_of(root)
        if blocks is not None and isinstance(blocks[0], Stack):
            return _of_stacks(network, root, blocks, laws)
        alike = _alike(network, root, laws) if blocks is None or len(blocks) > EXPLICIT else None
        return _of_blocks(network, root, blocks, laws) if alike is None and blocks is not None else alike
    except (ArithmeticError, ValueError, RefusedError):
        # No root, no quotient or no mean that is certain: ϕ stays refused.
        return None


def _alike(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
    """Equal copies, which multiply the variance of the stream by one factor."""
    if not isinstance(root, Repeat):
        return None
    found = residuals(network, [root.block, root.block], laws)
    if found is None or found[0].branch.norm is not None or not found[0].branch.on_sides:
        return None
    plain = laws[root]
    assert plain.kappa is not None
    added = at_distances(found[0], found[1].size, root.count, _unused(network, "d"))
    return _outcome(network, plain, Found(plain.phi, plain.kappa, added), root.count, found[0])


def _of_blocks(
    network: Network, root: Block, blocks: Sequence[Block], laws: Mapping[Block, Law]
) -> Overlap | None:
    """Blocks one by one: pairs written out, over two indices, or as a number."""
    found, plain, count = residuals(network, blocks, laws), laws[root], number(len(blocks))
    if found is None or len(found) < 2 or plain.kappa is None:
        return None
    known = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    closed = found[0].branch.on_sides
    if closed and len(found) <= EXPLICIT:
        return _outcome(network, plain, Found(plain.phi, plain.kappa, written_out(found)), count, found[0])
    used = frozenset().union(*[symbols(value) for block in found for value in block[1:]])
    wanted = closed and not used & known.keys() and (used or len(found) <= TOLD_APART)
    chain = even(found) if wanted else None
    if chain is not None:
        return _outcome(network, plain, chain.found(count, *_indices(network)), count, found[0])
    worked_out = added_number(found, known)
    if worked_out is None:
        return None
    value, error = worked_out
    network, added = _with_number(network, value, None if closed else error)
    return _outcome(network, plain, Found(plain.phi, plain.kappa, added), count, found[0])


def _over_index(network: Network, root: Indexed, laws: Mapping[Block, Law]) -> Overlap | None:
    if root.kind != "serial" or not root.lower.is_one:
        return None
    found = residuals(network, [root.body], laws)
    if found is None or not found[0].branch.on_sides or found[0].branch.norm is None:
        return None
    chain = even_over(found[0], root.index)
    return None if chain is None else _outcome(
        network, laws[root], chain.found(root.upper, *_indices(network)), root.upper, found[0])


def _of_stacks(
    network: Network, root: Block, blocks: Sequence[Block], laws: Mapping[Block, Law]
) -> Overlap | None:
    plain, groups = laws[root], groups_of(blocks, laws, network.width)
    if groups is None or plain.kappa is None:
        return None
    second = second_moment(groups)
    if second is not None:
        added = product(((expand(second - expand(plain.moment(2))), 1), (plain.phi, -2)))
    else:
        known = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
        value = second_moment_number(groups, known)
        if value is None:
            return None
        before = evaluate(plain.moment(2), known).to_float()
        square = evaluate(plain.phi, known).to_float() ** 2
        network, added = _with_number(network, (value - before) / square, None)
    found = Found(plain.phi, plain.kappa, added)
    return _outcome(network, plain, found, number(len(blocks)), None)


def _outcome(
    network: Network, plain: Law, found: Found, count: Expression, block: Residual | None
) -> Overlap:
    law = Law(plain.rows, plain.columns, found.phi, (found.plain + found.added, *plain.state[1:]))
    pairs = product(((number(Fraction(1, 2)), 1), (count, 1), (count - ONE, 1)))
    beside = Law(plain.rows, plain.columns, found.phi, (found.plain, *plain.state[1:]))
    return Overlap(law, beside, found.added, pairs, network, "dense" if block is None else "residual",
                   block is None or block.branch.on_sides)


def _indices(network: Network) -> tuple[str, str]:
    return _unused(network, "l"), _unused(network, "j")


def _unused(network: Network, name: str) -> str:
    """A name that stands for nothing else."""
    while name in network.mentioned | network.constants.keys() | network.meanings.keys():
        name += "_"
    return name


def _with_number(network: Network, value: float, error: float | None) -> tuple[Network, Expression]:
    """What pairs of blocks add as a constant of the network; with the error of a quadrature."""
    name = _unused(network, "overlap")
    size = Fraction(f"{value:.{_DIGITS}e}")
    meaning = f"what patterns that look at one stream add to kappa, {float(size)!r}"
    if error is not None:
        meaning += f" (by quadrature; error below {error:.0e})"
    errors = {} if error is None else {name: Fraction(f"{error:.1e}")}
    network = replace(network, constants={**network.constants, name: number(abs(size))},
                      errors={**network.errors, **errors}, meanings={**network.meanings, name: meaning})
    return network, symbol(name) if size > 0 else -symbol(name)
