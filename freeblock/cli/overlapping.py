"""What `freeblock overlap` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.printing import write_result
from freeblock.cli.progress import ProgressBar
from freeblock.language.nodes import Program
from freeblock.overlapping import overlap_source


def print_overlap(program: Program, form: str, output: str | None, **options: Any) -> None:
    """Apply the theorem and print; `options` are those of `overlap_source`. Raises FreeblockError kinds."""
    with ProgressBar("looking at pairs of blocks") as bar:
        found = overlap_source(program, progress=bar, **options)
    write_result(found, form, output)
