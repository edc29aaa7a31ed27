"""Pictures made of text: rows of equal width, and the row on which a formula's main line stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_BRACKETS = {"(": ("(", "⎛", "⎜", "⎝"), ")": (")", "⎞", "⎟", "⎠"), "[": ("[", "⎡", "⎢", "⎣"), "]": ("]", "⎤", "⎥", "⎦"),
             "|": ("|", "│", "│", "│"), "⌊": ("⌊", "│", "│", "⌊"), "⌋": ("⌋", "│", "│", "⌋"),
             "⌈": ("⌈", "⌈", "│", "│"), "⌉": ("⌉", "⌉", "│", "│")}
"""The sign on one row; the highest, the middle and the lowest piece of the tall one."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rows of text, each `width` display columns wide."""

    rows: tuple[str, ...]
    baseline: int
    """The number of the row that stands on the line, from 0."""
    width: int

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows)

    @property
    def is_flat(self) -> bool:
        """Whether it is one row."""
        return len(self.rows) == 1


def columns(text: str) -> int:
    """The display columns of a text."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.category(char) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(char) in "WF"
               else 1 for char in text)


def row(text: str) -> Drawing:
    """A text on one row."""
    return Drawing((text,), 0, columns(text))


def beside(parts: Sequence[Drawing]) -> Drawing:
    """The parts from left to right, their main lines on one line."""
    if all(part.is_flat for part in parts):
        return Drawing(("".join(part.rows[0] for part in parts),), 0, sum(part.width for part in parts))
    above = max(part.baseline for part in parts)
    below = max(part.height - part.baseline for part in parts)
    filled = [_in_rows(part, above - part.baseline, below - part.height + part.baseline) for part in parts]
    return Drawing(tuple("".join(line) for line in zip(*filled, strict=True)), above,
                   sum(part.width for part in parts))


def below_each_other(parts: Sequence[Drawing], baseline: int) -> Drawing:
    """The parts from top to bottom, centred."""
    width = max(part.width for part in parts)
    return Drawing(tuple(line for part in parts for line in _centred(part, width)), baseline, width)


def fraction(top: Drawing, bottom: Drawing) -> Drawing:
    """A quotient; its bar is longer than the bars on its own line above and below."""
    width = max(part.width + (0 if part.is_flat else 2) for part in (top, bottom))
    return below_each_other((top, row("─" * width), bottom), top.height)


def bracketed(inside: Drawing, left: str = "(", right: str = ")") -> Drawing:
    """Something in brackets as tall as it is."""
    return beside((_bracket(left, inside), inside, _bracket(right, inside)))


def raised(base: Drawing, exponent: Drawing) -> Drawing:
    """An exponent to the right of the base, above it."""
    rows = tuple(" " * base.width + line for line in exponent.rows)
    rows += tuple(line + " " * exponent.width for line in base.rows)
    return Drawing(rows, exponent.height + base.baseline, base.width + exponent.width)


def at_top(base: Drawing, text: str) -> Drawing:
    """Raised characters behind the highest row of the base."""
    extra = columns(text)
    rows = tuple(line + (" " * extra if place else text) for place, line in enumerate(base.rows))
    return Drawing(rows, base.baseline, base.width + extra)


def root(inside: Drawing) -> Drawing:
    """A square root with its bar."""
    bar = "_" * inside.width
    if inside.is_flat:
        return Drawing((f" {bar}", f"√{inside.rows[0]}"), 1, inside.width + 1)
    height = inside.height
    rows = [" " * (height + 1) + bar]
    for place, line in enumerate(inside.rows):
        slope = " " * (height - place - 1)
        rows.append(f"{slope}{'╲' if place == height - 1 else ' '}╱{' ' * place}{line}")
    return Drawing(tuple(rows), inside.baseline + 1, height + 1 + inside.width)


def over_range(sign: str, lower: Drawing, upper: Drawing, body: Drawing) -> Drawing:
    """∑ or ∏ with its bounds, before what it runs over."""
    return beside((below_each_other((upper, row(sign), lower), upper.height), row(" "), body))


def _centred(part: Drawing, width: int) -> list[str]:
    left = (width - part.width) // 2
    right = width - part.width - left
    return [" " * left + line + " " * right for line in part.rows]


def _in_rows(part: Drawing, above: int, below: int) -> list[str]:
    blank = " " * part.width
    return [blank] * above + list(part.rows) + [blank] * below


def _bracket(sign: str, inside: Drawing) -> Drawing:
    single, top, middle, bottom = _BRACKETS[sign]
    if inside.is_flat:
        return row(single)
    return Drawing((top, *[middle] * (inside.height - 2), bottom), inside.baseline, 1)
