"""Runs the command line in this process, and reads the errors it prints."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest import mock

from hanging import limited

from freeblock.__main__ import main


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)

    @property
    def mistake(self) -> Mistake:
        """The one error that was printed; nothing else was."""
        assert not self.out
        return read_mistake(self.err)


@dataclass(frozen=True)
class Mistake:
    message: str
    source: str | None
    line: int | None
    column: int | None
    marked: str | None
    hint: str | None


def run(*arguments: str, stdin: bytes = b"") -> Outcome:
    """Run the command line; what it prints is caught."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with mock.patch.multiple(sys, stdin=io.TextIOWrapper(io.BytesIO(stdin)), stdout=out, stderr=err), limited():
        status = main(list(arguments))
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    assert "Traceback" not in texts[1]
    return Outcome(status, *texts)


def derive(text: str, *options: str) -> Outcome:
    """`freeblock derive` with JSON."""
    return run("derive", text, "--format", "json", *options)


def read_mistake(err: str) -> Mistake:
    """An error as it is printed: message, place, source line with carets, hint."""
    lines = err.splitlines()
    assert lines[0].startswith("error: "), err
    message = [lines.pop(0).removeprefix("error: ")]
    while lines and not lines[0].startswith(("  --> ", "hint: ")):
        message.append(lines.pop(0))
    source = line = column = marked = None
    if lines and lines[0].startswith("  --> "):
        source, line, column = lines.pop(0).removeprefix("  --> ").rsplit(":", 2)
        assert lines.pop(0).strip() == "|"
        number, text = lines.pop(0).split(" | ", 1) if " | " in lines[0] else (lines.pop(0).rstrip(" |"), "")
        assert number.strip() == line
        carets = lines.pop(0).split("| ", 1)[1]
        start = len(carets) - len(carets.lstrip())
        marked = text[start:len(carets)]
        assert set(carets.strip()) == {"^"}
    hint = lines.pop(0).removeprefix("hint: ") if lines else None
    assert not lines, err
    return Mistake("\n".join(message), source, line and int(line), column and int(column), marked, hint)
