"""The forward algebra: one more fold over the tree of a network, whose state is a signal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite

from freeblock.errors import LimitError, OptionError, RefusedError
from freeblock.language.walk import Pass, run
from freeblock.network.nodes import Block, Commuting, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import is_skip
from freeblock.signals.compiled import number_of
from freeblock.signals.leaf_maps import FunctionMap, LeafMaps, Passed, Split
from freeblock.signals.signal import Signal, added, stacked

COPIES = 100_000
"""Copies of a block that are followed one by one."""
Progress = Callable[[int], None]


class Passing:
    """Follows a signal through blocks of one network, whose published constants are `known`."""

    def __init__(self, known: Mapping[str, Fraction], progress: Progress | None = None) -> None:
        self._known = known
        self.maps = LeafMaps(known)
        self._progress = progress
        self._passed = 0
        self.last: tuple[FunctionMap, Signal] | None = None
        """The activation that was passed last, and the signal it met."""

    def through(self, block: Block, signal: Signal) -> Passed:
        """The signal behind a block, with φ and χ of the block. Raises RefusedError, OptionError, LimitError."""
        return run(self._visit(block, signal))

    def copies(self, block: Repeat) -> int:
        """How many copies are followed. Raises OptionError for a symbol, LimitError for too many."""
        count = block.count.number()
        if not isinstance(count, int):
            raise OptionError(f"`{block.label}` has no number of copies", block.span,
                              "a signal is followed copy by copy: give the depth a value, such as --set L=50")
        if count > COPIES:
            raise LimitError(f"`{block.label}` has more than {COPIES} copies", block.span, "follow fewer of them")
        return count

    def _visit(self, block: Block, signal: Signal) -> Pass[Passed]:
        if isinstance(block, Leaf):
            one = self.maps.of(block)
            passed = one(signal)
            if isinstance(one, FunctionMap):
                self.last = one, signal
            if not isfinite(passed.signal.q):
                raise RefusedError(f"the mean square behind `{block.label}` is too large for a number", block.span)
            self._passed += 1
            if self._progress is not None:
                self._progress(self._passed)
            return passed
        if isinstance(block, (Serial, Commuting)):
            return (yield self._series(block.parts, signal))
        if isinstance(block, Repeat):
            return (yield self._series([block.block] * self.copies(block), signal))
        if isinstance(block, Scale):
            inner = yield self._visit(block.block, signal)
            return self._scaled(block, inner)
        if isinstance(block, (Sum, Stack)):
            parts = []
            for part in block.parts:
                parts.append((yield self._visit(part, signal.forked())))
            return self._sum(block, signal, parts) if isinstance(block, Sum) else self._stack(block, parts)
        raise OptionError(f"the bounds of `{block.label}` have no value", block.span,
                          "a signal is followed copy by copy: give the depth a value, such as --set L=50")

    def _series(self, parts: list[Block] | tuple[Block, ...], signal: Signal) -> Pass[Passed]:
        phi: float | None = 1.0
        chi: float | None = 1.0
        passed = Passed(signal, phi, chi)
        for part in parts:
            passed = yield self._visit(part, passed.signal)
            phi, chi = times(phi, passed.phi), times(chi, passed.chi)
        return Passed(passed.signal, phi, chi, passed.split if len(parts) == 1 else None)

    def _scaled(self, block: Scale, inner: Passed) -> Passed:
        factor = number_of(block.factor, self._known)
        square = factor**2
        signal = inner.signal.mapped(
            lambda group: group._replace(q=square * group.q, covariance=square * group.covariance,
                                         mean=factor * group.mean),
            gaussian=inner.signal.gaussian, forks=inner.signal.forks)
        return Passed(signal, times(square, inner.phi), times(square, inner.chi), inner.split)

    def _sum(self, block: Sum, before: Signal, parts: list[Passed]) -> Passed:
        split = _split(block, parts)
        others = [part for part, passed in zip(block.parts, parts, strict=True) if passed.signal.forks]
        if len(others) > 1:
            function = self.maps.of_sum(block, others)
            if function is None:
                raise RefusedError(f"`{others[0].label}` and `{others[1].label}` are added, and how they are "
                                   "correlated is not known", block.span,
                                   "a branch that ends with a fresh weight is uncorrelated")
            # Functions of the same units are one function; a skip that is correlated is not diluted by it.
            met = before.forked()
            added_up, split = function(met), None
            if not added_up.signal.gaussian:
                self.last = function, met
            parts = [added_up, *[passed for passed in parts if not passed.signal.forks]]
        signal = added([passed.signal for passed in parts])
        if signal is None:
            raise RefusedError(f"`{block.label}` adds vectors whose units differ in different ways", block.span)
        return Passed(signal, total([passed.phi for passed in parts]), total([passed.chi for passed in parts]),
                      split)

    def _stack(self, block: Stack, parts: list[Passed]) -> Passed:
        shares = [number_of(part.rows / block.rows, self._known) for part in block.parts]
        signal = stacked([(share, passed.signal) for share, passed in zip(shares, parts, strict=True)])
        return Passed(signal, total([times(share, passed.phi) for share, passed in zip(shares, parts, strict=True)]),
                      total([times(share, passed.chi) for share, passed in zip(shares, parts, strict=True)]))


def _split(block: Sum, parts: list[Passed]) -> Split | None:
    """The skip beside the branches, where there is one of them."""
    skips = [passed for part, passed in zip(block.parts, parts, strict=True) if is_skip(part)]
    branches = [passed for part, passed in zip(block.parts, parts, strict=True) if not is_skip(part)]
    size = sum(passed.signal.q for passed in branches)
    if len(skips) != 1 or not size:
        return None
    return Split(skips[0].signal.q, skips[0].phi, size, total([passed.phi for passed in branches]))


def times(first: float | None, second: float | None) -> float | None:
    """The product, None where one of the two is not known."""
    return None if first is None or second is None else first * second


def total(values: list[float | None]) -> float | None:
    """The sum, None where one of them is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
