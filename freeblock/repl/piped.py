"""A conversation without a terminal: inputs from standard input, answers in plain text."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence

from freeblock.errors import OptionError
from freeblock.language.scanner import TEXT_LENGTH
from freeblock.repl.answering import Answerer
from freeblock.repl.conversation import Conversation, Leave
from freeblock.repl.reading import inputs


def run(file: str | None, libraries: Sequence[str]) -> int:
    """Answer every input; the exit status of the worst. Raises ErrorList for a faulty library."""
    gc.enable()  # a conversation may be long
    answerer = Answerer(Conversation(libraries))
    status = answerer.load(file) if file else 0
    try:
        for text in inputs(_lines(), at_once=sys.stdin is not None and sys.stdin.isatty()):
            status = max(status, answerer.answer(text))
    except Leave:
        pass
    return status


def _lines() -> Iterator[str]:
    """The lines of standard input. What is no UTF-8 becomes a character that no text may hold, and is told so."""
    if sys.stdin is None:
        raise OptionError("standard input cannot be read", hint="it is closed")
    while line := sys.stdin.buffer.readline(TEXT_LENGTH + 2):
        yield line.decode("utf-8", errors="replace")
