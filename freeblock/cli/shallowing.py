"""What `freeblock shallow` does once its text is read."""

from __future__ import annotations

import json
from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.language.nodes import Program
from freeblock.truncating import truncate_source


def print_truncation(program: Program, form: str, output: str | None, **options: Any) -> None:
    """Truncate and print; `options` are those of `truncate_source`. Raises FreeblockError kinds."""
    truncated = truncate_source(program, **options)
    if form == "json":
        write_output(json.dumps(truncated.data(), indent=1, ensure_ascii=False), output)
    else:
        write_output(truncated.text(form), output)  # type: ignore[arg-type]
