"""What `freeblock export` does once its text is read."""

from __future__ import annotations

from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.language.nodes import Program
from freeblock.rich_result import RichResult
from freeblock.session import derive_source, require


def print_export(program: Program, target: str, *, output: str | None, **options: Any) -> None:
    """Derive and write the code; `options` are those of `derive_source`. Raises FreeblockError kinds."""
    result = derive_source(program, **options)
    write_output(RichResult.of(result).export(target), output)
    # JSON has a place for a refusal, so it is written before the exit status tells of it.
    require(result, "phi")
