"""The tree of a parsed text: frozen nodes that know their place in it and nothing else.

Spans take no part in equality, so a tree equals what its printed form parses to. A node that stood in
parentheses has them in its span.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any, ClassVar, Literal, TypeAlias

from freeblock.source import Source, Span

ChainOperator: TypeAlias = Literal[">>", "|", "+"]
IndexedKind: TypeAlias = Literal["serial", "sum", "stack", "product"]


class Record:
    """Equality, hash and representation by every field except spans and sources.

    Written once here because methods generated for each dataclass cost a quarter of the import.
    """

    __slots__ = ()
    _names: ClassVar[tuple[str, ...]]
    _key: ClassVar[Callable[[Any], Any]]

    def __init_subclass__(cls) -> None:
        cls._names = tuple(
            name for name, kind in cls.__annotations__.items() if kind not in ("Span", "Source")
        )
        cls._key = attrgetter(*cls._names)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or bool(type(self)._key(self) == type(self)._key(other))

    def __hash__(self) -> int:
        return hash((type(self), type(self)._key(self)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({shown})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Record):
    """An exact number: an int where it is whole."""

    value: int | Fraction
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Record):
    """A name, Greek letters spelled out."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Argument(Record):
    """One argument of a call; `keyword` is None for a positional one."""

    keyword: str | None
    value: Node
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Record):
    """A name with arguments in parentheses."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chain(Record):
    """Two or more parts joined by one operator; a part that is subtracted is a Negate in a `+` chain."""

    operator: ChainOperator
    parts: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Product(Record):
    """Two or more factors; a divisor, never the first, is a Reciprocal."""

    parts: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Negate(Record):
    """Minus the operand."""

    operand: Node
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reciprocal(Record):
    """One over the operand."""

    operand: Node
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Power(Record):
    """The base raised to, or repeated by, the exponent."""

    base: Node
    exponent: Node
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Indexed(Record):
    """A body over an index from `lower` to `upper`: `serial`, `sum`, `stack` of blocks, `sum`, `product` of numbers."""

    kind: IndexedKind
    index: str
    lower: Node
    upper: Node
    body: Node
    span: Span
    index_span: Span


Node: TypeAlias = Number | Name | Call | Chain | Product | Negate | Reciprocal | Power | Indexed


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Relation(Record):
    """Two or more formulas compared in a row; `operators` are among < <= > >= and =."""

    parts: tuple[Node, ...]
    operators: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Input(Record):
    """`input m` or `input (channels, height, width)`."""

    shape: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assume(Record):
    """`assume` and what it grants."""

    relation: Relation
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Definition(Record):
    """`name = body` or `name(parameters) = body`: a recipe, drawn afresh at each use."""

    name: str
    parameters: tuple[str, ...]
    body: Node
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Let(Record):
    """`let name = body`: one random object, shared wherever the name is used."""

    name: str
    body: Node
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExpressionStatement(Record):
    """An expression on a line of its own."""

    body: Node
    span: Span


Statement: TypeAlias = Input | Assume | Definition | Let | ExpressionStatement


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Program(Record):
    """A whole text, statement by statement."""

    statements: tuple[Statement, ...]
    source: Source
