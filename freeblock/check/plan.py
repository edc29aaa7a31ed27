"""A resolved tree at given numbers: the flat list of steps that one forward pass takes.

Everything that does not change from draw to draw (widths, parameters, the number of copies) is worked out
here once; `forward` then runs the steps as often as samples are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from freeblock.check.environment import Environment, Value
from freeblock.check.place import Place, Shape, place_of, shape_of
from freeblock.check.weights import KERNELS, WEIGHTS
from freeblock.errors import DomainError, LimitError, ShapeError
from freeblock.language.walk import Pass, run
from freeblock.network.image import Image
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial, Sum
from freeblock.source import Span

LEAVES = 10_000
"""Components in one network, every copy counted, at most."""
STEPS = 100_000
"""Steps of one forward pass, at most."""
ENTRIES = 2**26
"""Entries of one matrix, at most (half a gigabyte)."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Keep the signal: parallel branches begin."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch ends: keep what it gave and go back to the signal at the fork."""


@dataclass(frozen=True, slots=True)
class Join:
    """The branches since the last fork are added or stacked."""

    kind: Literal["sum", "stack"]


@dataclass(frozen=True, slots=True)
class Factor:
    """The signal is multiplied by a number."""

    value: float


Step: TypeAlias = Place | Fork | Branch | Join | Factor


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one forward pass from `columns` inputs to `rows` outputs."""

    steps: tuple[Step, ...]
    rows: int
    columns: int
    groups: int
    """Distinct leaves of the tree; Place.group is below it."""
    widths: tuple[int, ...]
    """The input width of each component, in order: the spaces that random matrices are multiplied over."""
    image: Shape | None = None
    """The shape of the input of a network on images."""

    @property
    def needs_batch(self) -> bool:
        """Whether statistics are taken over the batch."""
        return any(isinstance(step, Place) and step.over_batch for step in self.steps)

    @property
    def work(self) -> float:
        """Floating-point operations of one sample, roughly; a random number counts as two hundred."""
        places = [step for step in self.steps if isinstance(step, Place) and step.sampler.name in WEIGHTS]
        entries = sum(place.rows * place.columns * (2 * self.columns + 200) for place in places)
        small, large = sorted((self.rows, self.columns))
        return entries + 2.0 * small * small * (large + small) + 5e4 * len(self.steps)


def make_plan(
    block: Block, values: Mapping[str, Value], network: bool = False, image: Image | None = None
) -> Plan:
    """The steps of a tree at these values of its symbols (`n` included).

    In network mode an unknown statistic of a normalisation needs no value, since it is measured.
    Raises DomainError (a width that is not whole, a symbol without a value, a value outside its domain),
    ShapeError (widths that do not fit at these values), LimitError, and RefusedError (no sampler).
    """
    environment = Environment(values)
    columns = environment.whole(block.columns, "the input width", block.span)
    _check_width(columns, block.span)
    builder = _Builder(network, image is not None)
    rows = run(builder.block(block, environment, columns))
    widths = tuple(step.columns for step in builder.steps if isinstance(step, Place))
    return Plan(tuple(builder.steps), rows, columns, max(1, len(builder.groups)), widths,
                None if image is None else shape_of(image, environment, block.span))


def _check_width(width: int, span: Span) -> None:
    if width < 1:
        raise DomainError(f"the width is {width} here, and a width is at least 1", span)


