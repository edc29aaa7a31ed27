"""Our own rules as they are written: read from YAML once, then from the user's cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from freeblock.resources import cached, directory
from freeblock.rules.document import Listing, Problems, Scalar, Value
from freeblock.rules.document import Mapping as Entries
from freeblock.rules.reader import read_rules
from freeblock.source import Source, Span

FILES = ("components.yaml", "images.yaml")
FORMAT = "2"  # of the cached data; a new number forgets every older cache


class Shipped(Mapping[str, tuple[Scalar, Value]]):
    """The rules by name, each made of its cached form when it is asked for, in the order they are written."""

    def __init__(self, packed: dict[str, tuple[Source, list[Any]]], aliases: dict[str, str]) -> None:
        self._packed = packed
        self.aliases = aliases
        """Alias → the name of its rule."""

    def __getitem__(self, name: str) -> tuple[Scalar, Value]:
        source, (key, value) = self._packed[name]
        scalar = _unpacked(key, source)
        assert isinstance(scalar, Scalar)
        return scalar, _unpacked(value, source)

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


@cache
def shipped_rules() -> Shipped:
    """Our rules; their formulas are read when a rule is asked for. Raises ErrorList for a faulty text."""
    folder = directory("library")
    sources = [Source(f"library/{file}", (folder / file).read_text(encoding="utf-8")) for file in FILES]
    made_of = FORMAT, *[source.text for source in sources]
    files, aliases = cached("library", made_of, lambda: _read(sources))
    packed = {name: (source, entry) for source, entries in zip(sources, files, strict=True)
              for name, entry in entries.items()}
    return Shipped(packed, aliases)


def _read(sources: Sequence[Source]) -> list[Any]:
    """The rules of each file as plain data, by name, and the aliases of all."""
    files: list[dict[str, list[Any]]] = []
    aliases: dict[str, str] = {}
    for source in sources:
        problems = Problems()
        written = read_rules(source, problems)
        problems.raise_any()
        files.append({name: [_packed(key), _packed(value)] for name, (key, value) in written.items()})
        for name, (_, value) in written.items():
            listed = value.entries.get("aliases") if isinstance(value, Entries) else None
            if listed and isinstance(listed[1], Listing):
                aliases.update((item.text, name) for item in listed[1].items if isinstance(item, Scalar))
    return [files, aliases]


def _packed_entries(entries: dict[str, tuple[Scalar, Value]]) -> list[Any]:
    return [(_packed(key), _packed(value)) for key, value in entries.values()]


def _packed(value: Value) -> tuple[Any, ...]:
    """A value as plain data: its kind, its place, and what is in it."""
    place = value.span.start, value.span.end
    if isinstance(value, Scalar):
        return "scalar", *place, value.text, value.style
    if isinstance(value, Listing):
        return "listing", *place, [_packed(item) for item in value.items]
    assert isinstance(value, Entries)  # where something is unreadable there are problems
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
    return Entries(_unpacked_entries(content[0], source), span)
