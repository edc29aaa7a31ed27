"""Curves as an SVG, PNG or PDF file; matplotlib is loaded when one is drawn."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from freeblock.errors import OptionError

PICTURES = ("svg", "png", "pdf")


class Line(NamedTuple):
    """One curve: its name as plain text, and its points; `style` is matplotlib's."""

    name: str
    places: Sequence[float]
    values: Sequence[float]
    style: str = "-"


def kind_of(path: str) -> str:
    """The format that a file's name asks for. Raises OptionError."""
    kind = path.rpartition(".")[2].lower()
    if kind not in PICTURES:
        raise OptionError(f"`{path}` is no picture", hint=f"end it in .{', .'.join(PICTURES)}")
    return kind


def line_plot(
    lines: Sequence[Line], kind: str, *, across: str, up: str, logarithmic: tuple[bool, bool] = (False, False)
) -> bytes:
    """The curves with labelled axes (LaTeX). Raises OptionError without matplotlib."""

    def draw(figure: Any) -> None:
        axes = figure.add_subplot()
        draw_lines(axes, lines)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        for scale, wanted in zip((axes.set_xscale, axes.set_yscale), logarithmic, strict=True):
            if wanted:
                scale("log")

    return drawn(draw, kind, (6, 4))


def draw_lines(axes: Any, lines: Sequence[Line]) -> None:
    """Curves with their names, and a grid behind them."""
    for one in lines:
        axes.plot(one.places, one.values, one.style, label=one.name.replace("$", r"\$"),
                  marker="." if len(one.places) < 25 else "")
    axes.legend()
    axes.grid(alpha=0.3)


def drawn(draw: Callable[[Any], None], kind: str, size: tuple[float, float]) -> bytes:
    """What is drawn on a figure (size in inches), as a file without its date. Raises OptionError without matplotlib."""
    try:
        import matplotlib  # noqa: PLC0415 - an optional extra that takes half a second
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise OptionError("a plot needs matplotlib", hint="install it with: pip install 'freeblock[plot]'") from None
    with matplotlib.rc_context({"svg.hashsalt": "freeblock", "svg.fonttype": "none"}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        target = io.BytesIO()
        date = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        figure.savefig(target, format=kind, metadata=date, dpi=200)
    return target.getvalue()
