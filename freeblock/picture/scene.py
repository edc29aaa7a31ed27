"""A picture as marks with places, in points from the upper left corner; what draws it decides nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from freeblock.picture.shapes import Line

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class BoxMark:
    """A component's rectangle."""

    area: Area
    kind: str
    shared: bool
    title: str


@dataclass(frozen=True, slots=True)
class FrameMark:
    """A frame; `level` counts those around it."""

    area: Area
    deck: bool
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class PillMark:
    """The rounded ground of a factor or a tag."""

    area: Area
    title: str


@dataclass(frozen=True, slots=True)
class TextMark:
    """A line of text in its area; its baseline lies `depth` above the bottom."""

    area: Area
    depth: float
    line: Line
    anchor: Literal["left", "centre", "right"] = "left"
    """Where it is held, for those who set it with other fonts than it was measured with."""


@dataclass(frozen=True, slots=True)
class WireMark:
    """A line through points, with rounded corners; an identity has a title."""

    points: Sequence[Point]
    arrow: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class DotMark:
    """Where the data is handed to several branches."""

    at: Point


@dataclass(frozen=True, slots=True)
class PlusMark:
    """⊕: the branches are added."""

    at: Point
    radius: float


@dataclass(frozen=True, slots=True)
class BarMark:
    """The branches are stacked."""

    area: Area


Mark = BoxMark | FrameMark | PillMark | TextMark | WireMark | DotMark | PlusMark | BarMark


@dataclass(slots=True)
class Scene:
    """All marks, those behind first, on a page of the given size."""

    width: float = 0.0
    height: float = 0.0
    marks: list[Mark] = field(default_factory=list)

    def of(self, kind: type[Mark]) -> list[Mark]:
        """The marks of one kind."""
        return [mark for mark in self.marks if isinstance(mark, kind)]


class Metrics(Protocol):
    """How large a line of text is set."""

    def size(self, line: Line) -> tuple[float, float, float]:
        """Width, height above the baseline, depth below it, in points."""
        ...
