"""The overlap theorem: φ and ϕ of pre-activation residual networks and DenseNets whose patterns share one stream.

docs/theory/overlap.md states and proves it. Everything here is a number: the recursion has one step per block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from typing import Literal

from freeblock.calculus.derivation import derive
from freeblock.calculus.forward import check_vectors
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.errors import LimitError, RefusedError
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.signals.compiled import number_of
from freeblock.signals.leaf_maps import FunctionMap, LeafMaps, RuleMap
from freeblock.signals.overlap_recursion import Pattern, Progress, Step, correlations, dense, residual
from freeblock.signals.signal import Group, Signal, input_signal

BLOCKS = 2000
"""Blocks, at most: the recursion looks at each pair of them."""
_FORM = "the theorem is for `id + (norm >> activation >> weights)` or `id | (norm >> activation >> dense)`, repeated"


@dataclass(frozen=True, slots=True)
class Overlap:
    """φ, φ_2 by the theorem, and φ_2 with patterns that were independent."""

    kind: Literal["residual", "dense"]
    steps: tuple[Step, ...]
    phi: float
    second: float
    plain: float
    error: float
    """The largest relative error of a quadrature."""

    @property
    def variance(self) -> float:
        """ϕ."""
        return self.second - self.phi**2

    @property
    def kappa(self) -> float:
        """ϕ/φ²."""
        return self.second / self.phi**2 - 1

    @property
    def plain_kappa(self) -> float:
        """κ of free blocks."""
        return self.plain / self.phi**2 - 1


def overlap(network: Network, q: float, c: float, progress: Progress | None = None) -> Overlap:
    """φ and ϕ for a Gaussian input of mean square q and correlation c of two inputs.

    Raises RefusedError for a network of another form, OptionError for a symbol without a value, LimitError.
    """
    check_vectors(network)
    known = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    blocks = _blocks(network.block)
    kinds = {type(block) for block in blocks}
    if kinds not in ({Sum}, {Stack}):
        raise RefusedError(f"`{network.block.label}` is no chain of pre-activation blocks", network.block.span, _FORM)
    walk = _Walk(network, known)
    steps = walk.through(blocks, input_signal(q, c), progress)
    if kinds == {Sum}:
        correlated = correlations(steps, progress)
        independent = [[first.patterns[0].square * second.patterns[0].square for second in steps] for first in steps]
        (phi, second), (_, plain) = residual(steps, correlated), residual(steps, independent)
        return Overlap("residual", steps, phi, second, plain, walk.maps.error)
    (phi, second), (_, plain) = dense(steps, shared=True), dense(steps, shared=False)
    return Overlap("dense", steps, phi, second, plain, walk.maps.error)


def _blocks(block: Block) -> list[Block]:
    """The blocks of a chain one by one. Raises LimitError."""
    found: list[Block] = []
    waiting: list[Block] = [block]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Serial):
            waiting += reversed(part.parts)
        elif isinstance(part, Repeat) and isinstance(count := part.count.number(), int):
            if count * (len(waiting) + 1) > BLOCKS:
                raise LimitError(f"`{part.label}` has more than {BLOCKS} copies", part.span)
            waiting += [part.block] * count
        elif isinstance(part, Repeat):
            raise RefusedError(f"`{part.label}` has no number of copies", part.span,
                               "the recursion has a step for each: give the depth a value, such as --set L=8")
        else:
            found.append(part)
        if len(found) > BLOCKS:
            raise LimitError(f"the network has more than {BLOCKS} blocks", block.span)
    return found


class _Walk:
    """The stream from block to block, and what each block makes of it."""

    def __init__(self, network: Network, known: Mapping[str, Fraction]) -> None:
        self._network, self._known = network, known
        self.maps = LeafMaps(known)
        self._proved: set[tuple[int, ...]] = set()

    def through(self, blocks: Sequence[Block], signal: Signal, progress: Progress | None = None) -> tuple[Step, ...]:
        """One step per block. Raises RefusedError."""
        steps: list[Step] = []
        for place, block in enumerate(blocks):
            if progress is not None:
                progress(place, len(blocks))
            assert isinstance(block, (Sum, Stack))
            factor, head, rest = self._branch(block)
            step, after = self._step(block, factor, head, rest, signal)
            if steps and step.means.function != steps[0].means.function:
                raise RefusedError("the blocks have different activations, whose joint law is not worked out",
                                   block.span)
            steps.append(step)
            signal = after
        return tuple(steps)

    def _branch(self, block: Sum | Stack) -> tuple[float, list[Leaf], list[Leaf]]:
        """The factor of the branch, its components up to the activation, and those behind it."""
        skips = [part for part in block.parts if isinstance(part, Leaf) and part.rule.name == "id"]
        others = [part for part in block.parts if not (isinstance(part, Leaf) and part.rule.name == "id")]
        if len(skips) != 1 or len(others) != 1 or (isinstance(block, Stack) and block.parts[0] is not skips[0]):
            raise RefusedError(f"`{block.label}` is not an identity and one branch", block.span, _FORM)
        factor, branch = 1.0, others[0]
        if isinstance(branch, Scale):
            factor, branch = number_of(branch.factor, self._known), branch.block
        leaves = _chain(branch)
        places = [place for place, leaf in enumerate(leaves) if isinstance(self.maps.of(leaf), FunctionMap)]
        first = places[0] if places else len(leaves)
        head, rest = leaves[: first + 1], leaves[first + 1:]
        sound = places and rest and all("scalar" in leaf.traits for leaf in head[:-1])
        if not sound or not all({"left", "right", "central"} <= leaf.traits for leaf in (rest[0], rest[-1])):
            raise RefusedError(f"`{branch.label}` is not an activation before fresh weights", branch.span, _FORM)
        if isinstance(block, Stack) and (len(rest) > 1 or rest[0].rule.name != "dense"):
            raise RefusedError(f"`{branch.label}` has more than one dense layer behind its activation", branch.span,
                               "for stacks the theorem is proved with one")
        self._check(rest, block)
        return factor, head, rest

    def _check(self, rest: list[Leaf], block: Block) -> None:
        """φ and κ of the weights behind the activation are proved."""
        key = tuple(id(leaf) for leaf in rest)
        if key in self._proved:
            return
        chain: Block = rest[0] if len(rest) == 1 else Serial(
            tuple(rest), rest[-1].rows, rest[0].columns, block.label, block.span)
        from_network = derive(replace(self._network, block=chain))
        if from_network.proved < 2:
            raise RefusedError(f"ϕ of what is behind the activation of `{block.label}` is not proved", block.span)
        self._proved.add(key)

    def _step(
        self, block: Sum | Stack, factor: float, head: list[Leaf], rest: list[Leaf], stream: Signal
    ) -> tuple[Step, Signal]:
        function = self.maps.of(head[-1])
        assert isinstance(function, FunctionMap)
        is_scaling = function.means.sides is not None
        patterns, groups = [], []
        overall = self._through_norms(head[:-1], Group(1.0, stream.q, stream.covariance, stream.mean))
        for group in stream.groups:
            normed, scale, centred = self._through_norms(head[:-1], group)
            if not centred and head[:-1]:
                # A norm over units divides all of them by one number.
                normed, scale, centred = _scaled(group, overall[1]), overall[1], False
                if isinstance(block, Stack) and not is_scaling:
                    raise RefusedError(f"`{head[-1].label}` meets a stream that is scaled anew in each block, so its "
                                       "slopes change", head[-1].span, "batch norm and relu are proved")
            size = normed.q
            patterns.append(Pattern(scale * function.means.slope_moment(2, size),
                                    scale**2 * function.means.slope_moment(4, size), scale, size, group, centred))
            groups.append(normed)
        passed = function(Signal(tuple(groups), stream.gaussian))
        signal, phi, kappa = passed.signal, factor**2, 0.0
        last = number_of(rest[-1].rows / self._network.width, self._known)
        for leaf in rest:
            one = self.maps.of(leaf)
            through = one(signal)
            if through.phi is None:
                raise RefusedError(f"φ of `{leaf.label}` is not known here", leaf.span)
            rows = number_of(leaf.rows / self._network.width, self._known)
            phi *= through.phi
            kappa += last / rows * self._kappa(leaf, one, signal)
            signal = through.signal
        branch = signal.groups[0]
        square = factor**2
        added = Group(1.0, square * branch.q, square * branch.covariance, factor * branch.mean)
        if isinstance(block, Sum):
            after = Signal(tuple([Group(group.share, group.q + added.q, group.covariance + added.covariance, group.mean)
                                  for group in stream.groups]), True)
        else:
            width = number_of(block.columns / self._network.width, self._known)
            whole = width + last
            after = Signal((*[group._replace(share=group.share * width / whole) for group in stream.groups],
                            added._replace(share=last / whole)), True)
        return Step(tuple(patterns), function, phi, kappa, last), after

    def _through_norms(self, norms: list[Leaf], group: Group) -> tuple[Group, float, bool]:
        """A group behind the norms before an activation, the square of what they multiply by, and if they centre."""
        scale, centred = 1.0, False
        signal = Signal((group._replace(share=1.0),), True)
        for leaf in norms:
            one = self.maps.of(leaf)
            assert isinstance(one, RuleMap)
            passed = one(signal)
            assert passed.phi is not None
            scale *= passed.phi
            centred = centred or one.batchwise
            signal = passed.signal
        return signal.groups[0]._replace(share=group.share), scale, centred

    def _kappa(self, leaf: Leaf, one: FunctionMap | RuleMap, signal: Signal) -> float:
        if isinstance(one, FunctionMap):
            q = signal.groups[0].q
            return one.means.slope_moment(4, q) / one.means.slope_moment(2, q) ** 2 - 1
        kappa = leaf_law(leaf, 2).kappa
        return 0.0 if kappa is None else number_of(kappa, self._known)


def _scaled(group: Group, square: float) -> Group:
    return Group(group.share, square * group.q, square * group.covariance, sqrt(square) * group.mean)


def _chain(block: Block) -> list[Leaf]:
    """The components of a chain. Raises RefusedError where a block in it is not one component."""
    parts = block.parts if isinstance(block, Serial) else (block,)
    found = []
    for part in parts:
        if isinstance(part, Serial):
            found += _chain(part)
        elif isinstance(part, Leaf):
            found.append(part)
        else:
            raise RefusedError(f"`{part.label}` stands in a branch", part.span, _FORM)
    return found
