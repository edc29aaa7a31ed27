"""How far a law holds that rests on the positions of an image."""

from __future__ import annotations

from typing import NamedTuple


class Reach(NamedTuple):
    """Up to which order a law is proved, the name of what would carry it further, and why."""

    order: int
    name: str
    because: str
    blocks: tuple[str, ...]


BORDERS_NEGLECTED = "borders-neglected"
INDEPENDENT_POSITIONS = "independent-positions"
UNIFORM_SELECTION = "uniform-selection"
