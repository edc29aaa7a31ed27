"""A network with every copy written out, and at each place the statistics that the data had there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from freeblock.check.environment import Environment, Value
from freeblock.check.unknowns import is_measured, unknowns_of
from freeblock.formula.expression import Expression, number
from freeblock.formula.rational import Rational
from freeblock.language.walk import Pass, run
from freeblock.network.identity import identity
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial
from freeblock.network.tree import children_first, leaves

Uses = Mapping[str, Sequence[Rational]]
"""Symbol → its value at each place that shows it, in the order of a forward pass."""


def differs_by_place(block: Block, uses: Mapping[str, Sequence[object]]) -> bool:
    """Whether one symbol stands at several places; those inside an indexed block are not told apart."""
    return any(len(values) > 1 for values in uses.values()) and not any(
        isinstance(part, Indexed) and any(is_measured(leaf, True) and unknowns_of(leaf) for leaf in leaves(part))
        for part in children_first(block))


def unrolled(block: Block, values: Mapping[str, Value], uses: Uses) -> Block:
    """The tree where each use of a symbol in `uses` is its number; a part of a network has the last of the uses."""
    environment = Environment(values)
    counting = _Unrolling(environment, {})
    run(counting.block(block))
    taken = {name: list(found)[len(found) - counting.places.get(name, 0):] for name, found in uses.items()}
    return run(_Unrolling(environment, taken).block(block))


class _Unrolling:
    """Visits the leaves in the order of a forward pass."""

    def __init__(self, environment: Environment, uses: Mapping[str, Sequence[Rational]]) -> None:
        self._environment, self._uses = environment, uses
        self._identities = count(1 << 32)  # beyond those of any text
        self.places: dict[str, int] = {}
        """Symbol → the number of its places so far."""

    def block(self, block: Block) -> Pass[Block]:
        """The block with numbers for its statistics."""
        if isinstance(block, Leaf):
            return self._leaf(block)
        if isinstance(block, Repeat):
            copies = self._environment.whole(block.count, "the number of copies", block.span)
            parts = []
            for _ in range(copies):
                parts.append((yield self.block(block.block)))
            if not parts:
                return identity(block.columns, block.span)
            return Serial(tuple(parts), block.rows, block.columns, block.label, block.span)
        if isinstance(block, Indexed):
            return block
        if isinstance(block, Scale):
            return replace(block, block=(yield self.block(block.block)))
        parts = []
        for part in block.parts:
            parts.append((yield self.block(part)))
        return replace(block, parts=tuple(parts))

    def _leaf(self, leaf: Leaf) -> Leaf:
        found: dict[str, Expression] = {}
        for name, symbol in (unknowns_of(leaf) if is_measured(leaf, network=True) else {}).items():
            place = self.places.get(symbol, 0)
            self.places[symbol] = place + 1
            if symbol in self._uses:
                found[name] = number(self._uses[symbol][place])
        return replace(leaf, arguments={**leaf.arguments, **found},
                       identity=leaf.identity if leaf.shared else next(self._identities))
