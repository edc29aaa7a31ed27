"""What `freeblock derive` does once its text is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from freeblock.cli.arguments import write_output
from freeblock.cli.notations import read_notations
from freeblock.language.nodes import Program
from freeblock.report.paper_notation import PaperNotation
from freeblock.session import Detail, Result, derive_source, require

Format = Literal["latex", "text", "markdown", "json", "unicode"]


def print_derivation(
    program: Program, form: Format, steps: Detail, *, document: bool, output: str | None,
    required: Literal["phi", "variance"], notations: Sequence[str], **options: Any,
) -> None:
    """Derive and print; `options` are those of `derive_source`. Raises FreeblockError kinds."""
    notation = read_notations(notations)
    result = derive_source(program, **options)
    if form != "json":
        require(result, required)
        write_output(_render(result, form, steps, document, notation), output)
        return
    # JSON has a place for a refusal, so it is written before the exit status tells of it.
    write_output(result.json_pieces(notation=notation), output)
    require(result, required)


def _render(result: Result, form: Format, steps: Detail, document: bool, notation: PaperNotation) -> str:
    if form == "latex":
        return result.latex(steps=steps, document=document, notation=notation)
    assert form != "json"
    return result.text(style=form, steps=steps, notation=notation)
