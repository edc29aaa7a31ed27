"""A scene drawn by matplotlib: SVG, PNG, PDF."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.font_manager import findfont as find_font
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D

from freeblock.picture import palette
from freeblock.picture.canvas import pieces_of
from freeblock.picture.scene import (
    Area,
    BarMark,
    BoxMark,
    DotMark,
    FrameMark,
    Mark,
    PillMark,
    PlusMark,
    Point,
    Scene,
    TextMark,
    WireMark,
)
from freeblock.picture.shapes import Line
from freeblock.picture.svg_titles import with_titles

Format = Literal["svg", "png", "pdf"]
Progress = Callable[[int, int], None]

SETTINGS: Any = {
    "svg.hashsalt": "freeblock", "svg.fonttype": "path", "pdf.fonttype": 42, "mathtext.fontset": "stix",
    "text.hinting": "none", "text.usetex": False, "font.family": ["DejaVu Sans"], "path.simplify": False,
    "axes.unicode_minus": True,
}
METADATA: dict[Format, dict[str, Any]] = {
    "svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
_FAMILY = {"label": "DejaVu Sans Mono"}
_ASCENT, _DEPTH = 0.76, 0.24
"""Of a line of words, as parts of its size."""


class PlotMetrics:
    """The sizes of lines as matplotlib sets them."""

    def size(self, line: Line) -> tuple[float, float, float]:
        """Width, height above the baseline, depth below it, in points."""
        return _size(line)


def measure(line: Line) -> None:
    """Set a line, with the words before it, so that it is known."""
    for piece in pieces_of(line):
        _size(piece)


@lru_cache(maxsize=4096)
def _size(line: Line) -> tuple[float, float, float]:
    size = palette.SIZES[line.role]
    width, height, depth = _typeset(line).sizes
    return width, max(height - depth, _ASCENT * size), max(depth, _DEPTH * size)


class _Typeset(NamedTuple):
    """A line as matplotlib takes it; its outlines from the left end of its baseline; width, height and depth."""

    text: str
    math: bool
    outline: Path
    sizes: tuple[float, float, float]


@lru_cache(maxsize=4096)
def _typeset(line: Line) -> _Typeset:
    with matplotlib.rc_context(SETTINGS), _quiet():
        font = _font(line)
        try:
            # Names outside ASCII are LaTeX text, with accents that matplotlib's mathematics does not know.
            math = line.math and r"\text" not in line.text
            text = f"${line.text}$" if math else _drawable(line.spoken, line)
            sizes = text_to_path.get_text_width_height_descent(text, font, math)
        except (ValueError, RuntimeError):
            # What matplotlib cannot set as mathematics is given as plain text.
            text, math = _drawable(line.spoken, line), False
            sizes = text_to_path.get_text_width_height_descent(text, font, math)
        vertices, codes = text_to_path.get_text_path(font, text, ismath=math)
    scale = palette.SIZES[line.role] / text_to_path.FONT_SCALE
    outline = Path([(x * scale, y * scale) for x, y in vertices], codes) if len(codes) else Path([(0, 0)])
    return _Typeset(text, math, outline, sizes)


def _font(line: Line) -> FontProperties:
    return FontProperties(family=_FAMILY.get(line.role, "DejaVu Sans"), size=palette.SIZES[line.role],
                          weight="bold" if line.role in {"title", "tag"} else "normal")


def _drawable(text: str, line: Line) -> str:
    """The text with signs that the font lacks spelled by their number."""
    font = get_font(find_font(_font(line)))
    return "".join(char if font.get_char_index(ord(char)) else f"(U+{ord(char):04X})" for char in text)


class _quiet(warnings.catch_warnings):
    """What a font lacks is spelled; nobody needs to be warned."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")


def render(scene: Scene, form: Format, *, dpi: int = 200, progress: Progress | None = None) -> bytes:
    """The picture as a file's content; `dpi` counts for PNG. The same scene gives the same bytes."""
    with matplotlib.rc_context(SETTINGS), _quiet():
        figure = Figure(figsize=(scene.width / 72, scene.height / 72), facecolor="white")
        FigureCanvasAgg(figure)
        pen = _Pen(figure, scene, outlines=form == "png")
        for place, mark in enumerate(scene.marks):
            if progress is not None:
                progress(place, len(scene.marks))
            pen.draw(mark, place)
        content = io.BytesIO()
        figure.savefig(content, format=form, dpi=dpi if form == "png" else 72, metadata=METADATA[form])
    return with_titles(content.getvalue(), pen.titles) if form == "svg" else content.getvalue()


