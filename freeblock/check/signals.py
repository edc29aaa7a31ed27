"""Mean square, correlation and gradient scale of a network's output, measured in passes forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import NamedTuple

import numpy as np

from freeblock.check.comparison import Comparison, Growing
from freeblock.check.data import Data
from freeblock.check.data_pass import DataPass
from freeblock.check.environment import Value
from freeblock.check.jacobian import Array
from freeblock.check.monte_carlo import Progress, out_of_range
from freeblock.check.place import Place
from freeblock.check.plan import Plan
from freeblock.check.processors import one_processor
from freeblock.check.run import check_sampling, choose_plans
from freeblock.check.samples import Estimate, Samples
from freeblock.check.signal_result import NAMES, SignalCheck, SignalRow
from freeblock.check.verdict import Allowed, OrderResult
from freeblock.check.weights import WEIGHTS
from freeblock.errors import RefusedError
from freeblock.network.nodes import Block

BATCH = 32
"""Inputs that go through a network at once where no statistics are taken over them: they cost less than weights do."""
ROUNDING = 1e-12
"""A relative error that is one of rounding."""
WORK = 2e10
"""Floating-point operations spent of its own accord."""
ENTRIES = 2**27
"""Numbers that the tape of a pass keeps, at most (a gigabyte)."""


class SignalPrediction(NamedTuple):
    """Mean square and correlation of two outputs, and the gradient scale coefficient; None where it is not known."""

    q: float
    c: float | None
    gsc: float | None


class SignalSampling:
    """A growing set of passes of one plan; the seed, the width and the batch fix every number drawn."""

    def __init__(self, plan: Plan, seed: int, data: Data, batch: int) -> None:
        self.plan, self.batch, self._data = plan, batch, data
        self._generator = np.random.default_rng([seed, plan.columns, batch])
        self._found: list[tuple[float, float, float]] = []

    def __len__(self) -> int:
        return len(self._found)

    @property
    def work(self) -> float:
        """Floating-point operations of one pass, roughly; a random number counts as two hundred."""
        places = [step for step in self.plan.steps if isinstance(step, Place)]
        drawn = sum(place.rows * place.columns for place in places if place.sampler.name in WEIGHTS)
        units = sum(place.rows for place in places)
        return drawn * (4.0 * self.batch + 200) + 40.0 * units * self.batch + 5e4 * len(self.plan.steps)

    def extend(self, count: int, tick: Callable[[], None] | None = None) -> None:
        """Run until there are `count` passes. Raises LimitError where a number is beyond all floats."""
        with one_processor(self.plan.columns):
            while len(self) < count:
                self._add_one()
                if tick is not None:
                    tick()

    def _add_one(self) -> None:
        one = DataPass(self.plan, self._generator)
        with np.errstate(over="ignore", invalid="ignore"):
            out = one.run(self._data.draw(self._generator, self.plan.columns, self.batch))
            signs: Array = np.where(self._generator.random(out.shape) < 0.5, -1.0, 1.0)
            square, together = float(np.mean(out**2)), float(np.mean(out.mean(axis=1) ** 2))
            # The mean over pairs of different inputs: the square of a sum, less the sum of squares.
            product = (self.batch * together - square) / (self.batch - 1)
            gradient = float(np.sum(one.backward(signs) ** 2)) / out.size
        if not np.all(np.isfinite([square, product, gradient])):
            raise out_of_range()
        self._found.append((square, product, gradient))

    def samples(self) -> Samples:
        """q, 1 − c and GSC. Ratios of means by their first-order parts, whose spread is that of the ratio."""
        square, product, gradient = np.array(self._found).T
        mean = float(square.mean())
        if mean > 0:
            apart = float(np.mean(square - product)) / mean
            scale = float(gradient.mean()) * self._data.q / mean
            root = np.sqrt(scale)
            aparts = apart + (square - product - apart * square) / mean
            roots = root + (gradient * self._data.q - scale * square) / (2 * root * mean) if scale > 0 else 0 * square
        else:
            aparts = roots = 0 * square
        return Samples(self.plan.columns, np.column_stack([square, aparts, roots]), np.zeros((len(self), 0)), {})


def check_signal(
    block: Block, predicted: SignalPrediction, values: Mapping[str, Value], data: Data, *, width: int | None = None,
    samples: int | None = None, seed: int = 0, batch: int | None = None, progress: Progress | None = None,
    reason: str | None = None,
) -> SignalCheck:
    """Compare at two widths, extrapolated to infinite width. `reason` says why GSC is not predicted.

    Raises what `run_check` raises, and RefusedError where data do not go through a component.
    """
    started = perf_counter()
    check_sampling(width, samples, batch, seed)
    plans = choose_plans(block, values, width, True)
    full = SignalSampling(plans.full, seed, data, _batch(plans.full, data, batch))
    half: Growing | None = None
    if plans.half is not None:
        half = SignalSampling(plans.half, seed, data, _batch(plans.half, data, batch))
    fixed = plans.fixed
    if batch is not None and plans.full.needs_batch:
        fixed = min(batch, fixed or batch)
    claims = (predicted.q, None if predicted.c is None else 1 - predicted.c, predicted.gsc)
    comparison = Comparison(full, lambda found: claims, half, lambda found: claims, fixed, progress, WORK,
                            _allowed(plans.full))
    results = comparison.run(samples)
    told = NAMES if results[0].measured else NAMES[:1]  # a signal that is 0 has no correlation, and no scale
    return SignalCheck(data, tuple(map(_row, told, results)), len(full), 0 if half is None else len(half), full.batch,
                       reason, perf_counter() - started)


def _allowed(plan: Plan) -> Allowed:
    """What a width that stays and, with poles at 2 or 3 values, normalisations leave after the extrapolation."""
    names = [step.sampler.name for step in plan.steps if isinstance(step, Place)]
    norms = sum(name.startswith("normalize") for name in names)

    def allowed(index: int, found: Estimate, fixed: int | None) -> float:
        return 10 * norms / plan.columns**2 + (0.0 if fixed is None else len(names) / fixed)

    return allowed


def _row(name: str, result: OrderResult) -> SignalRow:
    """1 − c is compared, so that the error near c = 1 is relative to what is left; c is told."""
    stderr = result.stderr if result.stderr > ROUNDING * abs(result.measured) else 0.0
    claim, measured, at_width = result.predicted, result.measured, result.at_width
    if name == "c":
        claim = None if claim is None else round(1 - claim, 12)
        measured, at_width = round(1 - measured, 12), round(1 - at_width, 12)
    return SignalRow(name, claim, measured, stderr, result.tolerance, at_width, result.agrees)


def _batch(plan: Plan, data: Data, batch: int | None) -> int:
    """How many inputs go through at once: as many as one is wide where statistics are taken over them, so that what a
    finite batch adds falls with the width."""
    usual = BATCH if data.c >= 0 else min(BATCH, int(1 - 1 / data.c))
    chosen = batch or (max(plan.columns, 2) if plan.needs_batch else usual)
    if chosen < 2:
        raise RefusedError("a correlation is that of two inputs, and one goes through at once")
    places = [step for step in plan.steps if isinstance(step, Place)]
    kept = sum(place.rows * place.columns for place in places if place.sampler.name in WEIGHTS)
    if kept + 2 * chosen * sum(place.rows for place in places) > ENTRIES:
        raise RefusedError("the way back through the network needs more than a gigabyte")
    return chosen
