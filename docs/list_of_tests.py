"""The list of tests on the page testing.md, read from the tests themselves."""

from __future__ import annotations

import ast
from pathlib import Path

_TESTS = Path(__file__).parents[1] / "tests"


def listed_tests() -> str:
    """Each file of tests with the first line of its docstring, as a Markdown list."""
    lines = []
    for path in sorted(_TESTS.glob("*/test_*.py")):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        name = path.relative_to(_TESTS).as_posix()
        lines.append(f"- `{name}`: {_literal(said.split(chr(10))[0])}")
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    """A sentence in which only `backquotes` mean something."""
    pieces = text.split("`")
    return "`".join(piece if place % 2 else piece.replace("\\", "\\\\").replace("*", r"\*").replace("_", r"\_")
                    .replace("$", r"\$").replace("<", r"\<") for place, piece in enumerate(pieces))
