"""What `freeblock derive` does once its text is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from freeblock.cli.arguments import write_output
from freeblock.errors import OptionError
from freeblock.language.nodes import Program
from freeblock.language.reading import read_source
from freeblock.report.paper_notation import PaperNotation, joined, read_notation, read_pairs
from freeblock.session import Detail, Result, derive_source, require
from freeblock.source import Source

Format = Literal["latex", "text", "markdown", "json", "unicode"]


def print_derivation(
    program: Program, form: Format, steps: Detail, *, document: bool, output: str | None,
    required: Literal["phi", "variance"], notations: Sequence[str], **options: Any,
) -> None:
    """Derive and print; `options` are those of `derive_source`. Raises FreeblockError kinds."""
    notation = _notation(notations)
    result = derive_source(program, **options)
    if form != "json":
        require(result, required)
        write_output(_render(result, form, steps, document, notation), output)
        return
    # JSON has a place for a refusal, so it is written before the exit status tells of it.
    write_output(result.to_json(notation=notation), output)
    require(result, required)


def _render(result: Result, form: Format, steps: Detail, document: bool, notation: PaperNotation) -> str:
    if form == "latex":
        return result.latex(steps=steps, document=document, notation=notation)
    assert form != "json"
    return result.text(style=form, steps=steps, notation=notation)


_PAIR = re.compile(r"\s*[^\W\d]\w*\s*=")


def _notation(options: Sequence[str]) -> PaperNotation:
    """The options --notation: NAME=LATEX pairs, which come before the files."""
    if any(not option.strip() for option in options):
        raise OptionError("--notation is empty", hint=r"NAME=LATEX, such as phi=\varphi, or a file")
    pairs = read_pairs((option, Source("--notation", option)) for option in options if _PAIR.match(option))
    return joined([read_notation(read_source(option)) for option in options if not _PAIR.match(option)], pairs)
