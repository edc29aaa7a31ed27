"""A picture of a derivation, in every format."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, get_args

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.premises import Premises
from freeblock.errors import OptionError
from freeblock.picture.canvas import Direction
from freeblock.picture.layout import scene_of
from freeblock.picture.plan import figure
from freeblock.picture.scene import Metrics, Scene
from freeblock.picture.shapes import Figure
from freeblock.picture.tikz import TikzMetrics, tikz_picture

Format = Literal["svg", "png", "pdf", "tex"]
FORMATS: tuple[Format, ...] = get_args(Format)
Progress = Callable[[int, int], None]

POINTS = 72 / 2.54
"""Points in a centimetre."""
WIDTHS = (18.0, 25.0, 36.0, 50.0, 64.0)
"""Centimetres at which a chain may be broken where the user does not say it."""
PROPORTION = 1.5
"""Width over height of a picture that looks well; of these widths the one nearest to it is taken."""
WRAP = (8.0, 200.0)
DPI = (36, 1200)
PIXELS = 20_000
"""No side of a PNG is longer."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG that a notebook shows."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "image/svg+xml": self.svg}

    def __repr__(self) -> str:
        return f"a picture (SVG, {len(self.svg)} characters)"


def format_of(path: str) -> Format:
    """The format a file's name asks for. Raises OptionError."""
    for form in FORMATS:
        if path.lower().endswith(f".{form}"):
            return form
    raise OptionError(f"`{path}` does not say which kind of picture it is",
                      hint=f"let it end in {', '.join(f'.{form}' for form in FORMATS)}")


def draw(
    derivation: Derivation, premises: Premises, form: Format, *, direction: Direction = "right",
    wrap: float | None = None, title: str | None = None, document: bool = False, dpi: int = 200,
    progress: Progress | None = None,
) -> bytes:
    """The picture as a file's content: `wrap` in centimetres, `dpi` for PNG, `document` for TeX.

    Raises OptionError, also where matplotlib is needed and missing; LimitError for what is too large to be read.
    """
    _check(form, direction, wrap, dpi)
    plan = figure(derivation, premises, title=title, narrow=direction == "down", progress=progress)
    if form == "tex":
        return tikz_picture(_arranged(plan, TikzMetrics(), direction, wrap), document=document).encode()
    plotting = _plotting()
    lines = plan.lines()
    for place, line in enumerate(lines):  # to set them takes longest; they are remembered
        if progress is not None:
            progress(place, len(lines))
        plotting.measure(line)
    scene = _arranged(plan, plotting.PlotMetrics(), direction, wrap)
    if form == "png" and max(scene.width, scene.height) * dpi / 72 > PIXELS:
        raise OptionError(f"the picture would be larger than {PIXELS} pixels",
                          hint="ask for less with --dpi, or for SVG")
    content: bytes = plotting.render(scene, form, dpi=dpi, progress=progress)
    return content


def _check(form: str, direction: str, wrap: float | None, dpi: int) -> None:
    if form not in FORMATS:
        raise OptionError(f"a picture cannot be {form!r}", hint=f"it is one of {', '.join(FORMATS)}")
    if direction not in get_args(Direction):
        raise OptionError(f"the direction cannot be {direction!r}", hint="it is right or down")
    if wrap is not None and not WRAP[0] <= wrap <= WRAP[1]:
        raise OptionError(f"a chain is broken after {WRAP[0]:g} to {WRAP[1]:g} centimetres, not {wrap!r}")
    if not DPI[0] <= dpi <= DPI[1]:
        raise OptionError(f"a picture has {DPI[0]} to {DPI[1]} dots per inch, not {dpi!r}")


def _arranged(plan: Figure, metrics: Metrics, direction: Direction, wrap: float | None) -> Scene:
    """The scene, at the width that was asked for or at the one that gives the best proportion."""
    widths = WIDTHS if wrap is None else (wrap,)
    scenes = [scene_of(plan, metrics, direction=direction, wrap=width * POINTS) for width in widths]
    return min(scenes, key=lambda scene: abs(math.log(scene.width / scene.height / PROPORTION)))


def _plotting() -> Any:
    """The room that draws with matplotlib, which takes half a second to load."""
    if find_spec("matplotlib") is None:
        raise OptionError("SVG, PNG and PDF are drawn by matplotlib, which is not installed",
                          hint='pip install "freeblock[plot]", or draw a .tex, which needs nothing')
    return import_module("freeblock.picture.plotting")
