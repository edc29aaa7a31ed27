"""Where things are: no two boxes overlap, every text is inside its box, no wire runs through a box or a text."""

from __future__ import annotations

from itertools import combinations

import matplotlib
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from pictures import NETWORKS, scene, tikz_scene

from freeblock.picture.plotting import SETTINGS, _font, _typeset
from freeblock.picture.scene import (
    Area,
    BarMark,
    BoxMark,
    DotMark,
    FrameMark,
    PillMark,
    PlusMark,
    Scene,
    TextMark,
    WireMark,
)

TOLERANCE = 0.6

CASES = [(name, direction, wrap) for name in NETWORKS for direction, wrap in (("right", 700.0), ("down", 500.0))]
CASES += [("resnet", "right", 250.0), ("long", "right", 1500.0), ("nested", "right", 230.0)]


def marks(picture: Scene, *kinds: type) -> list:
    return [mark for mark in picture.marks if isinstance(mark, kinds)]


def overlap(one: Area, other: Area) -> bool:
    return (min(one.right, other.right) - max(one.x, other.x) > TOLERANCE
            and min(one.bottom, other.bottom) - max(one.y, other.y) > TOLERANCE)


def inside(inner: Area, outer: Area, slack: float = TOLERANCE) -> bool:
    return (inner.x >= outer.x - slack and inner.y >= outer.y - slack and inner.right <= outer.right + slack
            and inner.bottom <= outer.bottom + slack)


def segments(wire: WireMark) -> list[Area]:
    return [Area(min(x, u), min(y, v), abs(x - u), abs(y - v)) for (x, y), (u, v)
            in zip(wire.points, wire.points[1:], strict=False)]


def crosses(segment: Area, area: Area) -> bool:
    """Whether an upright or level line runs through the inside of an area."""
    grown = Area(segment.x - 0.01, segment.y - 0.01, segment.width + 0.02, segment.height + 0.02)
    shrunk = Area(area.x + TOLERANCE, area.y + TOLERANCE, area.width - 2 * TOLERANCE, area.height - 2 * TOLERANCE)
    return (min(grown.right, shrunk.right) > max(grown.x, shrunk.x)
            and min(grown.bottom, shrunk.bottom) > max(grown.y, shrunk.y))


@pytest.mark.parametrize(("name", "direction", "wrap"), CASES)
def test_boxes_and_texts_keep_apart(name: str, direction: str, wrap: float) -> None:
    picture = scene(NETWORKS[name], direction=direction, wrap=wrap)
    solid = [mark.area for mark in marks(picture, BoxMark, PillMark, BarMark)]
    for one, other in combinations(solid, 2):
        assert not overlap(one, other)
    texts = [mark.area for mark in marks(picture, TextMark)]
    for one, other in combinations(texts, 2):
        assert not overlap(one, other)
    for text in texts:
        for area in solid:
            assert not overlap(text, area) or inside(text, area)
    page = Area(0, 0, picture.width, picture.height)
    assert all(inside(area, page) for area in [*solid, *texts, *(mark.area for mark in marks(picture, FrameMark))])


@pytest.mark.parametrize(("name", "direction", "wrap"), CASES)
def test_frames_hold_or_leave_out(name: str, direction: str, wrap: float) -> None:
    picture = scene(NETWORKS[name], direction=direction, wrap=wrap)
    frames = [mark.area for mark in marks(picture, FrameMark)]
    for one, other in combinations(frames, 2):
        assert not overlap(one, other) or inside(one, other) or inside(other, one)
    for frame in frames:
        for mark in marks(picture, BoxMark, PlusMark, BarMark, DotMark):
            area = mark.area if isinstance(mark, (BoxMark, BarMark)) else Area(*mark.at, 0.0, 0.0)
            assert not overlap(area, frame) or inside(area, frame)


@pytest.mark.parametrize(("name", "direction", "wrap"), CASES)
def test_wires_run_clear(name: str, direction: str, wrap: float) -> None:
    picture = scene(NETWORKS[name], direction=direction, wrap=wrap)
    obstacles = [mark.area for mark in marks(picture, BoxMark, PillMark, TextMark)]
    for wire in marks(picture, WireMark):
        for segment in segments(wire):
            assert segment.width < 0.01 or segment.height < 0.01, "wires are upright or level"
            for area in obstacles:
                assert not crosses(segment, area), (wire.points, area)


@pytest.mark.parametrize(("name", "direction", "wrap"), CASES)
def test_every_part_is_connected(name: str, direction: str, wrap: float) -> None:
    """Walking along wires, and through what they end at, one reaches every part."""
    picture = scene(NETWORKS[name], direction=direction, wrap=wrap)
    parts = [mark.area for mark in marks(picture, BoxMark, PillMark, BarMark)
             if not any(frame.area.x + 10 == mark.area.x for frame in marks(picture, FrameMark))]
    parts += [Area(mark.at[0] - mark.radius, mark.at[1] - mark.radius, 2 * mark.radius, 2 * mark.radius)
              for mark in marks(picture, PlusMark)]
    wires = [segments(wire) for wire in marks(picture, WireMark)]
    groups = [[part] for part in parts] + wires
    reached, waiting = {len(parts)} if wires else {0}, [len(parts)] if wires else [0]
    while waiting:
        here = waiting.pop()
        for other, group in enumerate(groups):
            if other not in reached and any(_touch(a, b) for a in groups[here] for b in group):
                reached.add(other)
                waiting.append(other)
    assert reached == set(range(len(groups)))


def _touch(one: Area, other: Area) -> bool:
    return (min(one.right, other.right) - max(one.x, other.x) > -0.05
            and min(one.bottom, other.bottom) - max(one.y, other.y) > -0.05)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_renderer_draws_no_more_than_was_measured(name: str) -> None:
    """The extents of the outlines, and those a renderer gives the text, lie in the area it was given."""
    picture = scene(NETWORKS[name])
    renderer = RendererAgg(100, 100, 72)
    for mark in marks(picture, TextMark):
        typeset = _typeset(mark.line)
        with matplotlib.rc_context(SETTINGS):
            text = Figure(dpi=72).text(0, 0, typeset.text, fontproperties=_font(mark.line), parse_math=typeset.math)
            width = text.get_window_extent(renderer).width
        assert width <= mark.area.width + 2.5
        if isinstance(typeset.outline, Path) and len(typeset.outline.vertices) > 1:
            ink = typeset.outline.get_extents()
            above = mark.area.height - mark.depth
            assert ink.x0 >= -1.5 and ink.x1 <= mark.area.width + 1.5
            assert ink.y1 <= above + 1.0 and ink.y0 >= -mark.depth - 1.0


@pytest.mark.parametrize("name", NETWORKS)
def test_the_scene_for_tex_keeps_apart_too(name: str) -> None:
    picture = tikz_scene(NETWORKS[name])
    solid = [mark.area for mark in marks(picture, BoxMark, PillMark, BarMark)]
    for one, other in combinations(solid, 2):
        assert not overlap(one, other)
    for text in (mark.area for mark in marks(picture, TextMark)):
        assert all(not overlap(text, area) or inside(text, area) for area in solid)
