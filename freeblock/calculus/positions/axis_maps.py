"""Which positions an output reads along one axis: sums over windows, forwards and backwards."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from freeblock.network.windows import Axis, spans_of

Reads = Sequence[slice | tuple[int, ...]]


class AxisMap:
    """x ↦ scale·weights∘(T x) with T the 0/1 matrix of taps, on an axis of `size` positions."""

    def __init__(
        self, size: int, outputs: int, reads: Reads, backward: Reads, weights: Sequence[int] | None = None,
        scale: Fraction = Fraction(1),
    ) -> None:
        self.size = size
        self.outputs = outputs
        self.reads = reads
        self.backward = backward
        self.weights = weights
        self.scale = scale

    @property
    def is_identity(self) -> bool:
        """Whether every output reads the input at its own place, and nothing else."""
        return self.size == self.outputs and self.weights is None and self.scale == 1 and all(
            one == slice(place, place + 1) or one == (place,) for place, one in enumerate(self.reads))

    def forward(self, values: Sequence[int]) -> list[int]:
        """T x, weighted."""
        found = summed(values, self.reads)
        if self.weights is None:
            return found
        return [one * weight for one, weight in zip(found, self.weights, strict=True)]

    def adjoint(self, values: Sequence[int]) -> list[int]:
        """Tᵀ applied to the weighted values."""
        if self.weights is not None:
            values = [one * weight for one, weight in zip(values, self.weights, strict=True)]
        return summed(values, self.backward)

    def averaging(self) -> AxisMap:
        """The mean over the taps in bounds instead of their sum."""
        counts = [_length(one) for one in self.reads]
        if len(set(counts)) == 1:
            return AxisMap(self.size, self.outputs, self.reads, self.backward, None, Fraction(1, counts[0]))
        common = lcm(*counts)
        return AxisMap(self.size, self.outputs, self.reads, self.backward, [common // one for one in counts],
                       Fraction(1, common))

    def squared(self) -> AxisMap:
        """The map whose entries are the squares of these."""
        weights = None if self.weights is None else [one * one for one in self.weights]
        return AxisMap(self.size, self.outputs, self.reads, self.backward, weights, self.scale**2)


def summed(values: Sequence[int], reads: Reads) -> list[int]:
    """The sum of the values at the places of each read."""
    return [sum(values[one]) if isinstance(one, slice) else sum([values[place] for place in one]) for one in reads]


def rows_summed(rows: Sequence[Sequence[int]], reads: Reads) -> list[list[int]]:
    """The same for rows, added place by place."""
    found = []
    for one in reads:
        chosen = rows[one] if isinstance(one, slice) else [rows[place] for place in one]
        if not chosen:
            found.append([0] * len(rows[0]))
        else:
            found.append(list(chosen[0]) if len(chosen) == 1 else [sum(column) for column in zip(*chosen, strict=True)])
    return found


def _length(one: slice | tuple[int, ...]) -> int:
    return one.stop - one.start if isinstance(one, slice) else len(one)


def window_map(axis: Axis, size: int, *, ring: bool) -> AxisMap:
    """The taps of a window on an axis of so many positions: with its borders, or on a ring where they are neglected."""
    known = axis.numbers
    readers: list[list[int]] = [[] for _ in range(size)]
    if known is not None and not ring:
        spans = spans_of(*known)
        reads: list[slice | tuple[int, ...]] = [slice(start, stop) for start, stop in spans]
        for output, (start, stop) in enumerate(spans):
            for place in range(start, stop):
                readers[place].append(output)
        return AxisMap(size, len(spans), reads, [_as_slice(one) for one in readers])
    if axis.is_whole:
        return whole_map(size)
    steps, padding = axis.steps, axis.padding.number()
    kernel, stride = steps if steps is not None else (1, 1)
    shift = padding if isinstance(padding, int) else 0
    outputs = max(1, size // stride)
    around = [tuple([(output * stride + tap - shift) % size for tap in range(kernel)]) for output in range(outputs)]
    readers = [[] for _ in range(size)]
    for output, places in enumerate(around):
        for place in places:
            readers[place].append(output)
    return AxisMap(size, outputs, around, [tuple(one) for one in readers])


def whole_map(size: int) -> AxisMap:
    """One output that reads every position."""
    return AxisMap(size, 1, [slice(0, size)], [slice(0, 1)] * size)


def enlarging_map(size: int, factor: int) -> AxisMap:
    """Every position repeated so often."""
    sources = [place // factor for place in range(size * factor)]
    return AxisMap(size, size * factor, [slice(place, place + 1) for place in sources],
                   [slice(place * factor, (place + 1) * factor) for place in range(size)])


def _as_slice(places: Sequence[int]) -> slice | tuple[int, ...]:
    if places and places[-1] - places[0] + 1 == len(places):
        return slice(places[0], places[-1] + 1)
    return tuple(places)
