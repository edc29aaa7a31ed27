"""The components of a network one after the other, with what each puts out and how many weights it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from freeblock.formula.closed_forms import sum_over
from freeblock.formula.expression import ONE, ZERO, Expression
from freeblock.formula.sums import total
from freeblock.language.formulas import to_expression
from freeblock.language.walk import Pass, Step, run
from freeblock.network.image import Image
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.wording import in_words


class Layer(NamedTuple):
    """One component, or the place where branches meet or a repeated block ends."""

    depth: int
    """How many sums, stacks and repeats stand around it."""
    label: str
    image: Image | None
    """What it puts out, where that is an image."""
    width: Expression
    """How many coordinates it puts out."""
    weights: Expression
    biases: Expression
    """As many as it has where it has any."""
    component: str | None
    """The name of the rule; None for a place."""


class Counted(NamedTuple):
    """The layers in the order of the data, and the weights and biases of the whole network."""

    layers: tuple[Layer, ...]
    weights: Expression
    biases: Expression


def layers_of(network: Network, unbiased: Sequence[str] = ()) -> Counted:
    """The table of a network; the components named in `unbiased` have no biases."""
    table = _Table(frozenset(unbiased))
    weights, biases, _ = run(table.whole(network.block, network.image))
    return Counted(tuple(table.layers), weights + table.shared[0], biases + table.shared[1])


_Found = tuple[Expression, Expression, Image | None]
"""Weights and biases without those drawn by `let`, and the image that comes out."""


class _Table:
    def __init__(self, unbiased: frozenset[str]) -> None:
        self.layers: list[Layer] = []
        self.shared: tuple[Expression, Expression] = ZERO, ZERO
        """Weights and biases of what `let` draws, counted once."""
        self._unbiased = unbiased
        self._drawn: set[int] = set()

    def whole(self, block: Block, image: Image | None) -> Pass[_Found]:
        """The layers of a whole network on an image or a vector."""
        return (yield self._block(block, image, 0))

    def _block(self, block: Block, image: Image | None, depth: int) -> Step[_Found]:
        if isinstance(block, Leaf):
            return self._leaf(block, image, depth)
        if isinstance(block, Scale):
            return self._block(block.block, image, depth)
        if isinstance(block, (Serial, Commuting)):
            return self._serial(block.parts, image, depth)
        if isinstance(block, (Sum, Stack)):
            return self._branches(block, image, depth)
        return self._repeated(block, image, depth)

    def _leaf(self, leaf: Leaf, image: Image | None, depth: int) -> _Found:
        geometry = leaf.geometry
        scope = {"channels": leaf.columns if image is None else image.channels, **leaf.arguments}
        if geometry is not None:
            image = geometry.after
        elif leaf.rule.acts_on == "vector" or leaf.rule.on_images is not None:
            image = None
        weights, biases = (ZERO if node is None else to_expression(node, scope, free=False)
                           for node in (leaf.rule.weights, leaf.rule.biases))
        if leaf.rule.name in self._unbiased:
            biases = ZERO
        self.layers.append(Layer(depth, leaf.label, image, leaf.rows, weights, biases, leaf.rule.name))
        if not leaf.shared:
            return weights, biases, image
        if leaf.identity not in self._drawn:
            self._drawn.add(leaf.identity)
            self.shared = self.shared[0] + weights, self.shared[1] + biases
        return ZERO, ZERO, image

    def _serial(self, parts: Sequence[Block], image: Image | None, depth: int) -> Pass[_Found]:
        counts = []
        for part in parts:
            weights, biases, image = yield self._block(part, image, depth)
            counts.append((weights, biases))
        return total(one for one, _ in counts), total(other for _, other in counts), image

    def _branches(self, block: Sum | Stack, image: Image | None, depth: int) -> Pass[_Found]:
        found = []
        for part in block.parts:
            found.append((yield self._block(part, image, depth + 1)))
        out = found[0][2]
        if out is not None and isinstance(block, Stack):
            out = out.with_channels(total(end.channels for _, _, end in found if end is not None))
        name = "sum" if isinstance(block, Sum) else "stack"
        self.layers.append(Layer(depth, f"{name} of {len(found)}", out, block.rows, ZERO, ZERO, None))
        return total(one for one, _, _ in found), total(other for _, other, _ in found), out

    def _repeated(self, block: Repeat | Indexed, image: Image | None, depth: int) -> Pass[_Found]:
        body = block.block if isinstance(block, Repeat) else block.body
        weights, biases, out = yield self._block(body, image, depth + 1)
        if isinstance(block, Repeat):
            name = f"{in_words(block.count)} in series"
            weights, biases = weights * block.count, biases * block.count
        else:
            name = f"{block.kind} for {block.index} = {in_words(block.lower)} … {in_words(block.upper)}"
            weights, biases = (sum_over(block.index, one, block.lower, block.upper) for one in (weights, biases))
            if out is not None and block.kind == "stack":
                out = out.with_channels(out.channels * (block.upper - block.lower + ONE))
        self.layers.append(Layer(depth, name, out, block.rows, ZERO, ZERO, None))
        return weights, biases, out