class _Pen:
    """Puts marks on a figure; its coordinates are points from the lower left corner."""

    def __init__(self, figure: Figure, scene: Scene, *, outlines: bool) -> None:
        self._figure = figure
        self._outlines = outlines
        self._height = scene.height
        self._transform = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
        self.titles: dict[str, str] = {}
        """The identifier of a mark in SVG → what it says of itself."""

    def draw(self, mark: Mark, place: int) -> None:
        """One mark; the number of its place identifies it."""
        if isinstance(mark, BoxMark):
            self._box(mark, f"box-{place}")
        elif isinstance(mark, FrameMark):
            self._frame(mark, f"frame-{place}")
        elif isinstance(mark, PillMark):
            self._rounded(mark.area, palette.PILL, palette.FRAME_BORDER, name=f"factor-{place}", title=mark.title,
                          radius=mark.area.height / 2)
        elif isinstance(mark, WireMark):
            self._wire(mark, f"wire-{place}")
        elif isinstance(mark, TextMark):
            self._text(mark, f"text-{place}")
        elif isinstance(mark, BarMark):
            self._add(Rectangle((mark.area.x, self._up(mark.area.bottom)), mark.area.width, mark.area.height,
                                facecolor=palette.INK, linewidth=0), f"stack-{place}", "stack")
        elif isinstance(mark, DotMark):
            self._add(Circle(self._turned(mark.at), 2.0, facecolor=palette.LINE, linewidth=0))
        else:
            self._plus(mark, f"sum-{place}")

    def _up(self, y: float) -> float:
        return self._height - y

    def _turned(self, point: Point) -> Point:
        return point[0], self._up(point[1])

    def _add(self, artist: Any, name: str = "", title: str = "") -> None:
        artist.set_transform(self._transform)
        artist.set_snap(False)
        if name:
            artist.set_gid(name)
        if title:
            self.titles[name] = title
        self._figure.add_artist(artist)

    def _rounded(
        self, area: Area, fill: str, border: str, *, name: str = "", title: str = "", radius: float = palette.CORNER
    ) -> None:
        shape = FancyBboxPatch((area.x, self._up(area.bottom)), area.width, area.height,
                               boxstyle=f"round,pad=0,rounding_size={min(radius, area.height / 2, area.width / 2)}",
                               facecolor=fill, edgecolor=border, linewidth=palette.STROKE)
        self._add(shape, name, title)

    def _box(self, mark: BoxMark, name: str) -> None:
        fill = palette.FILL.get(mark.kind, palette.FILL["structure"])
        border = palette.BORDER.get(mark.kind, palette.BORDER["structure"])
        self._rounded(mark.area, fill, border, name=name, title=mark.title)
        if mark.shared:
            area, edge = mark.area, palette.EDGE
            inner = Area(area.x + edge, area.y + edge, area.width - 2 * edge, area.height - 2 * edge)
            self._rounded(inner, "none", border, radius=palette.CORNER - 1)

    def _frame(self, mark: FrameMark, name: str) -> None:
        fill = palette.FRAMES[mark.level % len(palette.FRAMES)]
        area = mark.area
        for sheet in (2, 1) if mark.deck else ():
            shift = sheet * palette.DECK
            self._rounded(Area(area.x + shift, area.y + shift, area.width, area.height), fill, palette.FRAME_BORDER)
        self._rounded(area, fill, palette.FRAME_BORDER, name=name, title=mark.title)

    def _wire(self, mark: WireMark, name: str) -> None:
        points = [self._turned(point) for point in mark.points]
        if mark.arrow:
            (x, y), (u, v) = points[-1], points[-2]
            length = max(abs(x - u) + abs(y - v), 1e-6)
            dx, dy = (x - u) / length, (y - v) / length
            head = [(x, y), (x - 5 * dx - 2.2 * dy, y - 5 * dy + 2.2 * dx),
                    (x - 5 * dx + 2.2 * dy, y - 5 * dy - 2.2 * dx)]
            self._add(Polygon(head, closed=True, facecolor=palette.LINE, linewidth=0))
            points[-1] = (x - 3 * dx, y - 3 * dy)
        self._add(PathPatch(_rounded_path(points), facecolor="none", edgecolor=palette.LINE, capstyle="butt",
                            linewidth=palette.STROKE), name, mark.title)

    def _plus(self, mark: PlusMark, name: str) -> None:
        x, y = self._turned(mark.at)
        self._add(Circle((x, y), mark.radius, facecolor="white", edgecolor=palette.INK, linewidth=palette.STROKE),
                  name, "sum")
        arm = mark.radius * 0.6
        for ends in ([(x - arm, y), (x + arm, y)], [(x, y - arm), (x, y + arm)]):
            self._add(PathPatch(Path(ends), facecolor="none", edgecolor=palette.INK, linewidth=palette.STROKE * 1.2))

    def _text(self, mark: TextMark, name: str) -> None:
        line = mark.line
        x, y = mark.area.x, self._up(mark.area.bottom - mark.depth)
        typeset = _typeset(line)
        artist: Artist
        if self._outlines:
            # Pixels need the very outlines that were measured, and to set a formula again takes long.
            artist = PathPatch(typeset.outline.transformed(Affine2D().translate(x, y)), linewidth=0)
        else:
            artist = Text(x, y, typeset.text, parse_math=typeset.math, va="baseline", ha="left",
                          fontproperties=_font(line))
        artist.set(color=palette.COLOURS[line.role])
        self._add(artist, name, line.spoken)


def _rounded_path(points: list[Point]) -> Path:
    """Straight pieces with their corners rounded."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _towards(corner: Point, other: Point) -> Point:
    (x, y), (u, v) = corner, other
    length = abs(u - x) + abs(v - y)
    part = min(palette.CORNER, length / 2) / length
    return x + (u - x) * part, y + (v - y) * part
