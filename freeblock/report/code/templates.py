"""The functions an exported file brings along, kept as text in `templates/`: only what is used is written out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent / "templates"
_MARK = "--- "


class Section(NamedTuple):
    """A piece of a template: what it needs of the others, and its text."""

    needs: tuple[str, ...]
    text: str


@cache
def sections(template: str) -> dict[str, Section]:
    """The pieces of a template by name, in the order in which they are written: `--- name: needed, needed`."""
    found: dict[str, Section] = {}
    whole = (_FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    for piece in whole.removeprefix(_MARK).split(f"\n{_MARK}"):
        head, _, text = piece.partition("\n")
        name, _, needs = head.partition(":")
        found[name] = Section(tuple(word.strip() for word in needs.split(",") if word.strip()), text.rstrip("\n"))
    return found


def chosen(template: str, names: Iterable[str]) -> list[str]:
    """The texts of these pieces and of all they need, in order."""
    known = sections(template)
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(known[name].needs)
    return [section.text for name, section in known.items() if name in wanted]
