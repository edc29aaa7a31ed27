"""The resolved tree: leaves bound to rules, definitions expanded, every width known. Nodes know nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from freeblock.formula.expression import Expression
from freeblock.language.records import record
from freeblock.network.image import Geometry
from freeblock.rules.rule import Jacobian, Rule
from freeblock.source import Span


@record
class Leaf:
    """One component at one place: J is rows×columns, rows outputs and columns inputs."""

    rule: Rule
    arguments: Mapping[str, Expression]
    """Every parameter's value, defaults included; also fan_in and fan_out."""
    given: frozenset[str]
    """The parameters the user wrote."""
    jacobian: Jacobian
    traits: frozenset[str]
    """The traits of the rule whose conditions are certain here."""
    rows: Expression
    columns: Expression
    identity: int
    """The random object: equal for all uses of one `let` object, fresh otherwise."""
    shared: bool
    """Drawn by `let`: copies under ^ and indices are the same object."""
    label: str
    """How it is called in print: its expression, e.g. `dense(var=2/fan_in)`."""
    span: Span
    renormalizes: bool = False
    """A normalisation of a vector that is normalised already."""
    geometry: Geometry | None = None
    """How a component for images moves channels and positions."""

    @property
    def written(self) -> int | None:
        """The identity of a function that stands in the text: what else two leaves of one rule may differ in."""
        means = self.jacobian.means
        return None if means is None or means.shared else id(means)

    @property
    def formulas(self) -> tuple[Expression, ...]:
        """What its law rests on: the arguments, and what names in a function stand for."""
        means = self.jacobian.means
        return (*self.arguments.values(), *(() if means is None else means.names(self.arguments).values()))


@record
class Serial:
    """Blocks one after the other; parts[0] acts first, so J = J_last … J_first."""

    parts: tuple[Block, ...]
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Sum:
    """Parallel blocks on one input whose outputs are added."""

    parts: tuple[Block, ...]
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Stack:
    """Parallel blocks on one input whose outputs are stacked."""

    parts: tuple[Block, ...]
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Scale:
    """factor · block."""

    factor: Expression
    block: Block
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Repeat:
    """`count` copies of a square block in series; fresh weights in each copy unless drawn by `let`."""

    block: Block
    count: Expression
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Indexed:
    """serial, sum or stack of body(index) for index = lower … upper, with fresh weights at each index."""

    kind: Literal["serial", "sum", "stack"]
    index: str
    lower: Expression
    upper: Expression
    body: Block
    rows: Expression
    columns: Expression
    label: str
    span: Span


@record
class Commuting:
    """Adjacent diagonals in series, which commute: their moments multiply classically, not freely."""

    parts: tuple[Block, ...]
    rows: Expression
    columns: Expression
    label: str
    span: Span


Block = Commuting | Leaf | Serial | Sum | Stack | Scale | Repeat | Indexed
