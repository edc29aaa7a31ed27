"""A named text, a stretch of it, and the picture that shows a reader where that stretch is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_WINDOW = 100  # display columns of a long line that are shown
_BEFORE_CARET = 40  # of these, how many stand before the caret
_NEIGHBOURHOOD = 400  # characters on either side of the caret that are laid out at all
_TAB = "    "
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS = "…"


class Source(NamedTuple):
    """A text and the name a reader knows it by (a file, an option, the command line)."""

    name: str
    text: str

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both counted from 1."""
        starts = _line_starts(self.text)
        line = _last_not_after(starts, offset)
        return line + 1, offset - starts[line] + 1

    def picture(self, start: int, end: int) -> str:
        """The line that holds `start`, behind a gutter, with carets under the stretch up to `end`."""
        number, column = self.position(start)
        first = start - column + 1
        line_break = _LINE_BREAK.search(self.text, first)
        last = line_break.start() if line_break else len(self.text)
        begin, stop = min(start, last), min(max(start, end), last)
        # Of a very long line only the neighbourhood of the caret is laid out.
        leftmost, rightmost = max(first, begin - _NEIGHBOURHOOD), min(last, begin + _NEIGHBOURHOOD)
        before = _cells(self.text[leftmost:begin])
        marked = _cells(self.text[begin : min(stop, rightmost)])
        after = _cells(self.text[min(stop, rightmost) : rightmost])
        line, indent, carets = _window(before, marked, after)
        gutter = " " * (len(str(number)) + 2) + "|"
        return f"{gutter}\n {number} | {line}\n{gutter} {' ' * indent}{'^' * carets}"


class Span:
    """A stretch of a source: the characters from `start` up to, not including, `end`.

    Written out because every node of a text has one: a frozen dataclass takes three times as long to make.
    """

    __slots__ = ("source", "start", "end")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source: Final = source
        self.start: Final = start
        self.end: Final = end

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        return (self.source, self.start, self.end) == (other.source, other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.source, self.start, self.end))

    def __repr__(self) -> str:
        return f"Span({self.source.name!r}, {self.start}, {self.end})"

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    def picture(self) -> str:
        """The source line with carets under this span."""
        return self.source.picture(self.start, self.end)

    def to(self, other: Span) -> Span:
        """The stretch from the beginning of this span to the end of the other."""
        return Span(self.source, self.start, other.end)


def printable(text: str) -> str:
    """The text with everything replaced that could steer a terminal; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else _REPLACEMENT for char in text)


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def _last_not_after(starts: list[int], offset: int) -> int:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= offset:
            low = middle
        else:
            high = middle
    return low


def _cells(text: str) -> list[str]:
    """One string per display column; the second column of a wide character is the empty string."""
    if text.isascii() and text.isprintable():
        return list(text)
    cells: list[str] = []
    for char in text:
        if char == "\t":
            cells.extend(_TAB)
        elif not char.isprintable():
            cells.append(_REPLACEMENT)
        elif unicodedata.category(char) in ("Mn", "Me") and cells:
            cells[-1] += char
        elif unicodedata.east_asian_width(char) in "WF":
            cells.extend((char, ""))
        else:
            cells.append(char)
    return cells


def _window(before: list[str], marked: list[str], after: list[str]) -> tuple[str, int, int]:
    """The part of a line that is shown, the columns before the caret, and the number of carets."""
    row = before + marked + after
    if len(row) <= _WINDOW:
        return "".join(row), len(before), max(1, len(marked))
    left = max(0, min(len(before) - _BEFORE_CARET, len(row) - _WINDOW))
    shown = row[left : left + _WINDOW]
    carets = max(1, min(len(marked), left + _WINDOW - len(before)))
    head = _ELLIPSIS if left else ""
    tail = _ELLIPSIS if left + _WINDOW < len(row) else ""
    return head + "".join(shown) + tail, len(head) + len(before) - left, carets
