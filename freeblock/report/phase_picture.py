"""The (σ_w, σ_b) phase diagram of an activation as an SVG, PNG or PDF file; matplotlib is loaded when one is drawn."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from freeblock.correlation.phases import Phases
from freeblock.errors import OptionError

COLOURS = ("#dbe9f6", "#fde3d0", "#d9d9d9", "#ece2f0")
CONTOUR = "#b35806"
NAMES = ("ordered: c* = 1", "chaotic: c* < 1", "no fixed point of the variance is found", "the start decides")


def phase_picture(found: Phases, name: str, kind: str) -> bytes:
    """The phases, the edge of chaos and contours of c*. Raises OptionError without matplotlib."""
    try:
        import matplotlib  # noqa: PLC0415 - an optional extra that takes half a second
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.colors import BoundaryNorm, ListedColormap  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
        from matplotlib.lines import Line2D  # noqa: PLC0415
        from matplotlib.patches import Patch  # noqa: PLC0415
    except ImportError:
        raise OptionError("a plot needs matplotlib", hint="install it with: pip install 'freeblock[plot]'") from None
    with matplotlib.rc_context({"svg.hashsalt": "freeblock", "svg.fonttype": "none"}):
        figure = Figure(figsize=(6, 4.8), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.pcolormesh(found.weights, found.biases, found.kinds, cmap=ListedColormap(COLOURS), rasterized=True,
                        norm=BoundaryNorm([-0.5, 0.5, 1.5, 2.5, 3.5], 4), shading="nearest")
        right, top = float(found.weights[-1]), float(found.biases[-1])
        for c, points in found.contours:
            _curve(axes, points, f"{c:g}", right, top)
        if found.edge:
            mark = "k." if len(found.edge) == 1 else "k-"
            axes.plot(*zip(*found.edge, strict=True), mark, linewidth=2, markersize=12, label="edge of chaos",
                      clip_on=len(found.edge) > 1)
        axes.set_xlim(0, right)
        axes.set_ylim(0, top)
        axes.set_xlabel(r"$\sigma_w$")
        axes.set_ylabel(r"$\sigma_b$")
        axes.set_title(name.replace("$", r"\$"))
        handles, _ = axes.get_legend_handles_labels()
        shown = sorted({int(value) for value in found.kinds.ravel()})
        handles += [Patch(color=COLOURS[place], label=NAMES[place]) for place in shown]
        if any(points for _, points in found.contours):
            handles.append(Line2D([], [], color=CONTOUR, linewidth=0.8, label="c* at the attracting fixed point"))
        figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize="small")
        target = io.BytesIO()
        date = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        figure.savefig(target, format=kind, metadata=date, dpi=200)
    return target.getvalue()


def _curve(axes: Any, points: Sequence[tuple[float, float]], label: str, right: float, top: float) -> None:
    """One contour of c* with its value on it, inside the frame."""
    shown = [point for point in points if point[0] <= right and point[1] <= top]
    if len(shown) < 3:
        return
    axes.plot(*zip(*points, strict=True), "-", color=CONTOUR, linewidth=0.8)
    height = 0.7 * max(up for _, up in shown)
    across, up = min(shown, key=lambda point: abs(point[1] - height))
    axes.text(across, up, label, ha="center", va="center", fontsize="x-small", color="#7f3b08",
              bbox={"facecolor": COLOURS[1], "edgecolor": "none", "pad": 0.5}, clip_on=True)
