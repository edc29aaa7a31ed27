"""What `freeblock overlap` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.language.nodes import Program
from freeblock.overlapping import overlap_source


def print_overlap(program: Program, form: str, output: str | None, **options: Any) -> None:
    """Apply the theorem and print; `options` are those of `overlap_source`. Raises FreeblockError kinds."""
    found = overlap_source(program, **options)
    write_output(found.to_json() if form == "json" else found.text(form), output)  # type: ignore[arg-type]
