"""What `freeblock dilution` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.printing import write_result
from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot
from freeblock.diluting import dilute_source
from freeblock.language.nodes import Program
from freeblock.report.line_plot import kind_of
from freeblock.writing import write_file


def print_dilution(program: Program, form: str, output: str | None, plot: str | None, **options: Any) -> None:
    """Follow the signal and print; `options` are those of `dilute_source`. Raises FreeblockError kinds."""
    check_plot(plot)
    with ProgressBar("following the signal") as bar:
        found = dilute_source(program, progress=lambda done: bar(done, None), **options)
    if plot is not None:
        write_file(found.plot(kind_of(plot)), plot, hint="choose another file for --plot")
    write_result(found, form, output)
