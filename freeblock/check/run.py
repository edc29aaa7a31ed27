"""A check from beginning to end: choose widths and the number of samples, draw them, compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from freeblock.check.comparison import Comparison
from freeblock.check.data import Data
from freeblock.check.environment import Value
from freeblock.check.monte_carlo import Progress, Sampling
from freeblock.check.plan import Plan, make_plan
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
    data: Data | None = None,
) -> CheckResult:
    """Compare predicted moments with sampled ones at `width` and half of it, extrapolated to infinite width.

    `data` go through a network, standard ones if not said. `samples` at the full width are drawn; left out, as many as
    a verdict within a few per cent needs.
    Raises OptionError (an option out of range), DomainError and the errors of `make_plan`, and LimitError.
    """
    started = perf_counter()
    check_option("order", order, ORDERS)
    check_sampling(width, samples, batch, seed)
    plans = choose_plans(block, values, width, network)
    full = Sampling(plans.full, order, seed, network, batch, data)
    half = None if plans.half is None else Sampling(plans.half, order, seed, network, batch, data)

    def predict(width: int, samples: Samples) -> Sequence[float | None]:
        at = {name: float(value) for name, value in at_width(block, values, width).items()}
        return predicted({**at, **samples.measured_statistics})

    check = Comparison(full, lambda samples: predict(plans.width, samples), half,
                       lambda samples: predict(plans.half_width, samples), plans.fixed, progress)
    orders = check.run(samples)
    return CheckResult(
        orders, all(result.agrees is not False for result in orders), full.plan.columns, len(full),
        half.plan.columns if half is not None else None, len(half) if half is not None else 0,
        perf_counter() - started, full.samples().measured_statistics,
    )


@dataclass(frozen=True, slots=True)
class Plans:
    """The passes at the two widths."""

    full: Plan
    half: Plan | None
    """None where the input has no second width."""
    width: int
    half_width: int
    """What n is in the two; the same where there is one width."""
    fixed: int | None
    """The smallest width that stays what it is."""


def choose_plans(block: Block, values: Mapping[str, Value], width: int | None, network: bool) -> Plans:
    """The passes at `width`, or one that fits, and at half of it. Raises DomainError, OptionError, `make_plan`'s."""
    chosen = _width(block, values, width)
    check_widths(block, values, chosen)
    plan = make_plan(block, at_width(block, values, chosen), network)
    halved = half_width(block, values, chosen)
    if halved is None:
        return Plans(plan, None, chosen, chosen, min(plan.widths, default=chosen))
    smaller = make_plan(block, at_width(block, values, halved), network)
    fixed = min((a for a, b in zip(plan.widths, smaller.widths, strict=False) if a == b), default=None)
    return Plans(plan, smaller if smaller.columns < plan.columns else None, chosen, halved, fixed)


def check_sampling(width: int | None, samples: int | None, batch: int | None, seed: int) -> None:
    """Raise OptionError for an option out of its range."""
    check_option("width", width, WIDTHS)
    check_option("samples", samples, SAMPLES)
    check_option("batch", batch, BATCHES)
    check_option("seed", seed, SEEDS)


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
