"""The values under one name of a library, each read as what it must be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from freeblock.errors import FreeblockError, did_you_mean
from freeblock.language.names import NAME_LENGTH, foreign_character, spell
from freeblock.language.nodes import Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.rules.document import Listing, Mapping, Problems, Scalar, Unreadable, Value
from freeblock.rules.schema import RESERVED
from freeblock.source import Span

Word = TypeVar("Word", bound=str)

FORMULAS = 10_000  # of a library, at most
FORMULAS_LENGTH = 100_000  # characters of all its formulas, at most
FORMULA_LENGTH = 10_000  # characters of a formula of a library, at most
_WORD_LENGTH = 60  # characters of a wrong word that are repeated

_NAME = re.compile(r"[^\W\d_]\w*")
_LINE_END = re.compile(r"\r\n|\r|\n|\Z")


class Fields:
    """The entries of a mapping; a mistake is noted in `problems` and the entry read as missing."""

    def __init__(self, value: Value, what: str, known: Sequence[str], at: Span, problems: Problems) -> None:
        self.what = what
        self.at = at
        self.problems = problems
        self.entries: dict[str, tuple[Scalar, Value]] = {}
        self.readable = isinstance(value, Mapping)
        if isinstance(value, Mapping):
            self.entries = value.entries
            self._refuse_unknown(known)
        elif not isinstance(value, Unreadable):
            hint = f"the keys are {_row(known)}"
            problems.add(f"{what} needs entries of the form `key: value`", value.span, hint)

    def _refuse_unknown(self, known: Sequence[str]) -> None:
        for name, (key, value) in self.entries.items():
            if name in known:
                continue
            close = did_you_mean(name, known)
            hint = f"did you mean `{close}`?" if close else f"the keys are {_row(known)}"
            if isinstance(value, Scalar) and value.span.start == value.span.end:
                hint = "between braces a comma ends the value: put a formula that holds one in quotes"
            self.problems.add(f"{self.what} has no key `{name}`", key.span, hint)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def span(self, key: str) -> Span:
        """The place of a key that is there, else of the whole."""
        return self.entries[key][0].span if key in self.entries else self.at

    def value(self, key: str) -> Value | None:
        """The value as it is written."""
        return self.entries[key][1] if key in self.entries else None

    def require(self, *keys: str) -> None:
        """Complain about each key that is missing."""
        for key in keys:
            if self.readable and key not in self.entries:
                self.problems.add(f"{self.what} lacks `{key}`", self.at)

    def scalar(self, key: str) -> Scalar | None:
        """One text that is not empty."""
        value = self.value(key)
        if value is None or isinstance(value, Unreadable):
            return None
        return as_scalar(value, f"`{key}`", self.span(key), self.problems)

    def text(self, key: str) -> str | None:
        """A text for people, blanks and line breaks folded into single blanks."""
        scalar = self.scalar(key)
        return None if scalar is None else self.shown(scalar, f"`{key}`")

    def shown(self, scalar: Scalar, what: str) -> str | None:
        """The text of a value for people, which steers no terminal."""
        text = " ".join(scalar.text.split())
        if text.isprintable():
            return text
        self.problems.add(f"{what} holds a character that cannot be shown", scalar.span)
        return None

    def flag(self, key: str) -> bool:
        """true or false; a missing key is false."""
        scalar = self.scalar(key)
        if scalar is not None and scalar.text not in ("true", "false"):
            self.problems.add(f"`{key}` is true or false", scalar.span)
        return scalar is not None and scalar.text == "true"

    def choice(self, key: str, choices: Sequence[Word]) -> Word | None:
        """One of a few words."""
        scalar = self.scalar(key)
        if scalar is None:
            return None
        for choice in choices:
            if choice == scalar.text:
                return choice
        word = " ".join(scalar.text[:_WORD_LENGTH].split())
        close = did_you_mean(word, choices)
        self.problems.add(
            f"`{key}` cannot be `{word}`",
            scalar.span,
            f"did you mean `{close}`?" if close else f"it is one of {_row(choices)}",
        )
        return None

    def name(self, key: str) -> str | None:
        """A name, Greek letters spelled out."""
        scalar = self.scalar(key)
        return None if scalar is None else as_name(scalar, f"`{key}`", self.problems)

    def formula(self, key: str) -> Node | None:
        """A formula of numbers."""
        scalar = self.scalar(key)
        return None if scalar is None else as_formula(scalar, self.problems)

    def relation(self, key: str) -> Relation | None:
        """A comparison of formulas."""
        scalar = self.scalar(key)
        return None if scalar is None else as_relation(scalar, self.problems)

    def items(self, key: str) -> tuple[Value, ...]:
        """The values of a list; none for a missing key."""
        value = self.value(key)
        if isinstance(value, Listing):
            return value.items
        if value is not None and not isinstance(value, Unreadable):
            self.problems.add(f"`{key}` is a list", self.span(key), f"write `{key}: [first, second]`")
        return ()

    def mapping(self, key: str) -> dict[str, tuple[Scalar, Value]]:
        """The entries under a key whose names are free to choose; none for a missing key."""
        value = self.value(key)
        if isinstance(value, Mapping):
            return value.entries
        if value is not None and not isinstance(value, Unreadable):
            self.problems.add(f"`{key}` needs entries of the form `name: value`", self.span(key))
        return {}


def as_scalar(value: Value, what: str, at: Span, problems: Problems) -> Scalar | None:
    """One text that is not empty, else a complaint."""
    if isinstance(value, Unreadable):
        return None
    if not isinstance(value, Scalar):
        problems.add(f"{what} is one value, not several", value.span)
    elif not value.text.strip():
        problems.add(f"{what} is empty", at)
    else:
        return value
    return None


def as_name(scalar: Scalar, what: str, problems: Problems) -> str | None:
    """The name that a text spells, else a complaint."""
    name = spell(scalar.text[: NAME_LENGTH + 1])
    if not _NAME.fullmatch(name) or foreign_character(name) is not None or len(name) > NAME_LENGTH:
        problems.add(
            f"{what} is a name: a letter, then letters, digits and underscores, {NAME_LENGTH} at most",
            scalar.span,
        )
        return None
    if name in RESERVED:
        problems.add(f"the name `{name}` is reserved", scalar.span)
        return None
    return name


def as_formula(scalar: Scalar, problems: Problems) -> Node | None:
    """The formula that a text holds, else a complaint at the place of the mistake."""
    parsed = _parse(scalar, problems)
    if isinstance(parsed, Relation):
        problems.lost += 1
        problems.add("a comparison stands where a formula is expected", parsed.span)
        return None
    return parsed


def as_relation(scalar: Scalar, problems: Problems) -> Relation | None:
    """The comparison that a text holds, else a complaint at the place of the mistake."""
    parsed = _parse(scalar, problems)
    if parsed is not None and not isinstance(parsed, Relation):
        problems.lost += 1
        problems.add("a comparison is expected here", parsed.span, "for instance `0 <= p <= 1`")
        return None
    return parsed


def _parse(scalar: Scalar, problems: Problems) -> Node | Relation | None:
    span = scalar.span
    if span.end - span.start > FORMULA_LENGTH:
        problems.lost += 1
        problems.add(f"a formula of a library has at most {FORMULA_LENGTH} characters", span)
        return None
    problems.formulas += 1
    problems.characters += span.end - span.start
    if problems.formulas > FORMULAS or problems.characters > FORMULAS_LENGTH:
        problems.add(
            f"a library has at most {FORMULAS} formulas of {FORMULAS_LENGTH} characters together", span
        )
        problems.raise_any()
    start, end = span.start, span.end
    if scalar.style in ("'", '"'):
        start, end = start + 1, end - 1
    elif scalar.style in ("|", ">"):
        match = _LINE_END.search(span.source.text, start)
        start = match.end() if match else end
    try:
        return parse_formula(span.source, start, end)
    except FreeblockError as error:
        problems.lost += 1
        problems.add_error(error)
        return None


def _row(words: Sequence[str]) -> str:
    return ", ".join(words)
