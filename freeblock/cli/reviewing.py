"""What `freeblock verify` does once its text is read."""

from __future__ import annotations

import json
from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.language.nodes import Program
from freeblock.verifying import verify_source


def print_verdicts(program: Program, form: str, output: str | None, *, claims: tuple[str, ...], **options: Any) -> None:
    """Verify and print; `options` are those of `verify_source`. Raises FreeblockError kinds."""
    verified = verify_source(program, claims, **options)
    if form == "json":
        write_output(json.dumps(verified.data(), indent=1, ensure_ascii=False), output)
    else:
        write_output(verified.text(form), output)  # type: ignore[arg-type]
    verified.require()
