"""What the user takes for granted about a network."""

from __future__ import annotations

from dataclasses import dataclass

INDEPENDENT_PATTERNS = "independent-patterns"
FREE_BLOCKS = "free-blocks"


@dataclass(frozen=True, slots=True)
class Premises:
    """What the user takes for granted: everything, or named hypotheses."""

    free: bool = False
    names: frozenset[str] = frozenset()

    def grants(self, name: str) -> bool:
        """Whether a named hypothesis is assumed."""
        return self.free or name in self.names
