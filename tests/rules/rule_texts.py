"""A sound rule, and ways to write mistaken ones."""

from __future__ import annotations

from freeblock.errors import ErrorList
from freeblock.rules.reader import read_library
from freeblock.rules.rule import Rule
from freeblock.source import Source

SOUND = """\
gate:
  title: A gate
  kind: activation
  parameters:
    p: {default: 1/2, meaning: probability of being open, domain: 0 <= p <= 1}
    slope: {meaning: derivative of a closed unit, domain: slope >= 0}
  jacobian:
    moments: p + (1 - p)*slope^(2*k)
    traits: {diagonal: true}
  depends_on: sign
  source: direct calculation
"""


def changed(old: str, new: str) -> str:
    """The sound rule with one stretch of its text replaced."""
    assert SOUND.count(old) == 1, old
    return SOUND.replace(old, new)


def read(text: str) -> dict[str, Rule]:
    return read_library(Source("mine.yaml", text))


def problems(text: str) -> list[tuple[int, int, str, str]]:
    """Line, column, marked text and message of each problem of a library."""
    try:
        read(text)
    except ErrorList as error:
        return [(each.span.line, each.span.column, each.span.text, each.message) for each in error.errors]
    return []
