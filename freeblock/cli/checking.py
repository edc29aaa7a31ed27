"""What `freeblock check` does once its text is read."""

from __future__ import annotations

import json
from typing import Any

from freeblock.check.display import check_lines
from freeblock.cli.arguments import write_output
from freeblock.cli.progress import ProgressBar
from freeblock.language.nodes import Program
from freeblock.measure import Measurement, measure


def print_check(
    program: Program, form: str, output: str | None = None, plot: str | None = None, **options: Any
) -> bool:
    """Compare, print, and say whether all orders agree; `options` are those of `measure`."""
    with ProgressBar("sampling") as progress:
        measurement = measure(program, progress=progress, **options)
    write_output(json.dumps(_data(measurement), indent=1) if form == "json" else _text(measurement), output)
    return measurement.result.agrees


def _data(measurement: Measurement) -> dict[str, Any]:
    data = measurement.result.to_data()
    for entry in data["orders"]:
        entry["proved"] = entry["k"] not in measurement.result.unproved
    data["defaults"] = dict(measurement.defaults)
    return data


def _text(measurement: Measurement) -> str:
    result = measurement.result
    *lines, verdict = check_lines(result)
    if measurement.defaults:
        taken = ", ".join(f"{name} = {value:g}" for name, value in measurement.defaults.items())
        lines.append(f"taken for granted: {taken} (--set gives other values)")
    return "\n".join([*lines, verdict])
