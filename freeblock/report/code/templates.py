"""The functions an exported file brings along, kept as text in `templates/`: only what is used is written out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "templates"
_MARK = "---\n"
_DEFINED = re.compile(r"^(?:static \w+ |function |struct |class |def )?(\w+)(?:[(\[:\n]| = )|^\} (\w+);", re.MULTILINE)
"""What a template defines at the top level, in any of the languages."""
_USED = re.compile(r"\w+(?=[(\[])|\b_\w+")
"""Calls; in Python also constants, whose names begin with an underscore."""


@cache
def pieces(template: str) -> Sequence[str]:
    """The pieces of a template; the first is always needed."""
    whole = (_FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    return [piece.rstrip("\n") for piece in whole.removeprefix(_MARK).split(f"\n{_MARK}")]


@cache
def defined(template: str) -> dict[str, int]:
    """Every name that a template defines, and the place of its piece: no symbol must hide one."""
    return {name: place for place, piece in enumerate(pieces(template))
            for pair in _DEFINED.findall(piece) for name in pair if name}


def chosen(template: str, text: str, always: bool = True) -> list[str]:
    """The pieces that a text uses, with all that these use, in order; the first one `always`."""
    known, places = pieces(template), defined(template)
    wanted = {0} if always else set()
    waiting = [text, *(known[place] for place in wanted)]
    while waiting:
        for name in _USED.findall(waiting.pop()):
            place = places.get(name)
            if place is not None and place not in wanted:
                wanted.add(place)
                waiting.append(known[place])
    return [piece for place, piece in enumerate(known) if place in wanted]
