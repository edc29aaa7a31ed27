"""Our own rules as they are written: read from YAML once, then from the user's cache."""

from __future__ import annotations

from functools import cache
from typing import Any

from freeblock.resources import cached, directory
from freeblock.rules.document import Listing, Mapping, Problems, Scalar, Value
from freeblock.rules.reader import read_rules
from freeblock.source import Source, Span

FILE = "components.yaml"
FORMAT = "1"  # of the cached data; a new number forgets every older cache


@cache
def shipped_rules() -> dict[str, tuple[Scalar, Value]]:
    """The rules by name; their formulas are read when a rule is asked for. Raises ErrorList for a faulty text."""
    text = (directory("library") / FILE).read_text(encoding="utf-8")
    source = Source(f"library/{FILE}", text)
    return _unpacked_entries(cached("library", (FORMAT, text), lambda: _read(source)), source)


def _read(source: Source) -> list[Any]:
    problems = Problems()
    written = read_rules(source, problems)
    problems.raise_any()
    return _packed_entries(written)


def _packed_entries(entries: dict[str, tuple[Scalar, Value]]) -> list[Any]:
    return [(_packed(key), _packed(value)) for key, value in entries.values()]


def _packed(value: Value) -> tuple[Any, ...]:
    """A value as plain data: its kind, its place, and what is in it."""
    place = value.span.start, value.span.end
    if isinstance(value, Scalar):
        return "scalar", *place, value.text, value.style
    if isinstance(value, Listing):
        return "listing", *place, [_packed(item) for item in value.items]
    assert isinstance(value, Mapping)  # where something is unreadable there are problems
    return "mapping", *place, _packed_entries(value.entries)


def _unpacked_entries(entries: list[Any], source: Source) -> dict[str, tuple[Scalar, Value]]:
    unpacked: dict[str, tuple[Scalar, Value]] = {}
    for packed, value in entries:
        key = _unpacked(packed, source)
        assert isinstance(key, Scalar)
        unpacked[key.text] = key, _unpacked(value, source)
    return unpacked


def _unpacked(packed: list[Any], source: Source) -> Value:
    kind, start, end, *content = packed
    span = Span(source, start, end)
    if kind == "scalar":
        text, style = content
        return Scalar(text, span, style)
    if kind == "listing":
        return Listing(tuple(_unpacked(item, source) for item in content[0]), span)
    return Mapping(_unpacked_entries(content[0], source), span)
