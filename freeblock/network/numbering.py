"""Numbers for components, draws and vectors: what has one number is one thing."""

from __future__ import annotations

from freeblock.network.size import MAX_LEAVES, too_many
from freeblock.source import Span


class Numbering:
    """Counts what is resolved; inside a `let` the same place draws the same object at every use."""

    def __init__(self) -> None:
        self.vector = 0
        """The key of the newest vector."""
        self.repeated = 0
        """How many repeats and indexed forms stand around this place."""
        self._leaves = 0
        self._draw = 0
        self._sharing: list[tuple[str, int]] = []
        self._shared: dict[tuple[str, int], int] = {}

    def count_leaf(self, span: Span) -> None:
        """Count one component more. Raises LimitError."""
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise too_many(span)

    def next_draw(self) -> tuple[int, bool]:
        """The identity of a component, and whether it is shared with other uses of a `let`."""
        if self._sharing:
            name, ordinal = self._sharing[-1]
            self._sharing[-1] = (name, ordinal + 1)
            known = self._shared.get((name, ordinal))
            if known is None:
                self._draw += 1
                known = self._shared[(name, ordinal)] = self._draw
            return known, True
        self._draw += 1
        return self._draw, False

    def next_vector(self) -> int:
        """The key of a new vector."""
        self.vector += 1
        return self.vector

    def begin_shared(self, name: str) -> None:
        """Enter the body of a `let`."""
        self._sharing.append((name, 0))

    def end_shared(self) -> None:
        """Leave the body of a `let`."""
        self._sharing.pop()
