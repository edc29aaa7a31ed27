"""What `freeblock solve` does once its text is read, where a condition is on chi."""

from __future__ import annotations

from typing import Any

from freeblock.cli.sheets import print_sheet
from freeblock.edge_solving import solve_edge
from freeblock.language.nodes import Program
from freeblock.report.edge_sheet import edge_sheet


def print_solutions(
    program: Program, form: str, output: str | None, *, unknowns: tuple[str, ...], where: tuple[str, ...],
    **options: Any,
) -> None:
    """Solve and print; `options` are those of `solve_edge`. Raises FreeblockError kinds."""
    solved = solve_edge(program, unknowns, where, **options)
    if form == "json":
        # JSON has a place for what is not admissible, so it is written before the exit status tells of it.
        print_sheet(edge_sheet(solved.page), solved.data(), form, output)
        solved.require()
        return
    solved.require()
    print_sheet(edge_sheet(solved.page), solved.data(), form, output)
