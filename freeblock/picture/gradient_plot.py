"""The gradients at the blocks of a network, predicted and measured, drawn by matplotlib."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from freeblock.check import BlockGradient
from freeblock.picture.plotting import METADATA, SETTINGS
from freeblock.picture.svg_size import read_svg, write_svg

_NAMED, _LONGEST = 40, 28  # blocks up to which each is named, and letters of a name


def gradient_plot(blocks: Sequence[BlockGradient], form: Literal["svg", "png", "pdf"]) -> bytes:
    """The content of a file: the squared gradient at each block by that at the output, on a logarithmic scale."""
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(min(16.0, 3.5 + 0.28 * len(blocks)), 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        places = range(1, len(blocks) + 1)
        predicted = [float("nan") if block.predicted is None else block.predicted for block in blocks]
        axes.plot(places, predicted, drawstyle="steps-mid", color="#444444", linewidth=1.2, label="predicted")
        axes.errorbar(places, [block.measured for block in blocks], yerr=[2 * block.stderr for block in blocks],
                      fmt="o", markersize=4, capsize=2, color="#b03030", label="measured ± 2 std. errors")
        if any(block.measured > 0 for block in blocks):
            axes.set_yscale("log")
        axes.set_ylabel("squared gradient by that at the output", fontsize=8)
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.legend(frameon=False)
        if len(blocks) <= _NAMED:
            axes.set_xticks(list(places), _names(blocks), rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
            for label in axes.get_xticklabels():
                label.set_parse_math(False)
        else:
            axes.set_xlabel("block")
        content = io.BytesIO()
        figure.savefig(content, format=form, dpi=160, metadata=METADATA[form])
    return write_svg(read_svg(content.getvalue())) if form == "svg" else content.getvalue()


def _names(blocks: Sequence[BlockGradient]) -> list[str]:
    """What is written below each place: of copies in a row only the first is named."""
    kinds = [block.block.rsplit(", copy ", 1)[0] for block in blocks]
    return ["" if place and kind == kinds[place - 1] else _short(kind) for place, kind in enumerate(kinds)]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
