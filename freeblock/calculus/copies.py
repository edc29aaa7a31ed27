"""The copies of a repeated block: one analysis of the body serves them all, with fresh keys for each."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.calculus.pieces import Piece
from freeblock.calculus.vectors import Vector
from freeblock.network.nodes import Block, Indexed, Repeat
from freeblock.network.tree import leaves

COPIES = 4
"""A repeat is analysed on so many copies: by then facts about vectors no longer change."""

_COPIED = -(10**100)
"""Keys of weights are negative; those of copies start here, beyond those of every leaf and its parts over stacks."""


def length_of(block: Repeat | Indexed) -> int | None:
    """The number of copies, where it is a number."""
    count = block.count if isinstance(block, Repeat) else None
    value = count.number() if count is not None else None
    return value if isinstance(value, int) else None


def copy_of(piece: Piece, atoms: Mapping[int, str], vector: Vector, fresh_key: int) -> Piece:
    """A copy with fresh weights: internal keys become `fresh_key`, the input's keys the true ones.

    What is drawn by `let` is the same in every copy and keeps its key.
    """
    known = piece.traits.weights | piece.traits.marks | piece.output.keys | piece.output.noise
    shared = _shared_keys(piece.block)
    own = {key for key in known if key < 0 and key not in shared}
    fresh = frozenset((_COPIED - fresh_key,))
    names = dict.fromkeys(own, fresh) | {key: getattr(vector, name) for key, name in atoms.items()}
    return piece.renamed(names)


def _shared_keys(block: Block) -> frozenset[int]:
    return frozenset([-leaf.identity - 1 for leaf in leaves(block) if leaf.shared])
