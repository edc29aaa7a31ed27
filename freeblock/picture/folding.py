"""Equal neighbours in a chain are drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from freeblock.formula.expression import Expression
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale
from freeblock.network.tree import children_first, parts_of

LONGEST_PERIOD = 24
"""Groups of more neighbours are not looked for."""
_WORTH = 2
"""A run is folded if it saves so many boxes."""


class Run(NamedTuple):
    """`copies` groups of `length` parts that are alike, from `start` on."""

    start: int
    length: int
    copies: int


class Kinds:
    """Numbers for blocks: two blocks with one number are drawn alike, statistics of their place apart."""

    def __init__(self, root: Block) -> None:
        self._numbers: dict[object, int] = {}
        self._kind: dict[Block, int] = {}
        self._boxes: dict[int, int] = {}
        for block in children_first(root):
            kind = self._kind[block] = self._numbers.setdefault(self._key(block), len(self._numbers))
            self._boxes[kind] = 1 if isinstance(block, Leaf) else sum(self.boxes(part) for part in parts_of(block))

    def boxes(self, block: Block) -> int:
        """The number of components inside."""
        return self._boxes[self._kind[block]]

    def runs(self, parts: Sequence[Block]) -> list[Run]:
        """The parts of a chain from first to last, equal neighbours together."""
        kinds = [self._kind[part] for part in parts]
        found: list[Run] = []
        here = 0
        while here < len(kinds):
            best = Run(here, 1, 1)
            saved = _WORTH - 1
            for length in range(1, min(LONGEST_PERIOD, (len(kinds) - here) // 2) + 1):
                count = _copies(kinds, here, length)
                gain = (count - 1) * sum(self.boxes(part) for part in parts[here:here + length])
                if gain > saved:
                    best, saved = Run(here, length, count), gain
            found.append(best)
            here += best.length * best.copies
        return found

    def _key(self, block: Block) -> object:
        inner = tuple(self._kind[part] for part in parts_of(block))
        if isinstance(block, Leaf):
            values = frozenset((name, value) for name, value in block.arguments.items() if name not in fresh(block))
            return (id(block.rule), block.written, values, block.given, block.traits,
                    block.identity if block.shared else None)
        if isinstance(block, Scale):
            return (Scale, block.factor, inner)
        if isinstance(block, Repeat):
            return (Repeat, block.count, inner)
        if isinstance(block, Indexed):
            # Two forms may give their index different names; they are then drawn both.
            return (Indexed, block.kind, block.index, block.lower, block.upper, inner)
        return (type(block), inner)


def fresh(leaf: Leaf) -> dict[str, Expression]:
    """The parameters that stand for an unknown of this place, with their symbols."""
    return {name: leaf.arguments[name] for name, parameter in leaf.rule.parameters.items()
            if parameter.fresh is not None and name not in leaf.given and name in leaf.arguments}


def _copies(kinds: Sequence[int], start: int, length: int) -> int:
    group = kinds[start:start + length]
    count = 1
    while kinds[start + count * length:start + (count + 1) * length] == group:
        count += 1
    return count
