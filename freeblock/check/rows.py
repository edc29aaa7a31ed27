"""The blocks of a network in series, copy by copy: at their inputs gradients are measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from freeblock.check.environment import Environment, Value
from freeblock.check.plan import make_plan
from freeblock.errors import LimitError
from freeblock.formula.expression import number
from freeblock.network.image import Image
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial

ROWS = 200
"""Rows of a table, at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One block of the chain: a component, a copy under `^`, a sum, a stack."""

    label: str
    tail: Block
    """The network from this block on."""
    steps: int
    """How many steps of a pass the block takes."""


def rows_of(block: Block, values: Mapping[str, Value], network: bool, image: Image | None) -> list[Row]:
    """The blocks in series, copies one by one; a unit-wise block behind a maximum belongs to it.

    Raises what `make_plan` raises, and LimitError for a chain of more than ROWS blocks.
    """
    environment = Environment(values)
    rows: list[Row] = []
    before: Block | None = None
    parts = _opened(block)
    for place, part in enumerate(parts):
        for label, one, head, inner in _copies(part, environment, values):
            steps = len(make_plan(one, inner, network, image).steps)
            if before is not None and _sees_the_maximum(one, before):
                last = rows.pop()
                rows.append(Row(f"{last.label} >> {label}", last.tail, last.steps + steps))
            else:
                rows.append(Row(label, _serial([head, *parts[place + 1:]], block), steps))
            before = one
            if len(rows) > ROWS:
                raise LimitError(f"a table of more than {ROWS} blocks is too long", block.span,
                                 "give parts of the network names, or check a part of it")
    return rows


def cuts_of(rows: Sequence[Row]) -> list[int]:
    """Before which step of the whole network each row begins."""
    cuts, here = [], 0
    for row in rows:
        cuts.append(here)
        here += row.steps
    return cuts


def _opened(block: Block) -> list[Block]:
    """The parts of nested chains."""
    opened: list[Block] = []
    waiting = [block]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Serial):
            waiting.extend(reversed(part.parts))
        else:
            opened.append(part)
    return opened


def _copies(
    part: Block, environment: Environment, values: Mapping[str, Value]
) -> Iterator[tuple[str, Block, Block, Mapping[str, Value]]]:
    """What one part of a chain is called, each of its copies, those copies from that one on, and values for it."""
    if isinstance(part, Repeat):
        count = environment.whole(part.count, "the number of copies", part.span)
        for place in range(min(count, ROWS + 1)):
            head = replace(part, count=number(count - place))
            yield f"{part.block.label}, copy {place + 1}", part.block, head, values
    elif isinstance(part, Indexed) and part.kind == "serial":
        lower = environment.whole(part.lower, "the lower bound", part.span)
        upper = environment.whole(part.upper, "the upper bound", part.span)
        for place in range(lower, min(upper, lower + ROWS) + 1):
            rest = replace(part, lower=number(place))
            yield f"{part.body.label}, {part.index} = {place}", part.body, rest, {**values, part.index: place}
    else:
        yield part.label, part, part, values


def _sees_the_maximum(block: Block, before: Block) -> bool:
    """Whether the signs that a block looks at are those of the maxima before it."""
    block = block.block if isinstance(block, Scale) else block
    return (isinstance(block, Leaf) and block.rule.kind == "activation" and isinstance(before, Leaf)
            and before.geometry is not None and before.geometry.over == "one" and block.geometry is None)


def _serial(parts: Sequence[Block], whole: Block) -> Block:
    if len(parts) == 1:
        return parts[0]
    return Serial(tuple(parts), whole.rows, parts[0].columns, whole.label, whole.span)
