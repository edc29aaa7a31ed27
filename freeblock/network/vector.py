"""The vector between two blocks, as far as resolving looks at it."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.language.records import record
from freeblock.network.nodes import Block


@record
class Vector:
    """The vector at one place: its width, and a key that tells one vector from another."""

    width: Expression
    key: int
    normalized: bool = False


Resolved = tuple[Block, Vector]
"""A block, and the vector it puts out."""
