"""A check from beginning to end: choose widths and the number of samples, draw them, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

from freeblock.check.comparison import Comparison
from freeblock.check.environment import Value
from freeblock.check.monte_carlo import Progress, Sampling
from freeblock.check.plan import make_plan
from freeblock.check.result import CheckResult
from freeblock.check.samples import Samples
from freeblock.check.widths import INPUT, at_width, check_widths, fitting_width, half_width
from freeblock.errors import OptionError
from freeblock.network.nodes import Block

Predicted = Callable[[Mapping[str, float]], Sequence[float | None]]
"""The predicted φ_1 … φ_K at given values of all symbols; None where an order is refused."""

WIDTH = 192
"""The default width, or the next one above it at which every width is whole."""

WIDTHS, SAMPLES, ORDERS, BATCHES, SEEDS = (8, 4096), (2, 10**6), (1, 8), (1, 4096), (0, 2**64 - 1)


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
    check_option("width", width, WIDTHS)
    check_option("samples", samples, SAMPLES)
    check_option("order", order, ORDERS)
    check_option("batch", batch, BATCHES)
    check_option("seed", seed, SEEDS)
    chosen = _width(block, values, width)
    check_widths(block, values, chosen)
    plan = make_plan(block, at_width(block, values, chosen), network)
    full = Sampling(plan, order, seed, network, batch)
    half, halved = None, half_width(block, values, chosen)
    fixed: int | None = min(plan.widths, default=chosen)
    if halved is not None:
        smaller = make_plan(block, at_width(block, values, halved), network)
        fixed = min((a for a, b in zip(plan.widths, smaller.widths, strict=False) if a == b), default=None)
        if smaller.columns < plan.columns:
            half = Sampling(smaller, order, seed, network, batch)

    def predict(width: int, samples: Samples) -> Sequence[float | None]:
        at = {name: float(value) for name, value in at_width(block, values, width).items()}
        return predicted({**at, **samples.measured_statistics})

    check = Comparison(full, lambda samples: predict(chosen, samples), half,
                       lambda samples: predict(halved or chosen, samples), fixed, progress)
    orders = check.run(samples)
    return CheckResult(
        orders, all(result.agrees is not False for result in orders), full.plan.columns, len(full),
        half.plan.columns if half is not None else None, len(half) if half is not None else 0,
        perf_counter() - started, full.samples().measured_statistics,
    )


def check_option(name: str, given: int | None, limits: tuple[int, int]) -> None:
    """Raise OptionError for a number out of its range."""
    if given is not None and not limits[0] <= given <= limits[1]:
        raise OptionError(f"the {name} must lie between {limits[0]} and {limits[1]}, not {given}")


def _width(block: Block, values: Mapping[str, Value], width: int | None) -> int:
    if width is not None:
        return width
    fixed = values.get(INPUT)
    if fixed is not None:
        if fixed != int(fixed):
            raise OptionError(f"`{INPUT}` is a width and must be whole, not {fixed}")
        check_option("width", int(fixed), WIDTHS)
        return int(fixed)
    return fitting_width(block, values, range(WIDTH, 2 * WIDTH)) or WIDTH
