"""A YAML text read event by event into a tree, so that no hostile text can hurt."""

from __future__ import annotations

import re
from typing import Any

from freeblock.errors import FreeblockError
from freeblock.rules.document import Listing, Mapping, Problems, Scalar, Unreadable, Value
from freeblock.source import Source, Span

TEXT_LENGTH = 1_000_000  # characters, at most
VALUES = 100_000  # names and values, at most
DEPTH = 20  # mappings and lists inside each other, at most
KEY_LENGTH = 100  # characters of a name, at most

_FOREIGN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled where a text is read: it takes as long as ten modules, and most starts read no YAML."""


def read_document(source: Source, problems: Problems) -> Value | None:
    """The one document of a text; None for an empty text.

    Aliases, anchors, tags and repeated names are noted in `problems`. Raises ErrorList at once where
    nothing more can be said: no YAML, too long, nested too deeply.
    """
    import yaml  # noqa: PLC0415 - a tenth of a start that reads no YAML

    text = source.text
    if len(text) > TEXT_LENGTH:
        problems.add(f"the {problems.what} is longer than {TEXT_LENGTH} characters", Span(source, 0, 0))
        problems.raise_any()
    foreign = re.search(_FOREIGN, text)
    if foreign:
        place = foreign.start()
        code = f"U+{ord(text[place]):04X}"
        problems.add(f"the character {code} may not stand in a {problems.what}", Span(source, place, place + 1))
        problems.raise_any()
    try:
        root = _Tree(source, problems).read()
    except yaml.YAMLError as error:
        problems.add_error(_no_yaml(error, source))
        root = None
    if root is None:
        problems.raise_any()
    return root


def _no_yaml(error: Exception, source: Source) -> FreeblockError:
    """What the YAML reader complains about, at the place it names."""
    mark = getattr(error, "problem_mark", None)
    place = min((mark.index if mark else 0) + _shift(source), len(source.text))
    reason = getattr(error, "problem", None) or "the text cannot be read"
    context = getattr(error, "context", None)
    hint = None
    if source.text[place : place + 1] == "\t":
        hint = "indent with blanks, not with tabs"
    elif "escape" in reason:
        hint = "a backslash means something in double quotes; take single quotes, or none"
    message = f"this is not YAML: {reason}" + (f" {context}" if context else "")
    return FreeblockError(message, Span(source, place, place + 1), hint)


def _shift(source: Source) -> int:
    """The characters before the YAML text: a byte order mark, which YAML readers do not count alike."""
    return 1 if source.text.startswith("\ufeff") else 0


class _Tree:
    """Builds the tree of one text with a stack of its own."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.shift = _shift(source)
        self.open: list[tuple[int, list[Value] | None, dict[str, tuple[Scalar, Value]] | None]] = []
        self.keys: list[Scalar | Unreadable | None] = []
        self.root: Value | None = None

    def read(self) -> Value | None:
        import yaml  # noqa: PLC0415 - see read_document

        documents = 0
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        event: Any
        for number, event in enumerate(yaml.parse(self.source.text[self.shift :], Loader=loader)):
            kind = type(event)
            if number > VALUES:
                self.problems.add(f"the {self.problems.what} holds more than {VALUES} values", self._span(event))
                self.problems.raise_any()
            if kind is yaml.ScalarEvent:
                self._refuse_marks(event)
                # PyYAML's C reader names a plain style "" and its Python reader None.
                self._place(Scalar(event.value, self._span(event), event.style or ""))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._begin(event, kind is yaml.MappingStartEvent)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end(event)
            elif kind is yaml.AliasEvent:
                span = self._span(event)
                self.problems.add("aliases are not read", span, "write the value out")
                self._place(Unreadable(span))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.problems.add(f"a {self.problems.what} is one YAML document", self._span(event))
                    self.problems.raise_any()
        return self.root

    def _span(self, event: Any) -> Span:
        return Span(self.source, event.start_mark.index + self.shift, event.end_mark.index + self.shift)

    def _refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self.problems.add("anchors are not read", self._span(event), "write the value out")
        if event.tag is not None:
            self.problems.add("tags are not read", self._span(event), "write the value without its `!` tag")

    def _begin(self, event: Any, mapping: bool) -> None:
        self._refuse_marks(event)
        if len(self.open) == DEPTH:
            self.problems.add(f"values are nested more than {DEPTH} deep", self._span(event))
            self.problems.raise_any()
        start = event.start_mark.index + self.shift
        self.open.append((start, None, {}) if mapping else (start, [], None))
        self.keys.append(None)

    def _end(self, event: Any) -> None:
        start, items, entries = self.open.pop()
        self.keys.pop()
        end = event.end_mark.index + self.shift
        # A block ends where the next begins; its own text ends with its last line that is not blank.
        span = Span(self.source, start, start + len(self.source.text[start:end].rstrip()))
        if entries is None:
            self._place(Listing(tuple(items or ()), span))
        else:
            self._place(Mapping(entries, span))

    def _place(self, value: Value) -> None:
        """Put a finished value where it belongs: a list item, a name, or the value of a name."""
        if not self.open:
            self.root = value
            return
        _, items, entries = self.open[-1]
        if items is not None:
            items.append(value)
            return
        assert entries is not None
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._key(value, entries)
            return
        self.keys[-1] = None
        if isinstance(key, Scalar):
            entries[key.text] = (key, value)

    def _key(self, value: Value, entries: dict[str, tuple[Scalar, Value]]) -> Scalar | Unreadable:
        if isinstance(value, Unreadable):
            return value
        if not isinstance(value, Scalar):
            self.problems.add("a name is expected before the colon", value.span)
            return Unreadable(value.span)
        if len(value.text) > KEY_LENGTH:
            self.problems.add(f"a name is longer than {KEY_LENGTH} characters", value.span)
            return Unreadable(value.span)
        known = entries.get(value.text)
        if known is not None:
            self.problems.add(
                f"`{value.text}` is written twice",
                value.span,
                f"it stands first in line {known[0].span.line}",
            )
            return Unreadable(value.span)
        return value
