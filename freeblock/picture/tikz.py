"""A scene as TikZ, for a paper set in its own fonts; no other program is needed to write it."""

from __future__ import annotations

from freeblock.picture import palette
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
from freeblock.report.latex_text import escape
from freeblock.report.latex_width import width_of, width_of_words
from freeblock.version import __version__

_SIZES = {"title": (12.0, 14.5), "label": (9.0, 11.0), "formula": (10.0, 12.0), "note": (8.0, 9.5),
          "tag": (8.0, 9.5)}
"""The size and the leading of a line, by its role."""
_TYPEWRITER = 0.535
"""The width of a typewriter letter, as a part of its size."""
_BOLD = 1.18
"""How much wider than others bold letters are."""
_SET = frozenset("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϕ×·−→…")
"""Signs outside ASCII that are set as one sign."""
_ASCENT, _DEPTH = 0.75, 0.25
_FRACTION, _SCRIPTS, _LARGE = 4.6, 3.6, 3.0
"""How far a fraction, scripts, a large operator reach beyond a line, above and below."""
_SHARE = 1.0 / 10.0


class TikzMetrics:
    """The sizes of lines in Computer Modern, rather too large than too small."""

    def size(self, line: Line) -> tuple[float, float, float]:
        """Width, height above the baseline, depth below it, in points."""
        size = _SIZES[line.role][0]
        if line.math:
            reach = _reach(line.text)
            return width_of(line.text) * size * _SHARE, _ASCENT * size + reach, _DEPTH * size + reach
        # What the fonts lack is spelled, `(U+4E2D)`; Greek letters and the like are mathematics.
        others = [char for char in line.text if not " " <= char <= "~"]
        width = sum(1.6 * size if char == "…" else 0.9 * size if char in _SET else 5.5 * size for char in others)
        plain = "".join(char for char in line.text if " " <= char <= "~")
        if line.role == "label":
            width += _TYPEWRITER * size * len(plain)
        else:
            width += width_of_words(plain) * size / 10 * (_BOLD if line.role in {"title", "tag"} else 1.0)
        return width + 1.0, _ASCENT * size, _DEPTH * size


