"""Applies the overlap theorem to a network whose ϕ the serial theorem refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from freeblock.calculus.law import Law
from freeblock.calculus.overlap.chain import Residual, blocks_of, residuals
from freeblock.calculus.overlap.pairs import EXPLICIT, Even, Found, at_distances, at_index, even, written_out
from freeblock.calculus.overlap.quadrature import added_number
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.traversal import symbols
from freeblock.language.records import record
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Repeat

TOLD_APART = 60
"""Blocks of which the pairs are summed by the report; of more, here and once."""
_TRIED = 4
"""Copies of an indexed block that are compared."""
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


def overlapped(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
    """The theorem at a whole network in normal form, filled in; None where it is not for it. Raises RefusedError."""
    plain = laws[root]
    if plain.kappa is None:
        return None
    names = _unused(network, "l"), _unused(network, "j")
    if isinstance(root, Indexed):
        return _over_index(network, root, laws, names)
    if isinstance(root, Repeat):
        found = residuals(network, [root.block], laws)
        if found is None:
            return None
        if found[0].branch.norm is None and found[0].branch.on_sides:
            factor = _growth(network, root, laws)
            if factor is None:
                return None
            added = at_distances(found[0], factor, root.count, _unused(network, "d"))
            return _outcome(network, plain, Found(plain.phi, plain.kappa, added), root.count)
    blocks = blocks_of(root)
    found = None if blocks is None else residuals(network, blocks, laws)
    if found is None or len(found) < 2:
        return None
    return _of_blocks(network, plain, found, names)


def _of_blocks(network: Network, plain: Law, blocks: list[Residual], names: tuple[str, str]) -> Overlap | None:
    count = number(len(blocks))
    assert plain.kappa is not None
    known = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    stand_in = any(symbols(value) & known.keys() for block in blocks for value in block[1:])
    closed = blocks[0].branch.on_sides
    if closed and len(blocks) <= EXPLICIT:
        return _outcome(network, plain, Found(plain.phi, plain.kappa, written_out(blocks)), count)
    symbolic = any(symbols(value) - known.keys() for block in blocks for value in block[1:])
    chain = even(blocks) if closed and not stand_in and (symbolic or len(blocks) <= TOLD_APART) else None
    if chain is not None:
        return _outcome(network, plain, chain.found(count, *names), count)
    worked_out = added_number(blocks, known)
    if worked_out is None:
        return None
    network, added = _with_number(network, *worked_out)
    return _outcome(network, plain, Found(plain.phi, plain.kappa, added), count)


def _over_index(
    network: Network, root: Indexed, laws: Mapping[Block, Law], names: tuple[str, str]
) -> Overlap | None:
    if root.kind != "serial" or not root.lower.is_one:
        return None
    found = residuals(network, [root.body], laws)
    if found is None or not found[0].branch.on_sides or found[0].branch.norm is None:
        return None
    chain: Even | None = even(at_index(found[0], root.index, _TRIED))
    return None if chain is None else _outcome(network, laws[root], chain.found(root.upper, *names), root.upper)


def _growth(network: Network, root: Repeat, laws: Mapping[Block, Law]) -> Expression | None:
    """By how much each copy multiplies the variance of the stream."""
    found = residuals(network, [root.block, root.block], laws)
    return None if found is None else found[1].size


def _outcome(network: Network, plain: Law, found: Found, count: Expression) -> Overlap:
    law = Law(plain.rows, plain.columns, found.phi, (found.plain + found.added, *plain.state[1:]))
    pairs = product(((number(Fraction(1, 2)), 1), (count, 1), (count - ONE, 1)))
    beside = Law(plain.rows, plain.columns, found.phi, (found.plain, *plain.state[1:]))
    return Overlap(law, beside, found.added, pairs, network)


def _unused(network: Network, name: str) -> str:
    """A name that stands for nothing else."""
    while name in network.mentioned | network.constants.keys() | network.meanings.keys():
        name += "_"
    return name


def _with_number(network: Network, value: float, error: float) -> tuple[Network, Expression]:
    """What pairs of blocks add as a constant of the network."""
    name = _unused(network, "overlap")
    size = Fraction(f"{value:.{_DIGITS}e}")
    meaning = f"what patterns that look at one stream add to kappa, {float(size)!r} (by quadrature; error below " \
              f"{error:.0e})"
    network = replace(network, constants={**network.constants, name: number(abs(size))},
                      errors={**network.errors, name: Fraction(f"{error:.1e}")},
                      meanings={**network.meanings, name: meaning})
    return network, symbol(name) if size > 0 else -symbol(name)
