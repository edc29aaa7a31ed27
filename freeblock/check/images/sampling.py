"""Sampling the moments of networks on images by products of J and Jᵀ with random vectors.

For a vector v of random signs, E|Jᵀv|² = tr JJᵀ and E|JJᵀv|² = tr (JJᵀ)², and so on: φ_k takes k passes and no matrix
is formed. One image carries one such vector; the images of a pass share the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from freeblock.check.images.image_pass import ImagePass
from freeblock.check.images.tape import Tape
from freeblock.check.jacobian import Array
from freeblock.check.monte_carlo import out_of_range
from freeblock.check.patterns import Patterns
from freeblock.check.place import Place
from freeblock.check.plan import Plan
from freeblock.check.processors import one_processor
from freeblock.check.samples import Samples
from freeblock.check.weights import KERNELS, WEIGHTS
from freeblock.errors import LimitError
from freeblock.source import Span

BATCH, STATISTICS_BATCH = 8, 32
"""Images that go through a network at once, where they are small enough; the second where statistics are taken over
them. Images that share their weights tell less than fresh weights do."""
ENTRIES = 2**27
"""Numbers that one pass keeps, at most (a gigabyte)."""
OPERATIONS = 1e13
"""Floating-point operations of one pass, at most."""
_STEP = 1e5  # what the step of a pass costs besides its arithmetic, per image of a usual batch
_SMALL = 2**18  # entries of a matrix below which a second processor gains nothing


class ImageSampling:
    """A growing set of samples of one plan; the seed, the batch and the narrowing fix every number drawn."""

    def __init__(
        self, plan: Plan, order: int, seed: int, network: bool, batch: int, narrow: int, width: int,
        cuts: Sequence[int] = (),
    ) -> None:
        self.plan, self.batch, self._width = plan, batch, width
        self._order, self._network, self._cuts = order, network, cuts
        self._generator = np.random.default_rng([seed, plan.columns, narrow])
        self._moments: list[Array] = []
        self._gradients: list[Array] = []
        self._statistics: dict[str, list[float]] = {}
        self._shares: dict[str, list[float]] = {}

    def __len__(self) -> int:
        return len(self._moments)

    @property
    def work(self) -> float:
        """Floating-point operations of one sample, roughly."""
        return _operations(self.plan, self._order) * self.batch

    def extend(self, count: int, tick: Callable[[], None] | None = None) -> None:
        """Draw until there are `count` samples; a pass may take long, so `tick` is called within it too.

        Raises LimitError where a moment is beyond all floats.
        """
        small = max((place.rows for place in self.plan.steps if isinstance(place, Place)), default=0) * self.batch
        with one_processor(0 if small < _SMALL else 2**12):
            while len(self) < count:
                self._add_one(tick or _nothing)

    def _add_one(self, tick: Callable[[], None]) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            forward = ImagePass(self.plan, Patterns(self._generator, self._network, self.batch))
            forward.run()
            tick()
            signs: Array = np.where(self._generator.random((self.plan.rows, self.batch)) < 0.5, -1.0, 1.0)
            moments, gradients = _moments(forward.tape, signs, self._order, self._cuts, tick)
        if not np.all(np.isfinite(moments)):
            raise out_of_range()
        self._moments.append(moments)
        self._gradients.append(gradients)
        for kept, found in ((self._statistics, forward.statistics), (self._shares, forward.shares)):
            for name, values in found.items():
                kept.setdefault(name, []).extend(values)
        tick()

    def samples(self) -> Samples:
        """All samples so far, with the statistics of normalisations and the shares of maxima that they showed."""
        measured = {name: float(np.mean(values)) ** 0.5 for name, values in self._statistics.items()}
        measured |= {name: float(np.mean(values)) for name, values in self._shares.items()}
        uses = {name: [value**0.5 for value in self._at_uses(values)]
                for name, values in self._statistics.items()}
        uses |= {name: self._at_uses(values) for name, values in self._shares.items()}
        return Samples(self._width, np.array(self._moments), np.zeros((len(self), 0)), measured, uses)

    def _at_uses(self, values: list[float]) -> list[float]:
        """The means over passes, use by use."""
        return [float(mean) for mean in np.mean(np.reshape(values, (len(self), -1)), axis=0)]

    def gradients(self) -> tuple[Array, Array]:
        """At each cut, the squared gradient by that at the output: its mean and its standard error."""
        found = np.array(self._gradients)
        spread = found.std(axis=0, ddof=1) if len(found) > 1 else np.full(found.shape[1], np.nan)
        return found.mean(axis=0), spread / np.sqrt(len(found))


def _nothing() -> None:
    """Nobody waits."""


def _moments(
    tape: Tape, signs: Array, order: int, cuts: Sequence[int], tick: Callable[[], None]
) -> tuple[Array, Array]:
    """φ_1 … φ_order and the squared gradients at the cuts, from one vector of signs an image."""
    vectors, lengths = tape.backward(signs, cuts)
    found = [np.mean(np.einsum("ij,ij->j", vectors, vectors))]
    for k in range(2, order + 1):
        tick()
        vectors = tape.backward(vectors)[0] if k % 2 else tape.forward(vectors)
        found.append(np.mean(np.einsum("ij,ij->j", vectors, vectors)))
    gradients = [float(np.mean(lengths[cut])) for cut in cuts]
    return np.array(found) / len(signs), np.array(gradients) / len(signs)


def fitting_batch(plan: Plan, order: int, wanted: int | None, span: Span | None) -> int:
    """How many images go through at once: those asked for, else as many as fit. Raises LimitError."""
    kept, largest = _kept(plan)
    most = int(min((ENTRIES - _drawn(plan)) // max(1, kept + 3 * largest), OPERATIONS // _operations(plan, order)))
    if most < max(1, wanted or 1):
        what = "one image" if wanted in (None, 1) else f"{wanted} images at once"
        numbers = _drawn(plan) + (kept + 3 * largest) * (wanted or 1)
        raise LimitError(
            f"the network is too large to sample: {what} would take {numbers:.2g} numbers and "
            f"{_operations(plan, order) * (wanted or 1):.2g} operations; the most are "
            f"{ENTRIES:.2g} and {OPERATIONS:.2g}",
            span, "--narrow 8 checks a copy with an eighth of the channels"
            + (", --batch takes fewer images" if wanted not in (None, 1) else ""))
    return wanted or min(STATISTICS_BATCH if plan.needs_batch else BATCH, most)


def _drawn(plan: Plan) -> int:
    """Weights of one pass."""
    return sum(_entries(step) for step in plan.steps if isinstance(step, Place))


def _entries(place: Place) -> int:
    if place.sampler.name in KERNELS:
        groups, rows, columns = place.kernel_shape
        return groups * rows * columns
    return place.rows * place.columns if place.sampler.name in WEIGHTS else 0


def _kept(plan: Plan) -> tuple[int, int]:
    """Numbers that the tape keeps of one image, and those of the largest matrix of patches."""
    places = [step for step in plan.steps if isinstance(step, Place)]
    largest = [place.rows + place.columns for place in places]
    largest += [place.move.before[0] * place.move.window.area * int(np.prod(place.move.window.outputs))
                for place in places if place.move is not None and place.move.window is not None]
    return sum(place.rows for place in places), max(largest, default=1)


def _operations(plan: Plan, order: int) -> float:
    """Floating-point operations of one image: forwards, and a pass for each order."""
    total = 0.0
    for step in plan.steps:
        if isinstance(step, Place):
            positions = 1 if step.sampler.name not in KERNELS else step.rows // (
                step.kernel_shape[0] * step.kernel_shape[1])
            total += 2.0 * _entries(step) * positions + 20.0 * (step.rows + step.columns)
    return (1.0 + order) * total + _STEP * len(plan.steps)
