"""What `freeblock compare` does once its texts are read."""

from __future__ import annotations

import json
from typing import Any

import click

from freeblock.cli.arguments import write_output
from freeblock.comparing import compare_sources
from freeblock.language.nodes import Program
from freeblock.report.curves import picture
from freeblock.report.line_plot import kind_of
from freeblock.report.tables import table_data, table_text
from freeblock.writing import write_file


def print_table(
    programs: dict[str, Program], form: str, output: str | None, *, plot: str | None, quantity: str, first: int,
    last: int, **options: Any,
) -> None:
    """Compare, draw and print; `options` are those of `compare_sources`. Raises FreeblockError kinds."""
    kind = "" if plot is None else kind_of(plot)
    compared = compare_sources(programs, **options)
    if plot is not None:
        curves = compared.curves(quantity, first, last)
        write_file(picture(curves, quantity, kind), plot, hint="choose another file for --plot")
        for one in curves:
            if one.refused is not None:
                click.echo(f"note: {one.name} has no curve: {one.refused}", err=True)
    if form == "json":
        write_output(json.dumps(table_data(compared.table), indent=1, ensure_ascii=False), output)
    else:
        write_output(table_text(compared.table, form), output)
