"""Where an input ends: not inside a bracket, and not behind `>>`, `+` or `|`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from freeblock.errors import FreeblockError
from freeblock.language.scanner import Tokens, begins_joined, ends_joined, open_brackets, scan
from freeblock.source import Source


def is_command(text: str) -> bool:
    """Whether a text is a command and no statement."""
    return text.lstrip().startswith(":")


def is_open(text: str) -> bool:
    """Whether the next line goes on with this input."""
    tokens = None if is_command(text) else _tokens(text)
    return tokens is not None and (open_brackets(tokens) > 0 or ends_joined(tokens))


def inputs(lines: Iterable[str], *, at_once: bool = False) -> Iterator[str]:
    """The inputs that lines make up. A line may go on with the one before it, unless an empty one is between.

    With `at_once` an input ends where it can end: a person waits for the answer.
    """
    held: list[str] = []
    depth, joined = 0, False
    for line in lines:
        tokens = None if is_command(line) else _tokens(line)
        empty = tokens is not None and len(tokens.kinds) == 1
        goes_on = not is_command(line) and (depth > 0 or joined or (empty and bool(line.strip())) or (
            tokens is not None and begins_joined(tokens)))
        if held and not goes_on:
            yield "".join(held)
            held, depth, joined = [], 0, False
        if is_command(line):
            yield line
        elif line.strip() or held:
            held.append(line)
            if tokens is not None and not empty:
                depth = max(0, depth + open_brackets(tokens))
                joined = ends_joined(tokens)
            if at_once and not depth and not joined:
                yield "".join(held)
                held = []
    if held:
        yield "".join(held)


def _tokens(text: str) -> Tokens | None:
    try:
        return scan(Source("input", text), 0, len(text), newlines=False)
    except FreeblockError:
        return None  # the error is told when the input is read
