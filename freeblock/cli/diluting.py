"""What `freeblock dilution` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.printing import write_result
from freeblock.cli.progress import ProgressBar
from freeblock.diluting import dilute_source
from freeblock.language.nodes import Program


def print_dilution(program: Program, form: str, output: str | None, **options: Any) -> None:
    """Follow the signal and print; `options` are those of `dilute_source`. Raises FreeblockError kinds."""
    with ProgressBar("following the signal") as bar:
        found = dilute_source(program, progress=lambda done: bar(done, None), **options)
    write_result(found, form, output)
