"""What `freeblock check` does once its text is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from freeblock.check.display import check_lines, markdown_lines
from freeblock.cli.arguments import write_output
from freeblock.cli.progress import ProgressBar
from freeblock.errors import OptionError
from freeblock.language.nodes import Program
from freeblock.measure import Measurement, measure
from freeblock.writing import write_file


def print_check(
    program: Program, form: str, output: str | None = None, plot: str | None = None, **options: Any
) -> bool:
    """Compare, print, draw, and say whether all orders agree; `options` are those of `measure`."""
    ending = None if plot is None else _ending(plot)
    with ProgressBar("sampling") as progress:
        measurement = measure(program, progress=progress, **options)
    if plot is not None and ending is not None:
        drawing = import_module("freeblock.picture.gradient_plot")  # matplotlib takes half a second to load
        content = drawing.gradient_plot(measurement.result.blocks, ending)
        write_file(content, plot, hint="choose another file for --plot")
    write_output(json.dumps(_data(measurement), indent=1) if form == "json" else _text(measurement, form), output)
    return measurement.result.agrees


def _data(measurement: Measurement) -> dict[str, Any]:
    data = measurement.result.to_data()
    for entry in data["orders"]:
        entry["proved"] = entry["k"] not in measurement.result.unproved
    data["defaults"] = dict(measurement.defaults)
    return data


def _ending(plot: str) -> str:
    """The format that the file's name says. Raises OptionError, also where matplotlib is missing."""
    ending = plot.rpartition(".")[2].lower()
    if ending not in ("svg", "png", "pdf"):
        raise OptionError(f"`{plot}` ends like no picture", hint="choose a name in .svg, .png or .pdf for --plot")
    if find_spec("matplotlib") is None:
        raise OptionError("plots are drawn by matplotlib, which is not installed", hint='pip install "freeblock[plot]"')
    return ending


def _text(measurement: Measurement, form: str) -> str:
    result = measurement.result
    *lines, verdict = markdown_lines(result) if form == "markdown" else check_lines(result)
    measured = result.measured_statistics
    taken = {name: value for name, value in measurement.defaults.items() if name not in measured}
    if measured:
        lines.append(f"measured in the passes: {_values(measured, result.measured_uses)}")
    if taken:
        lines.append(f"taken for granted: {_values(taken)} (--set gives other values)")
    if (measured or taken) and form == "markdown":
        lines.append("")
    return "\n".join([*lines, verdict])


def _values(values: Mapping[str, float], uses: Mapping[str, Sequence[float]] | None = None) -> str:
    """Numbers by name, and between what they lie where a name has several places."""
    return ", ".join(f"{name} = {value:.6g}{_range((uses or {}).get(name, ()))}" for name, value in values.items())


def _range(values: Sequence[float]) -> str:
    return f" ({min(values):.3g} to {max(values):.3g} at {len(values)} places)" if values else ""