@dataclass(slots=True)
class _Builder:
    """Writes the steps of a tree; each generator takes the input width and returns the output width."""

    network: bool
    on_images: bool
    steps: list[Step] = field(default_factory=list)
    groups: dict[int, int] = field(default_factory=dict)
    leaves: int = 0

    def block(self, block: Block, environment: Environment, width: int) -> Pass[int]:
        if isinstance(block, Leaf):
            rows = self._leaf(block, environment, width)
        elif isinstance(block, Serial):
            rows = width
            for part in block.parts:
                rows = yield self.block(part, environment, rows)
        elif isinstance(block, Scale):
            rows = yield self.block(block.block, environment, width)
            self._add(Factor(environment.real(block.factor, "the factor", block.span)), block.span)
        elif isinstance(block, Repeat):
            rows = yield self._repeat(block, environment, width)
        elif isinstance(block, Indexed):
            rows = yield self._indexed(block, environment, width)
        else:
            parts = [(part, environment) for part in block.parts]
            rows = yield self._parallel("sum" if isinstance(block, Sum) else "stack", parts, block, width)
        return rows

    def _leaf(self, leaf: Leaf, environment: Environment, width: int) -> int:
        group = self.groups.setdefault(id(leaf), len(self.groups))
        place = place_of(leaf, environment, group, self.network)
        if place.columns != width:
            raise ShapeError(f"`{leaf.label}` takes {place.columns} inputs and is given {width}", leaf.span)
        _check_width(place.rows, leaf.span)
        name = place.sampler.name
        if name not in KERNELS and (name in WEIGHTS or not self.on_images) and place.rows * place.columns > ENTRIES:
            raise LimitError(f"a matrix of {place.rows} × {place.columns} is too large to draw", leaf.span,
                             "a narrower copy of the network can be checked: --narrow 8" if self.on_images else None)
        self._count_leaves(1, leaf.span)
        self._add(place, leaf.span)
        return place.rows

    def _parallel(
        self, kind: Literal["sum", "stack"], parts: list[tuple[Block, Environment]], block: Block, width: int
    ) -> Pass[int]:
        self._add(Fork(), block.span)
        rows: list[int] = []
        for part, environment in parts:
            rows.append((yield self.block(part, environment, width)))
            self._add(Branch(), block.span)
        if kind == "sum" and len(set(rows)) > 1:
            raise ShapeError(f"blocks with {min(rows)} and {max(rows)} outputs are added here", block.span)
        self._add(Join(kind), block.span)
        return rows[0] if kind == "sum" else sum(rows)

    def _repeat(self, block: Repeat, environment: Environment, width: int) -> Pass[int]:
        count = environment.whole(block.count, "the number of copies", block.span)
        if count < 0:
            raise DomainError(f"the number of copies is {count} here", block.span)
        if not count:
            return width
        start = len(self.steps)
        rows = yield self.block(block.block, environment, width)
        if count > 1 and rows != width:
            raise ShapeError(f"a block from {width} to {rows} units is repeated here", block.span)
        copy = self.steps[start:]
        self._count_leaves((count - 1) * sum(isinstance(step, Place) for step in copy), block.span)
        self._check_steps((count - 1) * len(copy), block.span)
        if copy:
            self.steps.extend(copy * (count - 1))
        return rows

    def _indexed(self, block: Indexed, environment: Environment, width: int) -> Pass[int]:
        lower = environment.whole(block.lower, "the lower bound", block.span)
        upper = environment.whole(block.upper, "the upper bound", block.span)
        if upper - lower >= LEAVES:
            raise LimitError(f"a network of more than {LEAVES} components is too large to sample", block.span)
        bodies = [(block.body, environment.bind(block.index, value)) for value in range(lower, upper + 1)]
        if block.kind == "serial":
            for body, inner in bodies:
                width = yield self.block(body, inner, width)
            return width
        if not bodies:
            raise DomainError(f"the {block.kind} from {lower} to {upper} is empty", block.span)
        rows = yield self._parallel(block.kind, bodies, block, width)
        return rows

    def _add(self, step: Step, span: Span) -> None:
        self._check_steps(1, span)
        self.steps.append(step)

    def _count_leaves(self, more: int, span: Span) -> None:
        self.leaves += more
        if self.leaves > LEAVES:
            raise LimitError(f"a network of more than {LEAVES} components is too large to sample", span)

    def _check_steps(self, more: int, span: Span) -> None:
        if len(self.steps) + more > STEPS:
            raise LimitError("the network is too large to sample", span)
