"""The vector between two blocks, as far as resolving looks at it."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.language.records import record
from freeblock.network.image import Image
from freeblock.network.nodes import Block
from freeblock.network.wording import in_words


@record
class Vector:
    """The vector at one place: its width, and a key that tells one vector from another."""

    width: Expression
    key: int
    normalized: bool = False
    image: Image | None = None
    """Its channels and positions; None for a plain vector."""
    flat: str | None = None
    """What made it a vector for good: `dense(10)`. An input of which only the width is said may still be an image."""

    @property
    def words(self) -> str:
        """Its shape in words."""
        return in_words(self.width) if self.image is None else self.image.words


Resolved = tuple[Block, Vector]
"""A block, and the vector it puts out."""