def _reach(math: str) -> float:
    """How far a formula reaches beyond a line of words, above and below, at ten points."""
    reach, depth, deepest = 0.0, 0, 0
    place = 0
    while (place := math.find(r"\frac", place)) >= 0:
        depth = math[:place].count("{") - math[:place].count("}")
        deepest = max(deepest, 1 + depth // 2)
        place += 1
    reach += _FRACTION * min(deepest, 1) + 7.0 * max(deepest - 1, 0)
    if "^" in math or "_" in math:
        reach += _SCRIPTS if deepest == 0 else _SCRIPTS * 0.6
    return reach + (_LARGE if any(sign in math for sign in (r"\sum", r"\prod", r"\overset")) else 0.0)


def tikz_picture(scene: Scene, *, document: bool = False) -> str:
    """The picture as a `tikzpicture`, or as a document of one page of its size."""
    lines = [f"% freeblock {__version__}"]
    if document:
        lines += [r"\documentclass{article}", r"\usepackage{amsmath}", r"\usepackage{tikz}",
                  rf"\usepackage[paperwidth={scene.width + 6:.1f}bp, paperheight={scene.height + 6:.1f}bp, margin=1bp,"
                  r" noheadfoot]{geometry}",
                  r"\pagestyle{empty}", r"\setlength{\parindent}{0pt}", r"\setlength{\topskip}{0pt}",
                  r"\begin{document}"]
    else:
        lines += [r"% needs \usepackage{amsmath} and \usepackage{tikz}",
                  rf"% {scene.width / 72 * 2.54:.1f} cm wide; "
                  r"\resizebox{\linewidth}{!}{...} of graphicx makes it fit a line"]
    lines += [r"\begin{tikzpicture}[x=1bp, y=-1bp,", *_styles(), "]"]
    lines.append(rf"  \useasboundingbox (0,0) rectangle {_at((scene.width, scene.height))};")
    for mark in scene.marks:
        lines += [f"  {line}" for line in _drawn(mark)]
    lines.append(r"\end{tikzpicture}")
    if document:
        lines.append(r"\end{document}")
    return "\n".join(lines) + "\n"


def _styles() -> list[str]:
    colours = [("fbink", palette.INK), ("fbquiet", palette.QUIET), ("fbline", palette.LINE),
               ("fbframe", palette.FRAME_BORDER)]
    for kind, fill in palette.FILL.items():
        colours += [(f"fbfill{kind}", fill), (f"fbborder{kind}", palette.BORDER[kind])]
    for level, colour in enumerate(palette.FRAMES):
        colours.append((f"fblevel{level}", colour))
    stroke = f"line width={palette.STROKE}bp"
    lines = [f"  execute at begin picture={{{_defined(colours)}}},"]
    lines += [f"  fb {kind}/.style={{draw=fbborder{kind}, fill=fbfill{kind}, {stroke}, rounded corners="
              f"{palette.CORNER}bp}}," for kind in palette.FILL]
    lines += [f"  fb level {level}/.style={{draw=fbframe, fill=fblevel{level}, {stroke}, rounded corners="
              f"{palette.CORNER}bp}}," for level in range(len(palette.FRAMES))]
    return [*lines,
            f"  fb pill/.style={{draw=fbframe, fill=white, {stroke}}},",
            f"  fb wire/.style={{draw=fbline, {stroke}, rounded corners={palette.CORNER}bp, line cap=butt}},",
            r"  fb arrow/.style={fb wire, -latex},",
            r"  fb text/.style={inner sep=0pt, outer sep=0pt, text=fbink}"]


def _defined(colours: list[tuple[str, str]]) -> str:
    return "".join(rf"\definecolor{{{name}}}{{HTML}}{{{value[1:].upper()}}}" for name, value in colours)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _at(point: Point) -> str:
    return f"({_number(point[0])},{_number(point[1])})"


def _rectangle(area: Area) -> str:
    return f"{_at((area.x, area.y))} rectangle {_at((area.right, area.bottom))};"


def _drawn(mark: Mark) -> list[str]:
    if isinstance(mark, BoxMark):
        return _box(mark)
    if isinstance(mark, FrameMark):
        style = f"fb level {mark.level % len(palette.FRAMES)}"
        sheets = [_moved(mark.area, sheet * palette.DECK) for sheet in ((2, 1) if mark.deck else ())]
        return [rf"\path[{style}] {_rectangle(area)}" for area in (*sheets, mark.area)]
    if isinstance(mark, PillMark):
        radius = _number(min(mark.area.height, mark.area.width) / 2)
        return [rf"\path[fb pill, rounded corners={radius}bp] {_rectangle(mark.area)}"]
    if isinstance(mark, WireMark):
        return [rf"\draw[{'fb arrow' if mark.arrow else 'fb wire'}] {' -- '.join(map(_at, mark.points))};"]
    if isinstance(mark, BarMark):
        return [rf"\fill[fbink] {_rectangle(mark.area)}"]
    if isinstance(mark, DotMark):
        return [rf"\fill[fbline] {_at(mark.at)} circle[radius=2bp];"]
    if isinstance(mark, PlusMark):
        return _plus(mark)
    return [_text(mark)]


def _box(mark: BoxMark) -> list[str]:
    kind = mark.kind if mark.kind in palette.FILL else "structure"
    lines = [rf"\path[fb {kind}] {_rectangle(mark.area)}"]
    if mark.shared:
        area, edge = mark.area, palette.EDGE
        inner = Area(area.x + edge, area.y + edge, area.width - 2 * edge, area.height - 2 * edge)
        lines.append(rf"\path[fb {kind}, fill=none] {_rectangle(inner)}")
    return lines


def _moved(area: Area, shift: float) -> Area:
    return Area(area.x + shift, area.y + shift, area.width, area.height)


def _plus(mark: PlusMark) -> list[str]:
    x, y = mark.at
    arm = mark.radius * 0.6
    return [rf"\draw[fbink, fill=white, line width={palette.STROKE}bp] {_at(mark.at)} circle[radius="
            rf"{_number(mark.radius)}bp];",
            rf"\draw[fbink, line width={palette.STROKE * 1.2:.2f}bp] {_at((x - arm, y))} -- {_at((x + arm, y))} "
            rf"{_at((x, y - arm))} -- {_at((x, y + arm))};"]


def _text(mark: TextMark) -> str:
    line = mark.line
    area = mark.area
    anchor, x = {"left": ("base west", area.x), "centre": ("base", area.x + area.width / 2),
                 "right": ("base east", area.right)}[mark.anchor]
    colour = "" if line.role not in {"note", "tag"} else ", text=fbquiet"
    return rf"\node[fb text, anchor={anchor}{colour}] at {_at((x, area.bottom - mark.depth))} {{{typeset(line)}}};"


def typeset(line: Line) -> str:
    """A line as LaTeX in its size."""
    size, leading = _SIZES[line.role]
    font = {"label": r"\ttfamily", "title": r"\bfseries", "tag": r"\bfseries"}.get(line.role, "")
    body = f"${line.text}$" if line.math else escape(line.text)
    return rf"\fontsize{{{size:g}}}{{{leading:g}}}\selectfont{font} {body}"
