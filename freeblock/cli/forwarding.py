"""What `freeblock forward` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.printing import write_result
from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot
from freeblock.forwarding import forward_source
from freeblock.language.nodes import Program
from freeblock.report.line_plot import kind_of
from freeblock.writing import write_file


def print_table(program: Program, form: str, output: str | None, plot: str | None, **options: Any) -> None:
    """Follow the signal and print; `options` are those of `forward_source`. Raises FreeblockError kinds."""
    check_plot(plot)
    with ProgressBar("following the signal") as bar:
        found = forward_source(program, progress=lambda done: bar(done, None), **options)
        # A curve needs each copy of what is repeated, whether or not the table has them.
        copies = found if plot is None or options.get("depth_table") else forward_source(
            program, progress=lambda done: bar(done, None), **{**options, "depth_table": True})
    if plot is not None:
        write_file(copies.plot(kind_of(plot)), plot, hint="choose another file for --plot")
    write_result(found, form, output)
