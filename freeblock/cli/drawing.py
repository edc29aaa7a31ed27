"""What `freeblock draw` does once its text is read."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from freeblock.cli.progress import ProgressBar
from freeblock.errors import OptionError
from freeblock.language.nodes import Program
from freeblock.picture.picture import FORMATS, Format, draw, format_of
from freeblock.session import derive_source
from freeblock.writing import write_file

TEXTUAL = ("svg", "tex")


def print_picture(
    program: Program, output: str | None, form: Format | None, *, network: Mapping[str, Any], **options: Any
) -> None:
    """Derive and draw; `network` are options of `derive_source`, the others those of `draw`."""
    chosen = _format(output, form)
    if options["document"] and chosen != "tex":
        raise OptionError("--document is a LaTeX document", hint="write to a .tex file, or add --format tex")
    if output in (None, "-") and chosen not in TEXTUAL and sys.stdout.isatty():
        raise OptionError(f"{chosen.upper()} is not for a terminal", hint=f"add -o net.{chosen}")
    result = derive_source(program, **network)
    with ProgressBar("drawing") as progress:
        content = draw(result.derivation, result.premises, chosen, progress=progress, **options)
    if output is None or output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(content, output, hint="choose another file for -o")


def _format(output: str | None, form: Format | None) -> Format:
    """What the option says, else what the file's name says. Raises OptionError where they differ."""
    if output is None or output == "-":
        return form or "svg"
    if form is None:
        return format_of(output)
    ending = next((ending for ending in FORMATS if output.lower().endswith(f".{ending}")), form)
    if ending != form:
        raise OptionError(f"`{output}` ends like {ending}, and --format says {form}", hint="leave --format out")
    return form
