"""Where marks are put: places along and across the data's way become places on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from freeblock.picture.scene import (
    Area,
    BarMark,
    BoxMark,
    DotMark,
    FrameMark,
    Metrics,
    PillMark,
    PlusMark,
    Point,
    Scene,
    TextMark,
    WireMark,
)
from freeblock.picture.shapes import Box, Line

Direction = Literal["right", "down"]
Anchor = Literal["left", "centre", "right"]
LEADING = 3.0
"""Between two lines of text."""
WORD_GAP = 4.0
"""Between words and the mathematics behind them."""


class Canvas:
    """Takes places as (along, across) and marks as they lie on the page."""

    def __init__(self, metrics: Metrics, direction: Direction) -> None:
        self.metrics = metrics
        self.down = direction == "down"
        self.scene = Scene()
        self.level = 0
        """Frames around what is being placed."""

    def turned(self, width: float, height: float) -> tuple[float, float]:
        """Extents on the page as extents along and across, and back."""
        return (height, width) if self.down else (width, height)

    def text_size(self, lines: Sequence[Line]) -> tuple[float, float]:
        """Width and height of lines one below the other."""
        sizes = [self._size(line) for line in lines]
        height = sum(ascent + depth for _, ascent, depth in sizes) + LEADING * (len(sizes) - 1)
        return max((width for width, _, _ in sizes), default=0.0), max(height, 0.0)

    def area(self, along: float, across: float, length: float, breadth: float) -> Area:
        """The rectangle whose first corner is at (along, across)."""
        return Area(*self.turned(along, across), *self.turned(length, breadth))

    def point(self, along: float, across: float) -> Point:
        """A place on the page."""
        return self.turned(along, across)

    def box(self, area: Area, box: Box) -> None:
        self.scene.marks.append(BoxMark(area, box.kind, box.shared, box.title))
        self.text(area, box.lines)

    def frame(self, area: Area, deck: bool, title: str) -> None:
        self.scene.marks.append(FrameMark(area, deck, self.level, title))

    def pill(self, area: Area, line: Line) -> None:
        self.scene.marks.append(PillMark(area, line.spoken))
        self.text(area, [line])

    def wire(self, points: Sequence[tuple[float, float]], *, arrow: bool = False, title: str = "") -> None:
        """A line through places; doubled places are left out."""
        found: list[Point] = []
        for place in points:
            point = self.point(*place)
            if not found or max(abs(point[0] - found[-1][0]), abs(point[1] - found[-1][1])) > 0.01:
                found.append(point)
        if len(found) > 1:
            self.scene.marks.append(WireMark(tuple(found), arrow, title))

    def dot(self, along: float, across: float) -> None:
        self.scene.marks.append(DotMark(self.point(along, across)))

    def plus(self, along: float, across: float, radius: float) -> None:
        self.scene.marks.append(PlusMark(self.point(along, across), radius))

    def bar(self, area: Area) -> None:
        self.scene.marks.append(BarMark(area))

    def text(self, area: Area, lines: Sequence[Line], *, centred: bool = True) -> None:
        """Lines one below the other in the middle of an area (or at its left)."""
        _, height = self.text_size(lines)
        top = area.y + (area.height - height) / 2
        for line in lines:
            width, ascent, depth = self._size(line)
            left = area.x + (area.width - width) / 2 if centred else area.x
            base = top + ascent
            pieces = pieces_of(line)
            for place, piece in enumerate(pieces):
                width, above, below = self.metrics.size(piece)
                anchor: Anchor = "right" if place < len(pieces) - 1 else "centre" if centred and not place else "left"
                self.scene.marks.append(TextMark(Area(left, base - above, width, above + below), below, piece, anchor))
                left += width + WORD_GAP
            top = base + depth + LEADING

    def _size(self, line: Line) -> tuple[float, float, float]:
        """Width, height above the baseline and depth below it, of a line with its words."""
        sizes = [self.metrics.size(piece) for piece in pieces_of(line)]
        widths, above, below = zip(*sizes, strict=True)
        return sum(widths) + WORD_GAP * (len(sizes) - 1), max(above), max(below)


def pieces_of(line: Line) -> list[Line]:
    """The words before mathematics, and that."""
    if not line.words:
        return [line]
    words = Line(line.words, "tag" if line.role == "tag" else "note")
    return [words, replace(line, words="")]
