"""A check from beginning to end: choose widths and the number of samples, draw them, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from time import perf_counter

from freeblock.check.environment import Value
from freeblock.check.monte_carlo import Progress, Sampling
from freeblock.check.plan import make_plan
from freeblock.check.result import CheckResult
from freeblock.check.samples import Samples
from freeblock.check.verdict import OrderResult, compare
from freeblock.check.widths import INPUT, at_width, check_widths, fitting_width, half_width
from freeblock.errors import OptionError
from freeblock.network.nodes import Block

Predicted = Callable[[Mapping[str, float]], Sequence[float | None]]
"""The predicted φ_1 … φ_K at given values of all symbols; None where an order is refused."""

WIDTH = 192
"""The default width, or the next one above it at which every width is whole."""
PRECISION = 0.009
"""Relative standard error of φ_1 and φ_2 at which sampling stops, unless the user says how often."""
HIGHER_PRECISION = 0.02
"""The same for higher orders, which scatter more."""
HALF_SHARE = 3
"""Samples at half the width per sample at the full one: they cost an eighth and weigh half."""

_FIRST = 32  # samples after which the program, left to choose, looks at what it has
_FEWEST, _MOST = 24, 4000  # samples it chooses at least and at most
_WORK = 1e11  # floating-point operations it spends of its own accord: some seconds

WIDTHS, SAMPLES, ORDERS, BATCHES, SEEDS = (8, 4096), (2, 10**6), (1, 8), (4, 4096), (0, 2**64 - 1)


def run_check(
    block: Block,
    predicted: Predicted,
    values: Mapping[str, Value],
    width: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    order: int = 2,
    network: bool = False,
    progress: Progress | None = None,
    batch: int | None = None,
) -> CheckResult:
    """Compare predicted moments with sampled ones at `width` and half of it, extrapolated to infinite width.

    `samples` at the full width are drawn; left out, as many as a verdict within a few per cent needs.
    Raises OptionError (an option out of range), DomainError and the errors of `make_plan`, and LimitError.
    """
    started = perf_counter()
    _check_option("width", width, WIDTHS)
    _check_option("samples", samples, SAMPLES)
    _check_option("order", order, ORDERS)
    _check_option("batch", batch, BATCHES)
    _check_option("seed", seed, SEEDS)
    chosen = _width(block, values, width)
    check_widths(block, values, chosen)
    check = _Check(block, predicted, values, order, seed, network, progress, batch, chosen)
    orders = check.run(samples)
    full, half = check.full, check.half
    return CheckResult(
        orders, all(result.agrees is not False for result in orders), full.plan.columns, len(full),
        half.plan.columns if half is not None else None, len(half) if half is not None else 0,
        perf_counter() - started, full.samples().measured_statistics,
    )


def _check_option(name: str, given: int | None, limits: tuple[int, int]) -> None:
    if given is not None and not limits[0] <= given <= limits[1]:
        raise OptionError(f"the {name} must lie between {limits[0]} and {limits[1]}, not {given}")


def _width(block: Block, values: Mapping[str, Value], width: int | None) -> int:
    if width is not None:
        return width
    fixed = values.get(INPUT)
    if fixed is not None:
        if fixed != int(fixed):
            raise OptionError(f"`{INPUT}` is a width and must be whole, not {fixed}")
        _check_option("width", int(fixed), WIDTHS)
        return int(fixed)
    return fitting_width(block, values, range(WIDTH, 2 * WIDTH)) or WIDTH


class _Check:
    """The samples at the two widths, and the verdict on them."""

    def __init__(
        self, block: Block, predicted: Predicted, values: Mapping[str, Value], order: int, seed: int,
        network: bool, progress: Progress | None, batch: int | None, width: int,
    ) -> None:
        self._block, self._predicted, self._values = block, predicted, values
        self._progress = progress
        plan = make_plan(block, at_width(block, values, width), network)
        self.full = Sampling(plan, order, seed, network, batch)
        self.half: Sampling | None = None
        self._fixed: int | None = min(plan.widths, default=width)
        self._width, self._half_width = width, half_width(block, values, width)
        if self._half_width is not None:
            smaller = make_plan(block, at_width(block, values, self._half_width), network)
            unmoved = [a for a, b in zip(plan.widths, smaller.widths, strict=False) if a == b]
            self._fixed = min(unmoved, default=None)
            if smaller.columns < plan.columns:
                self.half = Sampling(smaller, order, seed, network, batch)

    def run(self, samples: int | None) -> list[OrderResult]:
        """Draw and compare, until the standard errors are small enough or the work is spent."""
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
        work = self.full.plan.work + (HALF_SHARE * self.half.plan.work if self.half is not None else 0.0)
        return int(min(_MOST, max(_FEWEST, _WORK / work)))

    def _draw(self, count: int) -> list[OrderResult]:
        total = count * (1 + HALF_SHARE) if self.half is not None else count

        def tick() -> None:
            done = len(self.full) + (len(self.half) if self.half is not None else 0)
            if self._progress is not None:
                self._progress(done, total)

        self.full.extend(count, tick)
        samples = self.full.samples()
        predicted = self._predict(self._width, samples)
        if self.half is None or self._half_width is None:
            return compare(predicted, samples, None, fixed_width=self._fixed)
        self.half.extend(HALF_SHARE * count, tick)
        half = self.half.samples()
        return compare(predicted, samples, half, self._predict(self._half_width, half), self._fixed)

    def _predict(self, width: int, samples: Samples) -> Sequence[float | None]:
        values = {name: float(value) for name, value in at_width(self._block, self._values, width).items()}
        return self._predicted({**values, **samples.measured_statistics})


def _excess(result: OrderResult) -> float:
    """The relative standard error over the one wanted; zero where nothing is claimed or to be gained."""
    if result.predicted is None or not result.measured:
        return 0.0
    wanted = PRECISION if result.k <= 2 else HIGHER_PRECISION
    return result.stderr / abs(result.measured) / wanted
