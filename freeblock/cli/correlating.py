"""What `freeblock correlation` does once its options are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot, print_sheet, write_plot
from freeblock.correlating import correlate
from freeblock.correlation.analysis import Analysis
from freeblock.correlation.function import Correlation
from freeblock.correlation.phases import phases
from freeblock.errors import OptionError
from freeblock.report.correlation_data import correlation_data
from freeblock.report.correlation_sheet import correlation_sheet
from freeblock.report.line_plot import Line, kind_of
from freeblock.report.phase_picture import phase_picture
from freeblock.writing import write_file

DEEPEST = 10_000
"""Layers that are followed, at most."""
MOST = 50
_STEPS = 30


def print_correlation(
    activation: str, form: str, output: str | None, plot: str | None, diagram: str | None, *, layers: str | None,
    **options: Any,
) -> None:
    """The sheet, and the pictures that were asked for. Raises FreeblockError kinds."""
    check_plot(plot)
    check_plot(diagram)
    found = correlate(activation, layers=_layers(layers), **options)
    if layers is not None and found.analysis is None:
        raise OptionError("--layers follows numbers, and a symbol has no value", hint="add --set sigma_w=…")
    if plot is not None:
        _plot(found, plot)
    if diagram is not None:
        with ProgressBar("phases") as progress:
            drawn = phases(found.function, progress)
        content = phase_picture(drawn, found.function.text, kind_of(diagram))
        write_file(content, diagram, hint="choose another file for --phase-diagram")
    print_sheet(correlation_sheet(found), correlation_data(found), form, output)


def _layers(text: str | None) -> list[int]:
    """The numbers of a list. Raises OptionError."""
    found = []
    for item in (text or "").split(",") if text is not None else ():
        word = item.strip()
        if not (word.isascii() and word.isdigit() and len(word) < 10 and int(word) <= DEEPEST):
            raise OptionError(f"`{word}` is no number of layers", hint=f"a whole number up to {DEEPEST}, as in 1,10,50")
        found.append(int(word))
    if len(found) > MOST:
        raise OptionError(f"more than {MOST} numbers of layers", hint="name fewer")
    return found


def _plot(found: Correlation, path: str) -> None:
    """The map with the diagonal and its iterates. Raises OptionError where symbols have no values."""
    one = found.analysis
    if one is None:
        raise OptionError("the map is drawn with numbers, and a symbol has no value", hint="add --set sigma_w=…")
    low = min(0.0, one.start)
    places = np.linspace(low, 1, 201).tolist()
    values = [one.layer.correlation(one.q, place) for place in places]
    across, up = _stairs(one)
    write_plot([Line(f"c'(c) of {found.function.text}", places, values), Line("c' = c", [low, 1], [low, 1], "--"),
                Line(f"iterates from c = {one.start:g}", across, up)], path, across="$c$", up="$c'$")


def _stairs(one: Analysis) -> tuple[list[float], list[float]]:
    across, up = [one.start], [one.start]
    c = one.start
    for _ in range(_STEPS):
        after = one.layer.correlation(one.q, c)
        across += [c, after]
        up += [after, after]
        c = after
    return across, up
