"""The law of every block of a tree as it was written, and up to which order it is proved where it stands.

A derivation has laws for the blocks of its normal form. Here each block is brought to normal form alone and
analysed on the vector that reaches it, so that what is said of a part is true of that part.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from freeblock.calculus.copies import COPIES, length_of
from freeblock.calculus.hypotheses import Analysis
from freeblock.calculus.keys import NO_KEYS, Keys, joined
from freeblock.calculus.law import Law
from freeblock.calculus.normal_form import normal_form
from freeblock.calculus.pieces import Piece
from freeblock.calculus.premises import Premises
from freeblock.calculus.steps import Steps
from freeblock.calculus.vectors import INPUT, Vector
from freeblock.formula.functions import facts_known
from freeblock.formula.renaming import all_symbols
from freeblock.language.walk import Pass, run
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Serial
from freeblock.network.tree import children_first, leaves, parts_of

ORDER = 2
"""φ and κ are what is asked of a part."""


class PlacedLaw(NamedTuple):
    """A law with the orders up to which it is proved, and stated (proved or assumed), at its place."""

    law: Law
    proved: int
    given: int


def placed_laws(
    network: Network, premises: Premises, progress: Callable[[int, int], None] | None = None
) -> dict[Block, PlacedLaw]:
    """Every block of the network's tree with its law; a repeated body holds what is true of each copy."""
    with facts_known(network.facts, network.whole):
        laws = _own_laws(network, progress)
        strict = _Places(laws, Premises()).run(network.block)
        given = _Places(laws, premises).run(network.block) if premises.free or premises.names else strict
    return {block: PlacedLaw(laws[block][1][laws[block][0]], strict[block], given[block]) for block in strict}


_OwnLaws = dict[Block, tuple[Block, dict[Block, Law]]]
"""Block → its normal form, and the laws of all blocks of that."""


def _own_laws(network: Network, progress: Callable[[int, int], None] | None) -> _OwnLaws:
    stated = all_symbols(fact.difference for fact in network.facts)
    blocks = children_first(network.block)
    found: _OwnLaws = {}
    for place, block in enumerate(blocks):
        if progress is not None:
            progress(place, len(blocks))
        if block not in found:
            normal = normal_form(block)
            known = Steps(normal, ORDER, stated, network.whole)
            if network.on_images:
                _restate(normal, known)
            found[block] = normal, known.laws
    return found


def _restate(normal: Block, known: Steps) -> None:
    """Give a block on images the law of its positions."""
    from freeblock.calculus.positions.outcome import positional  # noqa: PLC0415 - networks on vectors do not load it

    outcome = positional(normal, known, ORDER)
    if outcome is not None:
        known.laws[normal] = outcome.law


class _Places:
    """One walk along the data: each block is met with the vector it gets, the copies of a body one after the other."""

    def __init__(self, own: _OwnLaws, premises: Premises) -> None:
        self._own = own
        self._analysis = Analysis({key: law for _, laws in own.values() for key, law in laws.items()}, premises)
        self._orders: dict[Block, int] = {}
        self._entered: set[tuple[object, ...]] = set()

    def run(self, root: Block) -> dict[Block, int]:
        """Block → the order up to which its law holds, the lowest of its copies."""
        run(self._visit(root, INPUT))
        return self._orders

    def _visit(self, block: Block, vector: Vector) -> Pass[Vector]:
        piece = self._analysis.run(self._own[block][0], vector)
        self._orders[block] = min(self._reach(block, piece, vector), self._orders.get(block, ORDER))
        if isinstance(block, (Repeat, Indexed)):
            yield self._copies(block, vector)
        elif isinstance(block, Serial):
            for part in block.parts:
                vector = yield self._visit(part, vector)
        elif not isinstance(block, Leaf):
            for part in parts_of(block):
                yield self._visit(part, vector)
        return piece.output

    def _reach(self, block: Block, piece: Piece, vector: Vector) -> int:
        """Of a part whose own draw has shaped its input already nothing is said: the theorems are for whole chains."""
        tied = not isinstance(block, Leaf) and vector.sources & self._shared(block)
        return 0 if tied and not self._analysis.premises.free else piece.to

    def _shared(self, block: Block) -> Keys:
        """The keys of what `let` draws inside."""
        return joined(self._analysis.keyring.of_draw(leaf.identity) for leaf in leaves(block) if leaf.shared)

    def _copies(self, block: Repeat | Indexed, vector: Vector) -> Pass[Vector]:
        """The body on the vectors that its copies get; those that are alike are met once."""
        (body,) = parts_of(block)
        in_series = isinstance(block, Repeat) or block.kind == "serial"
        shared = self._shared(body)
        number = length_of(block)
        copies = min(COPIES, number or COPIES) if in_series else 1
        for _ in range(copies):
            met = shared & vector.sources
            kind = (body, vector.flags, met)
            if kind in self._entered:
                break
            self._entered.add(kind)
            # A copy has weights of its own: what the copies before it drew is something else to it, `let` apart.
            keys = self._analysis.keyring.fresh()
            noise = self._analysis.keyring.fresh() if vector.noise else NO_KEYS
            vector = yield self._visit(body, vector._replace(keys=keys | met, noise=noise))
        return vector
