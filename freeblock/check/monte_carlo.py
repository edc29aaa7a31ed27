"""Sampling the moments of the random matrices that a network describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from freeblock.check.data import Data
from freeblock.check.environment import Value
from freeblock.check.forward import Forward
from freeblock.check.jacobian import Array, spectral_moments
from freeblock.check.plan import Plan, make_plan
from freeblock.check.processors import one_processor
from freeblock.check.samples import Samples
from freeblock.errors import LimitError
from freeblock.network.nodes import Block

Progress = Callable[[int, int], None]
"""Called after every sample with the number done and the number planned, which may grow."""

class Sampling:
    """A growing set of samples of one plan. The seed and the width fix every number drawn.

    `batch` samples of data go through a network together where a normalisation needs them: as many as the input
    is wide unless said otherwise, so that what a finite batch adds falls with the width as other deviations do.
    """

    def __init__(
        self, plan: Plan, order: int, seed: int, network: bool = False, batch: int | None = None,
        data: Data | None = None,
    ) -> None:
        self.plan = plan
        self._order = order
        generator = np.random.default_rng([seed, plan.columns])
        self._forward = Forward(plan, generator, network, batch or plan.columns, data)
        self._moments: list[Array] = []
        self._controls: list[Array] = []
        self._statistics: dict[str, list[float]] = {}
        self._shares: dict[str, list[float]] = {}

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def work(self) -> float:
        """Floating-point operations of one sample, roughly."""
        return self.plan.work

    def extend(self, count: int, tick: Callable[[], None] | None = None) -> None:
        """Draw until there are `count` samples. Raises LimitError where a moment is beyond all floats."""
        with one_processor(self.plan.columns):
            while len(self) < count:
                self._add_one()
                if tick is not None:
                    tick()

    def _add_one(self) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            draw = self._forward.draw()
            moments = spectral_moments(draw.jacobian, self._order)
        if not np.all(np.isfinite(moments)):
            raise out_of_range()
        self._moments.append(moments)
        self._controls.append(draw.controls)
        for kept, found in ((self._statistics, draw.statistics), (self._shares, draw.shares)):
            for name, values in found.items():
                kept.setdefault(name, []).extend(values)

    def samples(self) -> Samples:
        """All samples so far. A statistic is the σ whose 1/σ² is the mean of 1/σ² over units and samples."""
        statistics = {
            name: float(np.mean(values)) ** -0.5 if any(values) else 0.0
            for name, values in self._statistics.items()
        }
        statistics |= {name: float(np.mean(values)) for name, values in self._shares.items()}
        return Samples(self.plan.columns, np.array(self._moments), np.array(self._controls), statistics)


def out_of_range() -> LimitError:
    """A moment is beyond all floats."""
    return LimitError("the moments leave the range of floating-point numbers",
                      hint="check fewer copies, a smaller gain, or a lower order")


def sample_moments(
    block: Block,
    values: Mapping[str, Value],
    order: int,
    samples: int,
    seed: int,
    network: bool = False,
    progress: Progress | None = None,
    batch: int | None = None,
) -> Samples:
    """`samples` independent draws of φ_1 … φ_order at the given values, `n` among them.

    Raises what `make_plan` and `Sampling.extend` raise.
    """
    sampling = Sampling(make_plan(block, values, network), order, seed, network, batch)
    sampling.extend(samples, None if progress is None else lambda: progress(len(sampling), samples))
    return sampling.samples()
