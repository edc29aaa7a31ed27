"""How the commands that print a sheet of formulas write it, its data and its plot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.report.line_plot import Line, kind_of, line_plot
from freeblock.report.sheet import Form, Sheet, sheet_text
from freeblock.writing import write_file


def print_sheet(sheet: Sheet, data: Mapping[str, Any], form: Form | str, output: str | None) -> None:
    """The sheet in a format, or its data as JSON."""
    if form == "json":
        write_output(json.dumps(data, indent=1, ensure_ascii=False), output)
    else:
        write_output(sheet_text(sheet, form), output)  # type: ignore[arg-type]


def write_plot(
    lines: Sequence[Line], path: str | None, *, across: str, up: str, logarithmic: tuple[bool, bool] = (False, False)
) -> None:
    """Draw the curves into a file, where one is named. Raises OptionError."""
    if path is not None:
        content = line_plot(lines, kind_of(path), across=across, up=up, logarithmic=logarithmic)
        write_file(content, path, hint="choose another file for --plot")


def check_plot(path: str | None) -> None:
    """Raise OptionError for a file that is no picture, before anything is worked out."""
    if path is not None:
        kind_of(path)
