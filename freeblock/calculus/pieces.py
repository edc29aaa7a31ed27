"""One analysed block: its traits, the orders proved so far, and the vector it puts out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from freeblock.calculus.keys import NO_KEYS, Keys, joined
from freeblock.calculus.traits import Traits
from freeblock.calculus.vectors import Vector
from freeblock.network.nodes import Block


class Piece(NamedTuple):
    """What the hypotheses' pass knows about one block at one place."""

    block: Block
    traits: Traits
    to: int
    """The law of the block is proved up to this order (0: not even φ)."""
    output: Vector
    direct: Keys = NO_KEYS
    """Shared weights that are links of a chain: tied uses of these along a chain behave as if free."""
    tied: bool = False
    """A shared weight occurs more than once inside."""

    def renamed(self, names: Sequence[tuple[Keys, Keys]]) -> Piece:
        """The same block elsewhere: some keys replaced by others, everything else alike."""
        traits = self.traits._replace(weights=_renamed(self.traits.weights, names),
                         marks=_renamed(self.traits.marks, names),
                         central_through=_renamed(self.traits.central_through, names))
        output = self.output._replace(keys=_renamed(self.output.keys, names),
                         noise=_renamed(self.output.noise, names))
        return self._replace(traits=traits, output=output)


def _renamed(keys: Keys, names: Sequence[tuple[Keys, Keys]]) -> Keys:
    kept = keys & ~joined(old for old, _ in names)
    return kept | joined(new for old, new in names if keys & old)


class Use(NamedTuple):
    """One use of a theorem (or of a component's premise): how far it reaches, and on what ground."""

    theorem: str
    order: int
    because: str
    blocks: tuple[str, ...]
    name: str = ""
    """The premise's name, for a component."""
    ground: str = "exact"


def all_weights(pieces: Sequence[Piece]) -> Keys:
    """The weights of all pieces."""
    return joined(piece.traits.weights for piece in pieces)


def all_marks(pieces: Sequence[Piece]) -> Keys:
    """The marks of all pieces."""
    return joined(piece.traits.marks for piece in pieces)


def meets_again(pieces: Sequence[Piece]) -> bool:
    """Whether some weight occurs in two of the pieces."""
    met = NO_KEYS
    for piece in pieces:
        if met & piece.traits.weights:
            return True
        met |= piece.traits.weights
    return False
