"""What `freeblock forward` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.printing import write_result
from freeblock.cli.progress import ProgressBar
from freeblock.errors import OptionError
from freeblock.forwarding import forward_source
from freeblock.language.nodes import Program
from freeblock.writing import write_file

KINDS = ("svg", "png", "pdf")


def print_table(program: Program, form: str, output: str | None, plot: str | None, **options: Any) -> None:
    """Follow the signal and print; `options` are those of `forward_source`. Raises FreeblockError kinds."""
    kind = None if plot is None else next((kind for kind in KINDS if plot.lower().endswith(f".{kind}")), "")
    if kind == "":
        raise OptionError(f"`{plot}` does not say which kind of picture it is", hint="end it in .svg, .png or .pdf")
    with ProgressBar("following the signal") as bar:
        found = forward_source(program, progress=lambda done: bar(done, None), **options)
    if plot is not None and kind is not None:
        write_file(found.plot(kind), plot, hint="choose another file for --plot")
    write_result(found, form, output)
