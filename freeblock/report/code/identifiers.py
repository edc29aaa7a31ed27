"""The names of symbols in another language: valid there, no two alike, none that means something else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable


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
