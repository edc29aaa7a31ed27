"""A measured part of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """Its length along the rail, its extents on both sides of it, and how it is placed at a start of the rail."""

    length: float
    low: float
    high: float
    place: Callable[[float, float], None]
    arrow: bool = True
    """A wire that ends here ends in an arrow."""
    hangs: bool = False
    """It never begins a line."""
    before: float = 0.0
    """Room it needs before its start."""
