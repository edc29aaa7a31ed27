"""What `freeblock solve` does once its text is read."""

from __future__ import annotations

import json
from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.language.nodes import Program
from freeblock.solving import solve_source


def print_solutions(program: Program, form: str, output: str | None, **options: Any) -> None:
    """Solve and print; `options` are those of `solve_source`. Raises FreeblockError kinds."""
    solved = solve_source(program, **options)
    if form == "json":
        # JSON has a place for what is not admissible, so it is written before the exit status tells of it.
        write_output(json.dumps(solved.data(), indent=1, ensure_ascii=False), output)
        solved.require()
        return
    solved.require()
    assert form in ("text", "unicode", "markdown", "latex")
    write_output(solved.text(form), output)  # type: ignore[arg-type]
