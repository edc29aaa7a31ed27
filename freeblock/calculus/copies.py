"""The copies of a repeated block: one analysis of the body serves them all, with fresh keys for each."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.calculus.keys import Keyring, Keys, joined
from freeblock.calculus.pieces import Piece
from freeblock.calculus.vectors import Vector
from freeblock.network.nodes import Indexed, Repeat
from freeblock.network.tree import leaves

COPIES = 4
"""A repeat is analysed on so many copies: by then facts about vectors no longer change."""

def length_of(block: Repeat | Indexed) -> int | None:
    """The number of copies, where it is a number."""
    count = block.count if isinstance(block, Repeat) else None
    value = count.number() if count is not None else None
    return value if isinstance(value, int) else None


def copy_of(piece: Piece, atoms: Mapping[str, Keys], vector: Vector, keyring: Keyring) -> Piece:
    """A copy with fresh weights: internal keys become a fresh one, the input's keys (`atoms`) the true ones.

    What is drawn by `let` is the same in every copy and keeps its key.
    """
    known = piece.traits.weights | piece.traits.marks | piece.output.keys | piece.output.noise
    shared = joined(keyring.of_draw(leaf.identity) for leaf in leaves(piece.block) if leaf.shared)
    own = known & ~(shared | joined(atoms.values()))
    names = [(own, keyring.fresh()), *((key, getattr(vector, name)) for name, key in atoms.items())]
    return piece.renamed(names)
