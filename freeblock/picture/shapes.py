"""What a picture shows, before anything has a place: boxes, rails, frames. Shapes know nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["title", "label", "formula", "note", "tag"]
"""What a line of text is: it decides its size, its weight and its colour."""
Join = Literal["sum", "stack"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: LaTeX mathematics where `math`, words as they are otherwise."""

    text: str
    role: Role
    math: bool = False
    plain: str = ""
    """The same for readers who do not see LaTeX; the text itself if empty."""
    words: str = ""
    """Words that stand before mathematics."""

    @property
    def spoken(self) -> str:
        """The line as plain text."""
        return f"{self.words} {self.plain or self.text}".strip()


@dataclass(frozen=True, slots=True)
class Box:
    """One component."""

    kind: str
    """The kind of its rule, which decides its colour."""
    lines: Sequence[Line]
    title: str
    """All there is to say of it as plain text."""
    shared: bool = False
    """Drawn by `let`: the same matrix wherever it stands."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The identity: the data passes."""

    title: str


@dataclass(frozen=True, slots=True)
class Factor:
    """A number the data is multiplied with, on the wire."""

    line: Line


@dataclass(frozen=True, slots=True)
class Terminal:
    """An end of the network, with the width of its vector."""

    line: Line


@dataclass(frozen=True, slots=True)
class Row:
    """Shapes one behind the other; parts[0] acts first."""

    parts: Sequence[Shape]


@dataclass(frozen=True, slots=True)
class Rails:
    """Branches on one input, added or stacked."""

    join: Join
    branches: Sequence[Shape]


@dataclass(frozen=True, slots=True)
class Frame:
    """A part that is drawn once and stands for several copies, or has a name."""

    tag: Line
    content: Shape
    title: str
    deck: bool = False
    """The copies lie side by side, not one behind the other."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """A shape with its law beside it."""

    content: Shape
    lines: Sequence[Line]


Shape = Box | Wire | Factor | Terminal | Row | Rails | Frame | Captioned


@dataclass(frozen=True, slots=True)
class Figure:
    """A whole picture: heading, network, legend."""

    heading: Sequence[Line]
    network: Row
    legend: Sequence[Line]

    def lines(self) -> list[Line]:
        """Every line of text, some of them more than once."""
        found = [*self.heading, *self.legend]
        waiting: list[Shape] = [self.network]
        while waiting:
            shape = waiting.pop()
            if isinstance(shape, (Box, Captioned)):
                found += shape.lines
            elif isinstance(shape, (Factor, Terminal)):
                found.append(shape.line)
            elif isinstance(shape, Frame):
                found.append(shape.tag)
            if isinstance(shape, (Frame, Captioned)):
                waiting.append(shape.content)
            elif isinstance(shape, (Row, Rails)):
                waiting += shape.parts if isinstance(shape, Row) else shape.branches
        return found
