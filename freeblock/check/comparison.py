"""Draw at two widths and compare, until the standard errors are small enough or the work is spent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Protocol

from freeblock.check.samples import Samples
from freeblock.check.verdict import Allowed, OrderResult, compare

PRECISION = 0.009
"""Relative standard error of φ_1 and φ_2 at which sampling stops, unless the user says how often."""
HIGHER_PRECISION = 0.02
"""The same for higher orders, which scatter more."""
HALF_SHARE = 3
"""Samples at half the width per sample at the full one: they cost an eighth and weigh half."""

WORK = 1e11
"""Floating-point operations it spends of its own accord: some seconds."""

_FIRST = 32  # samples after which the program, left to choose, looks at what it has
_FEWEST, _MOST = 24, 4000  # samples it chooses at least and at most

Predict = Callable[[Samples], Sequence[float | None]]
"""Samples, for the statistics they showed → the predicted moments at their width."""


class Growing(Protocol):
    """A set of samples that can be extended."""

    def __len__(self) -> int: ...

    @property
    def work(self) -> float:
        """Floating-point operations of one sample."""
        ...

    def extend(self, count: int, tick: Callable[[], None] | None = None) -> None:
        """Draw until there are so many."""
        ...

    def samples(self) -> Samples:
        """All so far."""
        ...


class Comparison:
    """The samples at the two widths, and the verdict on them."""

    def __init__(
        self, full: Growing, predict: Predict, half: Growing | None, predict_half: Predict,
        fixed: int | None, progress: Callable[[int, int], None] | None, work: float = WORK,
        allowed: Allowed | None = None,
    ) -> None:
        self._full, self._predict, self._half, self._predict_half = full, predict, half, predict_half
        self._fixed, self._progress, self._work, self._allowed = fixed, progress, work, allowed

    def run(self, samples: int | None) -> list[OrderResult]:
        """One result per order."""
        count = samples if samples is not None else min(_FIRST, self._affordable())
        while True:
            results = self._draw(count)
            if samples is not None:
                return results
            excess = max((_excess(result) for result in results), default=0.0)
            if excess <= 1 or count >= self._affordable():
                return results
            count = min(self._affordable(), ceil(count * min(2.0, 1.1 * excess**2)))

    def _affordable(self) -> int:
        work = self._full.work + (HALF_SHARE * self._half.work if self._half is not None else 0.0)
        return int(min(_MOST, max(_FEWEST, self._work / work)))

    def _draw(self, count: int) -> list[OrderResult]:
        total = count * (1 + HALF_SHARE) if self._half is not None else count

        def tick() -> None:
            done = len(self._full) + (len(self._half) if self._half is not None else 0)
            if self._progress is not None:
                self._progress(done, total)

        self._full.extend(count, tick)
        samples = self._full.samples()
        if self._half is None:
            return compare(self._predict(samples), samples, None, fixed_width=self._fixed, allowed=self._allowed)
        self._half.extend(HALF_SHARE * count, tick)
        half = self._half.samples()
        return compare(self._predict(samples), samples, half, self._predict_half(half), self._fixed, self._allowed)


def _excess(result: OrderResult) -> float:
    """The relative standard error over the one wanted; zero where nothing is claimed or to be gained."""
    if result.predicted is None or not result.measured:
        return 0.0
    wanted = PRECISION if result.k <= 2 else HIGHER_PRECISION
    return result.stderr / abs(result.measured) / wanted
