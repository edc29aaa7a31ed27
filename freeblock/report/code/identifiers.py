"""The names of symbols in another language: valid there, no two alike, none that means something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache

from freeblock.report.code.templates import sections

_DEFINED = re.compile(r"^(?:static \w+ |function |struct )?(\w+)(?:[(\[]|$)|^\} (\w+);", re.MULTILINE)


@cache
def helpers_of(template: str) -> frozenset[str]:
    """What a template defines at the top level: no symbol must hide it."""
    found = [_DEFINED.findall(section.text) for section in sections(template).values()]
    return frozenset(name for names in found for pair in names for name in pair if name)


def identifiers(
    names: Iterable[str], taken: Collection[str], spelled: Callable[[str], str] = str, more: str = "_"
) -> dict[str, str]:
    """Symbol → identifier: as it is spelled, with `more` behind it until it is free."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for name in sorted(names):
        text = spelled(name)
        while text in taken or text in used:
            text += more
        used.add(text)
        found[name] = text
    return found


def in_ascii(name: str) -> str:
    """The name with every other character as its code point: é is u00e9."""
    return "".join(character if character.isascii() else f"u{ord(character):04x}" for character in name)
