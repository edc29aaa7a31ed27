"""Shapes get their places. Every part has one rail: the wire enters and leaves it at the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from freeblock.picture.canvas import Canvas, Direction
from freeblock.picture.row import lay_row
from freeblock.picture.scene import Area, Metrics, Scene
from freeblock.picture.shapes import (
    Box,
    Captioned,
    Factor,
    Figure,
    Frame,
    Line,
    Rails,
    Row,
    Shape,
    Terminal,
    Wire,
)
from freeblock.picture.track import Track

MARGIN = 14.0
PAD_ALONG, PAD_ACROSS = 9.0, 7.0
"""Between the border of a box and its text."""
FRAME_ALONG, FRAME_ACROSS = 16.0, 14.0
RAIL_GAP = 16.0
"""Between two rails."""
LEAD = 18.0
"""From the dot to the branches, and from these to where they join."""
RADIUS = 7.0
BAR = 4.0
NARROWEST = 160.0
"""A row is never broken to be shorter than this."""
SECTION = 18.0
"""Between heading, network and legend."""


def scene_of(figure: Figure, metrics: Metrics, *, direction: Direction = "right", wrap: float = 700.0) -> Scene:
    """The figure with every mark in its place; rows longer than `wrap` points are broken."""
    canvas = Canvas(metrics, direction)
    network = _Layout(canvas).row(figure.network, wrap, last=True)
    heading, legend = canvas.text_size(figure.heading), canvas.text_size(figure.legend)
    size = canvas.turned(network.length, network.low + network.high)
    top = MARGIN + heading[1] + (SECTION if figure.heading else 0.0)
    bottom = top + size[1] + (SECTION if figure.legend else 0.0)
    canvas.text(Area(MARGIN, MARGIN, *heading), figure.heading, centred=False)
    along, across = canvas.turned(MARGIN, top)
    network.place(along, across + network.low)
    canvas.text(Area(MARGIN, bottom, *legend), figure.legend, centred=False)
    scene = canvas.scene
    scene.width = max(heading[0], size[0], legend[0]) + 2 * MARGIN
    scene.height = bottom + legend[1] + MARGIN
    return scene


@dataclass(frozen=True, slots=True)
class _Layout:
    """Measures shapes; each becomes a track that knows how to place itself."""

    canvas: Canvas

    def track(self, shape: Shape, limit: float) -> Track:
        if isinstance(shape, Row):
            return self.row(shape, limit)
        if isinstance(shape, Rails):
            return self._rails(shape, limit)
        if isinstance(shape, Frame):
            return self._frame(shape, limit)
        if isinstance(shape, Captioned):
            return self._captioned(shape, limit)
        if isinstance(shape, Wire):
            return self._wire(shape)
        return self._box(shape) if isinstance(shape, Box) else self._word(shape)

    def row(self, row: Row, limit: float, *, last: bool = False) -> Track:
        limit = max(limit, NARROWEST)
        return lay_row(self.canvas, [self.track(part, limit) for part in row.parts], limit, last=last)

    def _box(self, box: Box) -> Track:
        width, height = self.canvas.text_size(box.lines)
        length, breadth = self.canvas.turned(width + 2 * PAD_ALONG, height + 2 * PAD_ACROSS)

        def place(along: float, across: float) -> None:
            self.canvas.box(self.canvas.area(along, across - breadth / 2, length, breadth), box)

        return Track(length, breadth / 2, breadth / 2, place)

    def _wire(self, wire: Wire) -> Track:
        line = Line(wire.title, "note")
        width, height = self.canvas.text_size([line])
        length, breadth = self.canvas.turned(width + 8, height + 2)

        def place(along: float, across: float) -> None:
            self.canvas.wire([(along, across), (along + length, across)], title=wire.title)
            self.canvas.text(self.canvas.area(along, across - breadth - 2, length, breadth), [line])

        return Track(length, breadth + 2, 2.0, place, arrow=False)

    def _word(self, shape: Factor | Terminal) -> Track:
        width, height = self.canvas.text_size([shape.line])
        length, breadth = self.canvas.turned(width + 12, height + 6)

        def place(along: float, across: float) -> None:
            area = self.canvas.area(along, across - breadth / 2, length, breadth)
            if isinstance(shape, Factor):
                self.canvas.pill(area, shape.line)
            else:
                self.canvas.text(area, [shape.line])

        return Track(length, breadth / 2, breadth / 2, place, arrow=isinstance(shape, Terminal),
                     hangs=isinstance(shape, Terminal))

    def _frame(self, frame: Frame, limit: float) -> Track:
        content = self.track(frame.content, limit - 2 * FRAME_ALONG)
        width, height = self.canvas.text_size([frame.tag])
        width, height = width + 12, height + 4
        # The tag sits on the upper left corner; the wire must not run into it.
        first, low = FRAME_ALONG, content.low + FRAME_ACROSS
        if self.canvas.down:
            first, low = FRAME_ALONG + height / 2, max(low, width + 18)
        else:
            low += height / 2
        length = max(content.length + first + FRAME_ALONG, 0 if self.canvas.down else width + 24)
        high = content.high + FRAME_ACROSS
        spare = (length - content.length - first - FRAME_ALONG) / 2
        deck = 6.0 if frame.deck else 0.0

        def place(along: float, across: float) -> None:
            area = self.canvas.area(along, across - low, length, low + high)
            self.canvas.frame(area, frame.deck, frame.title)
            self.canvas.pill(Area(area.x + 10, area.y - height / 2, width, height), frame.tag)
            start, end = along + first + spare, along + first + spare + content.length
            self.canvas.wire([(along, across), (start, across)], arrow=content.arrow)
            self.canvas.wire([(end, across), (along + length, across)])
            self.canvas.level += 1
            content.place(start, across)
            self.canvas.level -= 1

        above = 0.0 if self.canvas.down else height / 2
        return Track(length, low + above, high + deck, place, arrow=False, before=height / 2 if self.canvas.down else 0)

    def _captioned(self, shape: Captioned, limit: float) -> Track:
        content = self.track(shape.content, limit)
        width, height = self.canvas.text_size(shape.lines)
        own_length, breadth = self.canvas.turned(width, height)
        length = max(content.length, own_length)
        gap = 6.0
        shift = (length - content.length) / 2

        def place(along: float, across: float) -> None:
            self.canvas.wire([(along, across), (along + shift, across)], arrow=content.arrow)
            content.place(along + shift, across)
            self.canvas.wire([(along + shift + content.length, across), (along + length, across)])
            centre = along + (length - own_length) / 2
            area = self.canvas.area(centre, across + content.high + gap, own_length, breadth)
            self.canvas.text(area, shape.lines)

        return Track(length, content.low, content.high + gap + breadth, place, arrow=content.arrow and not shift,
                     before=content.before)

    def _rails(self, rails: Rails, limit: float) -> Track:
        reach = LEAD + 6
        branches = [self.track(branch, limit - 3 * reach) for branch in rails.branches]
        places = _stacked(branches)
        main = _main(rails.branches, places)
        places = [place - main for place in places]
        inner = max(branch.length for branch in branches)
        end = reach + inner + LEAD + RADIUS
        low, high = branches[0].low - places[0], branches[-1].high + places[-1]

        def place(along: float, across: float) -> None:
            self.canvas.wire([(along, across), (along + 5, across)])
            for branch, offset in zip(branches, places, strict=True):
                begin = along + reach + (inner - branch.length) / 2
                self.canvas.wire([(along + 5, across), (along + 5, across + offset), (begin, across + offset)],
                                 arrow=branch.arrow)
                branch.place(begin, across + offset)
                self._join(rails, (begin + branch.length, along + end), across, offset)
            self.canvas.dot(along + 5, across)
            if rails.join == "sum":
                self.canvas.plus(along + end, across, RADIUS)
            else:
                first, last = min(places[0], 0.0) - 8, max(places[-1], 0.0) + 8
                self.canvas.bar(self.canvas.area(along + end, across + first, BAR, last - first))

        tail = RADIUS if rails.join == "sum" else BAR
        return Track(end + tail, max(low, RADIUS + 2), max(high, RADIUS + 2), place, arrow=False)

    def _join(self, rails: Rails, reach: tuple[float, float], across: float, offset: float) -> None:
        """The wire from a branch's end to the place where all meet."""
        begin, end = reach
        here = across + offset
        if rails.join == "stack":
            self.canvas.wire([(begin, here), (end, here)], arrow=True)
        elif abs(offset) < RADIUS:
            self.canvas.wire([(begin, here), (end - RADIUS, here)], arrow=True)
        else:
            edge = across + (RADIUS if offset > 0 else -RADIUS)
            self.canvas.wire([(begin, here), (end, here), (end, edge)], arrow=True)


def _stacked(branches: Sequence[Track]) -> list[float]:
    """Where the rails of branches lie, one beside the other."""
    places = [0.0]
    for before, branch in zip(branches, branches[1:], strict=False):
        places.append(places[-1] + before.high + RAIL_GAP + branch.low)
    return places


def _main(shapes: Sequence[Shape], places: Sequence[float]) -> float:
    """The rail the wire comes in on: the only branch that does something, else the middle."""
    busy = [place for shape, place in zip(shapes, places, strict=True) if not isinstance(shape, Wire)]
    if len(busy) == 1:
        return busy[0]
    return places[len(places) // 2] if len(places) % 2 else (places[0] + places[-1]) / 2


