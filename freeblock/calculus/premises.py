"""What the user takes for granted about a network."""

from __future__ import annotations

from dataclasses import dataclass

INDEPENDENT_PATTERNS = "independent-patterns"
FREE_BLOCKS = "free-blocks"

PREMISE_NAMES = (
    "independent-patterns", "free-blocks", "half-active", "gaussian-pre-activation", "equal-deviations",
    "equal-magnitudes", "normalised-once", "borders-neglected", "independent-positions", "uniform-selection",
)
"""Hypotheses that can be assumed by name; user libraries may add premises of their own."""


@dataclass(frozen=True, slots=True)
class Premises:
    """What the user takes for granted: everything, or named hypotheses."""

    free: bool = False
    names: frozenset[str] = frozenset()

    def grants(self, name: str) -> bool:
        """Whether a named hypothesis is assumed."""
        return self.free or name in self.names
