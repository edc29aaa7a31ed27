"""A YAML text as a tree that knows its places, and the list of what is wrong with it."""

from __future__ import annotations

from typing import TypeAlias

from freeblock.errors import ErrorList, FreeblockError, LibraryError
from freeblock.source import Span

PROBLEMS = 100  # that are shown at once, at most


# Plain classes: methods generated for dataclasses would be a good part of the time to import this file.


class Scalar:
    """A text; `style` is its quote or block sign, empty for a plain one."""

    __slots__ = ("text", "span", "style")

    def __init__(self, text: str, span: Span, style: str) -> None:
        self.text = text
        self.span = span
        self.style = style


class Listing:
    """A list of values."""

    __slots__ = ("items", "span")

    def __init__(self, items: tuple[Value, ...], span: Span) -> None:
        self.items = items
        self.span = span


class Mapping:
    """Names and their values, the first value of a name that is written twice."""

    __slots__ = ("entries", "span")

    def __init__(self, entries: dict[str, tuple[Scalar, Value]], span: Span) -> None:
        self.entries = entries
        self.span = span


class Unreadable:
    """A value that has been complained about already."""

    __slots__ = ("span",)

    def __init__(self, span: Span) -> None:
        self.span = span


Value: TypeAlias = Scalar | Listing | Mapping | Unreadable


class Problems:
    """Everything found wrong with a text so far; too much raises ErrorList at once.

    `what` the text is, and the kind of its errors.
    """

    def __init__(
        self, what: str = "library", kind: type[FreeblockError] = LibraryError, *, ours: bool = False
    ) -> None:
        self.what, self.kind = what, kind
        self.ours = ours
        """Whether the text is our own library, of which functions of x are read where they are used."""
        self.errors: list[FreeblockError] = []
        self.spans: list[Span] = []
        self.formulas = 0  # formulas read, and their characters
        self.characters = 0
        self.lost = 0  # formulas that could not be read, so that nobody knows what they use

    def add(self, message: str, span: Span, hint: str | None = None) -> None:
        """Note one problem."""
        self.errors.append(self.kind(message, span, hint))
        self.spans.append(span)
        if len(self.errors) == PROBLEMS:
            last = Span(span.source, len(span.source.text), len(span.source.text))
            self.errors.append(self.kind("there are more problems than these", last))
            self.spans.append(last)
            self.raise_any()

    def add_error(self, error: FreeblockError) -> None:
        """Note a mistake in a formula, which knows its place already."""
        assert error.span is not None
        self.add(error.message, error.span, error.hint)

    def raise_any(self) -> None:
        """Raise ErrorList if there are problems, in the order of the text."""
        if not self.errors:
            return
        sources = list(dict.fromkeys(span.source.name for span in self.spans))
        places = [(sources.index(span.source.name), span.start) for span in self.spans]
        order = sorted(range(len(places)), key=places.__getitem__)
        raise ErrorList([self.errors[number] for number in order])
