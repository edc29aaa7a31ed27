"""The eigenvalues of XXᵀ as a user writes them: `1, 2, 1/2`, `2 x 10` (ten times 2), `1/k for k=1..20`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import mpmath

from freeblock.errors import DomainError, LanguageError, LimitError
from freeblock.formula.expression import Expression, number
from freeblock.formula.precise import evaluate_precisely
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.source import Source, Span

DIGITS = 30
LARGEST = 2_000
"""Eigenvalues, at most."""
_TIMES = re.compile(r"\sx\s*(\d{1,9})\s*$")
_RANGE = re.compile(r"\sfor\s+([A-Za-z]\w*)\s*=\s*(\d{1,9})\s*\.\.\s*(\d{1,9})\s*$")

Value = Any
"""A number of mpmath, which has no types."""


def read_spectrum(source: Source) -> list[Value]:
    """The eigenvalues, in the order in which they are written.

    Items are separated by commas or line breaks; in a file, what follows # is a comment. Raises LanguageError,
    DomainError (an eigenvalue that is negative or no number) and LimitError.
    """
    values: list[Value] = []
    for start, end in _items(source):
        values += _item(source, start, end, LARGEST - len(values))
    if not values:
        raise LanguageError("there is no eigenvalue", Span(source, 0, len(source.text)),
                            "write for example `1, 2, 1/2`, or `1/k for k=1..20`")
    if not any(values):
        raise DomainError("all eigenvalues are 0", Span(source, 0, len(source.text)), "X is not the zero matrix")
    return values


def _items(source: Source) -> Iterator[tuple[int, int]]:
    """The stretches between commas and line breaks that stand outside parentheses, without comments and blanks."""
    text = source.text
    start, depth, place = 0, 0, 0
    while place <= len(text):
        char = text[place] if place < len(text) else "\n"
        depth += (char == "(") - (char == ")")
        if char == "#" or (char in ",\n" and (depth <= 0 or char == "\n")):
            stretch = text[start:place]
            if char == "," and not stretch.strip():
                raise LanguageError("an eigenvalue is missing before the comma", Span(source, place, place + 1),
                                    "write the eigenvalue, or remove the comma")
            if stretch.strip():
                yield start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())
            if char == "#":
                place = text.find("\n", place) if "\n" in text[place:] else len(text)
            start, depth = place + 1, 0
        place += 1


def _item(source: Source, start: int, end: int, room: int) -> list[Value]:
    text = source.text[start:end]
    span = Span(source, start, end)
    if (match := _RANGE.search(text)) is not None:
        name, first, last = match[1], int(match[2]), int(match[3])
        if first > last:
            raise DomainError(f"the index runs from {first} to {last}", span, "write the smaller bound first")
        _check_room(last - first + 1, room, span)
        node = _parsed(source, start, start + match.start())
        return [_value(to_expression(node, {name: number(place)}, free=False), span)
                for place in range(first, last + 1)]
    times = _TIMES.search(text)
    count = int(times[1]) if times else 1
    _check_room(count, room, span)
    node = _parsed(source, start, start + times.start() if times else end)
    return [_value(to_expression(node, {}, free=False), span)] * count


def _parsed(source: Source, start: int, end: int) -> Node:
    node = parse_formula(source, start, end)
    if isinstance(node, Relation):
        raise LanguageError("a relation is no eigenvalue", node.span, "separate eigenvalues by commas")
    return node


def _check_room(count: int, room: int, span: Span) -> None:
    if count > room:
        raise LimitError(f"there are more than {LARGEST} eigenvalues", span)


def _value(expression: Expression, span: Span) -> Value:
    try:
        value = evaluate_precisely(expression, {}, DIGITS)
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error) or "the eigenvalue has no value", span) from None
    if value < 0:
        raise DomainError(f"an eigenvalue of XXᵀ is {mpmath.nstr(value, 6)}, which is negative", span,
                          "give the eigenvalues of XXᵀ, the squares of the singular values of X")
    if value and not mpmath.mpf(10) ** -30 < value < mpmath.mpf(10) ** 30:
        raise DomainError("an eigenvalue lies outside 10^-30 … 10^30", span, "scale X; the gap does not change")
    return value
