"""How a command writes a result in the format that is asked for."""

from __future__ import annotations

from freeblock.cli.arguments import write_output
from freeblock.report.printable import Printable


def write_result(result: Printable, form: str, output: str | None) -> None:
    """Text, Unicode, Markdown, LaTeX or JSON, to a file or standard output. Raises OptionError."""
    write_output(result.to_json() if form == "json" else result.text(form), output)  # type: ignore[arg-type]
