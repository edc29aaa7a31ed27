"""What a shell offers for a half-typed word: files, definitions, known words. Nothing here loads the calculus."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem

from freeblock.cli.arguments import read_program
from freeblock.errors import FreeblockError
from freeblock.language.nodes import Definition, Let

Items = list[CompletionItem[Any]]
Completer = Callable[[click.Context, click.Parameter, str], Items]

ENTRIES = 10_000
"""Of a folder, so many entries are looked at."""
_PLAIN = re.compile(r"[\w./+,@%-]*")
"""Names a shell takes as they are; others are left to its own completion, which quotes them and knows what ~ is."""


def files(*endings: str) -> Completer:
    """Files with one of the endings, and the folders on the way to them."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
        if incomplete.startswith("~"):
            return [CompletionItem(incomplete, type="file")]
        try:
            found = sorted(_matching(incomplete, endings))
            if len(found) == 1 and found[0].endswith("/"):
                # A shell would end the word behind the folder: what is in it is offered at once.
                found += sorted(_matching(found[0], endings))
        except OSError:
            return []
        if not all(map(_PLAIN.fullmatch, found)):
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(name) for name in found]

    return complete


def _matching(incomplete: str, endings: tuple[str, ...]) -> Iterator[str]:
    folder, start = os.path.split(incomplete)
    shown = incomplete[: len(incomplete) - len(start)]
    with os.scandir(folder or ".") as entries:
        for number, entry in enumerate(entries):
            if number == ENTRIES:
                return
            if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
                continue
            if entry.is_dir():
                yield f"{shown}{entry.name}/"
            elif entry.name.endswith(endings):
                yield shown + entry.name


def definitions(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
    """The blocks that the file (or the text) named before defines."""
    # An option without its value ends click's reading of the line, and what was no option is left over.
    text = context.params.get("expression") or next(iter(context.args), None)
    with contextlib.suppress(FreeblockError):
        if isinstance(text, str) and text != "-":
            named = [each for each in read_program(text).statements if isinstance(each, Definition | Let)]
            return starting(incomplete, [(each.name, None) for each in named])
    return []


def words(*known: str) -> Completer:
    """One of a few words, where others are accepted too."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> Items:
        return starting(incomplete, [(word, None) for word in known])

    return complete


def starting(incomplete: str, words: Iterable[tuple[str, str | None]]) -> Items:
    """The words that begin so, with what they mean."""
    return [CompletionItem(word, help=meaning) for word, meaning in words if word.startswith(incomplete)]
