"""An input coloured by its tokens, as the grammar's own scanner cuts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from freeblock.errors import FreeblockError
from freeblock.formula.functions import ARITY
from freeblock.language.scanner import Tokens, scan
from freeblock.repl.command_table import COMMANDS
from freeblock.repl.conversation import Conversation
from freeblock.repl.reading import is_command
from freeblock.source import Source

_KEYWORDS = frozenset({"INPUT", "ASSUME", "LET", "SERIAL", "SUM", "STACK"})
_BRACKETS = frozenset({"LPAR", "RPAR", "LBRACKET", "RBRACKET"})
MISTAKES = 20
"""After so many the rest is not looked at: what was pasted is no network."""


class Stretch(NamedTuple):
    """Characters of one kind: keyword, component, definition, function, name, number, sign, bracket, comment,
    command, mistake, or blank."""

    text: str
    kind: str


def stretches(text: str, talk: Conversation) -> Iterator[Stretch]:
    """The whole text, cut into stretches."""
    if is_command(text):
        head, blank, tail = text.partition(" ")
        known = head.strip().removeprefix(":") in COMMANDS
        yield Stretch(head, "command" if known else "mistake")
        yield Stretch(blank + tail, "blank")
        return
    place, mistakes = 0, 0
    while place < len(text):
        if mistakes == MISTAKES:
            yield Stretch(text[place:], "mistake")
            return
        stop, mistake = len(text), None
        try:
            tokens = scan(Source("input", text), place, stop, newlines=False)
        except FreeblockError as error:
            if error.span is None or error.span.end <= place:
                yield Stretch(text[place:], "mistake")
                return
            mistake, stop = error.span, error.span.start
            try:
                tokens = scan(Source("input", text), place, stop, newlines=False)
            except FreeblockError:
                yield Stretch(text[place:], "mistake")
                return
        yield from _of_tokens(tokens, place, stop, talk)
        if mistake is not None:
            mistakes += 1
            yield Stretch(text[mistake.start:mistake.end], "mistake")
            stop = mistake.end
        place = stop


def _of_tokens(tokens: Tokens, place: int, stop: int, talk: Conversation) -> Iterator[Stretch]:
    text = tokens.source.text
    for number, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True)):
        if start > place:
            between = text[place:start]
            yield Stretch(between, "comment" if "#" in between else "blank")
        if end > start:
            yield Stretch(text[start:end], _kind(tokens, number, talk))
        place = max(place, end)
    if stop > place:
        yield Stretch(text[place:stop], "blank")


def _kind(tokens: Tokens, place: int, talk: Conversation) -> str:
    kind = tokens.kind(place)
    if kind in _KEYWORDS:
        return "keyword"
    if kind == "NUMBER":
        return "number"
    if kind != "NAME":
        return "bracket" if kind in _BRACKETS else "sign"
    name = tokens.names[tokens.text(place)]
    if talk.spoken.definition(name) is not None:
        return "definition"
    if talk.catalogue.find(name) is not None:
        return "component"
    return "function" if name in ARITY else "name"
