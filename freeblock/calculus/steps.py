"""The laws of every block of a normal form, and the steps that derive them: the derivation is the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from freeblock.calculus.closed_laws import begins_with_zero, indexed_law
from freeblock.calculus.composite_laws import ALIKE_PARTS, CompositeLaws
from freeblock.calculus.diagonals import is_diagonal
from freeblock.calculus.law import (
    Diagonal,
    Law,
    diagonal_power,
    diagonal_product,
    diagonal_sum,
    repeated_law,
    scaled,
    serial_law,
    serial_weights,
    stack_law,
    sum_law,
)
from freeblock.calculus.leaf_laws import leaf_diagonal
from freeblock.calculus.likeness import LeafLaws
from freeblock.calculus.possible_laws import PossibleLaws
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.products import product
from freeblock.language.records import record
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import children_first, parts_of


class Premise(NamedTuple):
    """A part used in a step: the step that derived it, its law, and its weight m_L/m_i in a chain."""

    step: int
    block: Block
    law: Law
    weight: Expression


class Step(NamedTuple):
    """One theorem applied: premises in, law out."""

    number: int
    theorem: str
    block: Block
    premises: tuple[Premise, ...]
    law: Law


class Steps:
    """Laws and steps of a normal form, children first; equal components share one step."""

    def __init__(
        self, block: Block, order: int, stated: frozenset[str] = frozenset(), whole: frozenset[str] = frozenset(),
        after: Steps | None = None, *, only_means: bool = False,
    ) -> None:
        """With `after`, the laws and steps of a tree with some blocks in common are gone on from.

        With `only_means`, blocks that have parts get φ alone: the law of the whole is to be restated.
        """
        self._order = order
        self._only_means = only_means
        self.laws: dict[Block, Law] = {} if after is None else {
            block: law for block, law in after.laws.items() if isinstance(block, Leaf) or not after._only_means}
        self.steps: list[Step] = [] if after is None else list(after.steps)
        self.step_of: dict[Block, int] = {} if after is None else dict(after.step_of)
        self.longer_than_one: list[Indexed] = []
        """Sums and stacks of which the law is that of two blocks or more."""
        self._components: dict[tuple[object, ...], tuple[Law, int]] = {}
        self._diagonals: dict[Block, Diagonal] = {}
        self._leaf_laws: LeafLaws = LeafLaws(order, stated, whole) if after is None else after._leaf_laws
        self._possible = PossibleLaws()
        self._composite_laws: CompositeLaws = CompositeLaws() if after is None else after._composite_laws
        for part in children_first(block):
            self._take(part)

    def _take(self, block: Block) -> None:
        if block in self.laws:
            return
        if isinstance(block, Leaf):
            self._take_leaf(block)
            return
        parts = parts_of(block)
        laws = [self.laws[part].mean_alone() if self._only_means else self.laws[part] for part in parts]
        weights = [ONE] * len(parts)
        law: Law
        if is_diagonal(block) and not isinstance(block, Scale):
            theorem = "diagonal-sum" if isinstance(block, Sum) else "diagonal-product"
            law = self._diagonal(block).law()
        elif isinstance(block, Serial):
            # The law of a long chain is its own; short ones are branches, and alike.
            alike = len(laws) <= ALIKE_PARTS and any([law.model for law in laws])
            weights = serial_weights(laws)
            theorem, law = "serial", self._composite_laws.law(serial_law, laws) if alike else serial_law(laws, weights)
        elif isinstance(block, Sum):
            theorem, law = "sum", self._composite_laws.law(sum_law, laws)
        elif isinstance(block, Stack):
            theorem, law = "stack", self._composite_laws.law(stack_law, laws)
        elif isinstance(block, Scale):
            theorem, law = "scale", scaled(laws[0], product(((block.factor, 2),)))
        elif isinstance(block, Repeat):
            theorem, law = "repeat", repeated_law(laws[0], block.count)
        else:
            assert isinstance(block, Indexed)
            theorem, law = f"indexed-{block.kind}", indexed_law(block, laws[0])
            if begins_with_zero(block, laws[0]):
                self.longer_than_one.append(block)
        self._add(theorem, block, law, [
            self.premise(part, weight) for part, weight in zip(parts, weights, strict=True)])

    def restate(self, root: Block, law: Law, theorem: str = "positions") -> None:
        """Give the whole block another law, which rests on its components alone."""
        kept = [step for step in self.steps if step.theorem == "component"]
        numbers = {step.number: place for place, step in enumerate(kept, 1)}
        last = len(kept) + 1
        self.step_of = {block: numbers.get(step, last) for block, step in self.step_of.items()}
        self.steps = [step._replace(number=place) for place, step in enumerate(kept, 1)]
        premises = tuple(Premise(step.number, step.block, step.law, ONE) for step in self.steps)
        self.laws[root] = law
        self.steps.append(Step(last, theorem, root, premises, law))

    def prove(self, root: Block, law: Law, settled: frozenset[Block]) -> None:
        """Give the whole block another law, by the overlap theorem from the same premises.

        With components that are settled there it rests on the others alone.
        """
        if settled:
            self.steps = [step for step in self.steps if step.block not in settled]
            self.restate(root, law, "overlap")
            return
        place = self.step_of[root] - 1
        self.laws[root] = law
        self.steps[place] = self.steps[place]._replace(theorem="overlap", law=law)

    def premise(self, block: Block, weight: Expression = ONE) -> Premise:
        """A derived block as the premise of a further step."""
        return Premise(self.step_of[block], block, self.laws[block], weight)

    def _take_leaf(self, leaf: Leaf) -> None:
        kind = self._leaf_laws.kind(leaf)
        key = (id(kind), *[leaf.arguments[name] for name in kind.given])
        known = self._components.get(key)
        if known is None:
            law = self._leaf_laws.law(leaf, kind)
            if law.model is None and leaf.geometry is None:
                self._possible.check(leaf, law)
            self._add("component", leaf, law, ())
            self._components[key] = (law, self.step_of[leaf])
        else:
            self.laws[leaf], self.step_of[leaf] = known

    def _add(self, theorem: str, block: Block, law: Law, premises: Sequence[Premise]) -> None:
        self.laws[block] = law
        self.step_of[block] = len(self.steps) + 1
        self.steps.append(Step(len(self.steps) + 1, theorem, block, tuple(premises), law))

    def _diagonal(self, block: Block) -> Diagonal:
        """Signed moments, children first (the children of a diagonal are diagonals)."""
        for part in children_first(block):
            if part not in self._diagonals:
                self._diagonals[part] = self._diagonal_once(part)
        return self._diagonals[block]

    def _diagonal_once(self, block: Block) -> Diagonal:
        if isinstance(block, Leaf):
            return leaf_diagonal(block, self._order)
        known = [self._diagonals[part] for part in parts_of(block)]
        if isinstance(block, Scale):
            moments = tuple(product(((moment, 1), (block.factor, j))) for j, moment in enumerate(known[0].moments, 1))
            return Diagonal(block.rows, moments)
        if isinstance(block, Repeat):
            return diagonal_power(known[0], block.count)
        return diagonal_sum(known) if isinstance(block, Sum) else diagonal_product(known)


@record
class Contribution:
    """The share of one kind of block in κ of the whole: `count` blocks, together `kappa`."""

    block: str
    count: Expression
    kappa: Expression


def contributions(root: Block, laws: dict[Block, Law], side: Literal["out", "in"] = "out") -> list[Contribution]:
    """κ of the given side as a sum over the blocks of the outermost chain, equal ones together."""
    if laws[root].kappa is None:
        return []
    found: dict[tuple[str, Expression], Expression] = {}
    counts: dict[tuple[str, Expression], Expression] = {}
    waiting: list[tuple[Block, Expression]] = [(root, ONE)]
    rows = root.rows if side == "out" else root.columns
    while waiting:
        block, count = waiting.pop()
        if isinstance(block, Scale):
            waiting.append((block.block, count))
        elif isinstance(block, Serial):
            waiting.extend([(part, count) for part in reversed(block.parts)])
        elif isinstance(block, Repeat) and not is_diagonal(block):
            waiting.append((block.block, product(((count, 1), (block.count, 1)))))
        else:
            # Jᵀ is the chain of the transposes, and its outputs are the inputs of J.
            law = laws[block] if side == "out" else laws[block].input_side()
            once = law.state[0] if law.rows == rows else product(((law.state[0], 1), (rows, 1), (law.rows, -1)))
            share = once if count is ONE else product(((once, 1), (count, 1)))
            key = (block.label, once)
            found[key] = found[key] + share if key in found else share
            counts[key] = counts[key] + count if key in counts else count
    return [Contribution(key[0], counts[key], kappa) for key, kappa in found.items()]
