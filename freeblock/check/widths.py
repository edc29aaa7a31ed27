"""Input widths at which every width of a network is a whole number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from freeblock.check.environment import Environment, Value
from freeblock.errors import DomainError
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale
from freeblock.source import Span

INPUT = "n"
"""The symbol of the input width."""


def at_width(block: Block, values: Mapping[str, Value], width: int) -> dict[str, Value]:
    """The values with the input width put in: for `n`, and for m where the text says `input m`.

    A text that fixes its input width (`input 784`) has that one, whatever is asked for.
    """
    fixed = block.columns.number()
    if fixed is not None:
        return {**values, INPUT: fixed}
    names = symbols(block.columns)
    other = next(iter(names)) if len(names) == 1 else INPUT
    plain = Expression({frozenset(((other, 1),)): 1}) == block.columns
    return {**values, INPUT: width, **({other: width} if plain else {})}


def check_widths(block: Block, values: Mapping[str, Value], width: int) -> None:
    """Refuse an input width at which another is not whole. Raises DomainError with one that would do."""
    environment = Environment(at_width(block, values, width))
    for formula, what, span in _formulas(block):
        try:
            environment.whole(formula, what, span)
        except DomainError as error:
            if error.hint is None:
                error = DomainError(error.message, error.span, _hint(block, values, width))
            raise error from None


def fitting_width(block: Block, values: Mapping[str, Value], candidates: Iterable[int]) -> int | None:
    """The first candidate at which every width is whole and positive; None where there is none."""
    formulas = _formulas(block)
    for width in candidates:
        environment = Environment(at_width(block, values, width))
        try:
            if all(environment.whole(formula, what, span) > 0 for formula, what, span in formulas):
                return width
        except DomainError:
            continue
    return None


def half_width(block: Block, values: Mapping[str, Value], width: int) -> int | None:
    """The input width nearest to half of this one that fits; None where there is none near."""
    near = sorted(range(-(-width // 3), 2 * width // 3 + 1), key=lambda candidate: abs(2 * candidate - width))
    return fitting_width(block, values, near)


def _hint(block: Block, values: Mapping[str, Value], width: int) -> str | None:
    first = fitting_width(block, values, range(width + 1, 3 * width))
    if first is None:
        return None
    second = fitting_width(block, values, range(first + 1, 3 * width + first))
    step = None if second is None else second - first
    if step is not None and first % step == 0:
        return f"choose a width that is a multiple of {step}, such as {first}"
    return f"choose another width, such as {first}"


def _formulas(block: Block) -> list[tuple[Expression, str, Span]]:
    """Every distinct width in the tree, with its block; those that depend on an index are left out."""
    found: dict[Expression, tuple[Expression, str, Span]] = {}
    indices: set[str] = set()
    waiting: list[Any] = [block]
    while waiting:
        current: Block = waiting.pop()
        if isinstance(current, Leaf):
            what = f"the width of `{current.label}`"
            for formula in (current.columns, current.rows):
                found.setdefault(formula, (formula, what, current.span))
        elif isinstance(current, Repeat | Scale):
            waiting.append(current.block)
        elif isinstance(current, Indexed):
            indices.add(current.index)
            waiting.append(current.body)
        else:
            waiting.extend(reversed(current.parts))
    return [entry for entry in found.values() if not symbols(entry[0]) & indices]
