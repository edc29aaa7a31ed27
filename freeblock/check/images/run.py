"""A check of a network on images: at its channels and at half of them, by passes forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from freeblock.check.comparison import Comparison
from freeblock.check.environment import Value
from freeblock.check.gradients import BlockGradient
from freeblock.check.images.sampling import ImageSampling, fitting_batch
from freeblock.check.place import Place
from freeblock.check.plan import Plan, make_plan
from freeblock.check.result import CheckResult, ImageSample
from freeblock.check.rows import Row, cuts_of, rows_of
from freeblock.check.run import BATCHES, ORDERS, SAMPLES, SEEDS, check_option
from freeblock.check.weights import KERNELS, WEIGHTS
from freeblock.network.image import Image
from freeblock.network.nodes import Block

WORK = 2e10
"""Floating-point operations spent of its own accord: on small images they take longer than on large matrices."""

Progress = Callable[[int, int], None]
Uses = Mapping[str, Sequence[float]]
Predicted = Callable[[Mapping[str, float], Uses], Sequence[float | None]]
"""The values of all symbols, those of measured ones at each place → φ_1 … φ_K, None where nothing is predicted; or φ
of the network from each of its rows on."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A network on images with its channels divided by `narrow`, and what is predicted of it."""

    block: Block
    image: Image
    narrow: int
    predicted: Predicted


def run_image_check(
    full: Copy, half: Copy | None, values: Mapping[str, Value], *, samples: int | None = None, seed: int = 0,
    order: int = 2, network: bool = False, progress: Progress | None = None, batch: int | None = None,
    tails: Predicted | None = None,
) -> CheckResult:
    """Compare predicted moments with those of a network and of a copy with half of its channels.

    With `tails`, gradients at the inputs of all blocks in series are measured too. Raises what `run_check` raises, and
    LimitError for a network too large to sample.
    """
    started = perf_counter()
    check_option("samples", samples, SAMPLES)
    check_option("order", order, ORDERS)
    check_option("batch", batch, BATCHES)
    check_option("seed", seed, SEEDS)
    plan = make_plan(full.block, values, network, full.image)
    chosen = fitting_batch(plan, order, batch, full.block.span)
    smaller = None if half is None else make_plan(half.block, values, network, half.image)
    width, halved, fixed = _widths(plan, smaller)
    rows = rows_of(full.block, values, network, full.image) if tails is not None else []
    large = ImageSampling(plan, order, seed, network, chosen, full.narrow, width, cuts_of(rows))
    small = None
    if half is not None and smaller is not None and halved < width:
        # What a finite batch adds falls with the batch as what a finite width adds falls with the width.
        few = max(1, chosen // 2) if plan.needs_batch else chosen
        small = ImageSampling(smaller, order, seed, network, few, half.narrow, halved)
    numbers = {name: float(value) for name, value in values.items()}
    smaller_predicted = full.predicted if half is None else half.predicted
    orders = Comparison(
        large, lambda found: full.predicted({**numbers, **found.measured_statistics}, found.uses), small,
        lambda found: smaller_predicted({**numbers, **found.measured_statistics}, found.uses), fixed, progress, WORK,
    ).run(samples)
    found = large.samples()
    measured = found.measured_statistics
    blocks = [] if tails is None else _gradients(rows, large, tails({**numbers, **measured}, found.uses))
    assert plan.image is not None
    return CheckResult(
        orders, all(result.agrees is not False for result in orders), plan.columns, len(large), None,
        len(small) if small is not None else 0, perf_counter() - started, measured, blocks=blocks,
        images=ImageSample(plan.image, full.narrow, small is not None, chosen),
        measured_uses={name: found.uses[name] for name in measured if len(found.uses[name]) > 1})


def _gradients(
    rows: Sequence[Row], sampling: ImageSampling, predicted: Sequence[float | None]
) -> list[BlockGradient]:
    means, errors = sampling.gradients()
    return [BlockGradient(row.label, claim, float(mean), float(error))
            for row, claim, mean, error in zip(rows, predicted or [None] * len(rows), means, errors, strict=True)]


def _widths(plan: Plan, smaller: Plan | None) -> tuple[int, int, int | None]:
    """The smallest width that moves, what it is in the narrower copy, and the smallest that stays what it is."""
    here = _spaces(plan)
    if smaller is None:
        return min((channels for channels, _ in here), default=plan.columns), 0, None
    moved, still = [], []
    for (channels, count), (fewer, _) in zip(here, _spaces(smaller), strict=False):
        if fewer < channels:
            moved.append((channels, fewer))
        else:
            still.append(count)
    if not moved:
        return plan.columns, plan.columns, min(still, default=None)
    return *min(moved), min(still, default=None)


def _spaces(plan: Plan) -> list[tuple[int, int]]:
    """For each weight the number of channels, or units, that it reads, and the number of terms that it sums."""
    found = []
    for place in plan.steps:
        if isinstance(place, Place) and place.sampler.name in WEIGHTS:
            found.append((place.columns, place.columns))
        elif isinstance(place, Place) and place.sampler.name in KERNELS and place.move is not None:
            found.append((place.move.before[0], place.kernel_shape[2]))
    return found
