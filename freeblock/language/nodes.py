"""The tree of a parsed text: frozen nodes that know their place in it and nothing else.

Spans take no part in equality, so a tree equals what its printed form parses to. A node that stood in
parentheses has them in its span.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from freeblock.language.records import Record, record
from freeblock.source import Source, Span

ChainOperator: TypeAlias = Literal[">>", "|", "+"]
IndexedKind: TypeAlias = Literal["serial", "sum", "stack", "product"]


@record
class Number(Record):
    """An exact number: an int where it is whole."""

    value: int | Fraction
    span: Span


@record
class Name(Record):
    """A name, Greek letters spelled out."""

    name: str
    span: Span


@record
class Argument(Record):
    """One argument of a call; `keyword` is None for a positional one."""

    keyword: str | None
    value: Node
    span: Span


@record
class Call(Record):
    """A name with arguments in parentheses."""

    name: str
    arguments: tuple[Argument, ...]
    span: Span
    name_span: Span


@record
class Chain(Record):
    """Two or more parts joined by one operator; a part that is subtracted is a Negate in a `+` chain."""

    operator: ChainOperator
    parts: tuple[Node, ...]
    span: Span


@record
class Product(Record):
    """Two or more factors; a divisor, never the first, is a Reciprocal."""

    parts: tuple[Node, ...]
    span: Span


@record
class Negate(Record):
    """Minus the operand."""

    operand: Node
    span: Span


@record
class Reciprocal(Record):
    """One over the operand."""

    operand: Node
    span: Span


@record
class Power(Record):
    """The base raised to, or repeated by, the exponent."""

    base: Node
    exponent: Node
    span: Span


@record
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


@record
class Relation(Record):
    """Two or more formulas compared in a row; `operators` are among < <= > >= and =."""

    parts: tuple[Node, ...]
    operators: tuple[str, ...]
    span: Span


@record
class Input(Record):
    """`input m` or `input (channels, height, width)`."""

    shape: tuple[Node, ...]
    span: Span


@record
class Assume(Record):
    """`assume` and what it grants."""

    relation: Relation
    span: Span


@record
class Definition(Record):
    """`name = body` or `name(parameters) = body`: a recipe, drawn afresh at each use."""

    name: str
    parameters: tuple[str, ...]
    body: Node
    span: Span
    name_span: Span


@record
class Let(Record):
    """`let name = body`: one random object, shared wherever the name is used."""

    name: str
    body: Node
    span: Span
    name_span: Span


@record
class ExpressionStatement(Record):
    """An expression on a line of its own."""

    body: Node
    span: Span


Statement: TypeAlias = Input | Assume | Definition | Let | ExpressionStatement


@record
class Program(Record):
    """A whole text, statement by statement."""

    statements: tuple[Statement, ...]
    source: Source
