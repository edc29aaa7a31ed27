"""A window that slides over an image: the size of what it puts out, and how often positions are read."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from freeblock.formula.expression import ONE, Expression, number
from freeblock.language.records import record


@record
class Axis:
    """A window along one axis of an image; the size is None where it is not known."""

    size: Expression | None
    kernel: Expression
    stride: Expression
    padding: Expression

    @property
    def numbers(self) -> tuple[int, int, int, int] | None:
        """Size, kernel, stride and padding, where all are whole numbers."""
        if self.size is None:
            return None
        found = []
        for value in (self.size, self.kernel, self.stride, self.padding):
            known = value.number()
            if not isinstance(known, int):
                return None
            found.append(known)
        return found[0], found[1], found[2], found[3]

    @property
    def is_whole(self) -> bool:
        """Whether the window is the whole axis."""
        return self.size is not None and self.kernel == self.size and self.padding.is_zero

    @property
    def steps(self) -> tuple[int, int] | None:
        """Kernel and stride, where they are numbers."""
        kernel, stride = self.kernel.number(), self.stride.number()
        return (kernel, stride) if isinstance(kernel, int) and isinstance(stride, int) else None

    def output(self) -> Expression | None:
        """How many positions come out; where the size is a symbol, for sizes that the stride divides."""
        if self.size is None:
            return None
        if self.is_whole:
            return ONE
        known = self.numbers
        if known is not None:
            size, kernel, stride, padding = known
            return number((size + 2 * padding - kernel) // stride + 1)
        if self.stride.is_one:
            return self.size + self.padding + self.padding - self.kernel + ONE
        rest = self.padding + self.padding - self.kernel
        steps, beyond = self.stride.number(), rest.number()
        if isinstance(steps, int) and isinstance(beyond, int):
            return self.size / self.stride + number(beyond // steps + 1)
        return (self.size + rest) / self.stride + ONE


@record
class Counts:
    """Along one axis: the mean and mean square of the taps in bounds over the outputs; the sum over the inputs of
    the squared number of outputs that read one, by the outputs; the same of inputs that two outputs share."""

    taps: Expression
    taps_squared: Expression
    reads_squared: Expression
    overlaps_squared: Expression
    shrink: Expression
    even: bool
    """Every output has all its taps, and every input is read equally often."""
    covered: bool
    """Every output has all its taps."""


def border_free(axis: Axis) -> Counts:
    """The counts far from any border."""
    kernel, stride = axis.kernel, axis.stride
    if axis.is_whole:
        return Counts(kernel, kernel**number(2), kernel, kernel**number(2), kernel, True, True)
    if axis.steps is None:
        shared = kernel * (kernel**number(2) * number(2) + ONE) / number(3)  # Σ (kernel − lag)² over all lags
        return Counts(kernel, kernel**number(2), kernel**number(2), shared, stride, True, True)
    size, step = axis.steps
    classes = [len(range(place, size, step)) for place in range(step)]
    reads = sum(taps * taps for taps in classes)
    common = sum(max(0, size - abs(lag) * step) ** 2 for lag in range(-size, size + 1))
    return Counts(kernel, number(size * size), number(reads), number(common), stride, size % step == 0, True)


def in_bounds(axis: Axis) -> Counts:
    """The counts on an image of known size, or far from borders where it is not known."""
    known = axis.numbers
    if known is None:
        return border_free(axis)
    return _counted(*known)


@lru_cache(maxsize=1024)
def _counted(size: int, kernel: int, stride: int, padding: int) -> Counts:
    """The counts by going over all windows."""
    spans = spans_of(size, kernel, stride, padding)
    outputs = len(spans)
    taps = [stop - start for start, stop in spans]
    reads = [0] * size
    for start, stop in spans:
        for place in range(start, stop):
            reads[place] += 1
    shared = 0
    for place, (start, stop) in enumerate(spans):
        shared += (stop - start) ** 2
        for other, (later, _) in enumerate(spans[place + 1:], place + 1):
            if later >= stop:
                break
            shared += 2 * (min(stop, spans[other][1]) - max(start, later)) ** 2
    def mean(value: int) -> Expression:
        return number(Fraction(value, outputs))
    return Counts(mean(sum(taps)), mean(sum(one * one for one in taps)), mean(sum(one * one for one in reads)),
                  mean(shared), number(Fraction(size, outputs)),
                  len(set(taps)) == 1 == len(set(reads)) and taps[0] == kernel,
                  all(one == kernel for one in taps))


def spans_of(size: int, kernel: int, stride: int, padding: int) -> list[tuple[int, int]]:
    """For each output the inputs it reads, from … to (the end not included)."""
    outputs = (size + 2 * padding - kernel) // stride + 1
    starts = [place * stride - padding for place in range(outputs)]
    return [(min(max(0, start), size), max(0, min(size, start + kernel))) for start in starts]
