"""One forward pass through a plan: fresh random matrices, and the vector that the activations look at.

Two models share the pass. The *model with fresh patterns*, which the theorems speak of: the vector after a
weight, or after a sum that mixes independent vectors, is a fresh standard Gaussian vector; unit-wise maps
act on it, so one vector always shows one pattern. The *network*: Gaussian data, the weights that J is made
of, the patterns and statistics that occur.

The pass also keeps control variates: at every fresh draw, the change of ‖J‖² less its expectation given
what was drawn before. Their mean is exactly zero whatever the network is, and they explain most of the
scatter of the moments. (In a chain ‖J‖² is linear in them, so that φ_1 is left with no error at all.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from freeblock.check.activations import ACTIVATIONS
from freeblock.check.data import Data
from freeblock.check.jacobian import Array, multiply, row_squares, scale_rows, stack
from freeblock.check.patterns import Patterns
from freeblock.check.place import Place
from freeblock.check.plan import Branch, Factor, Fork, Join, Plan
from freeblock.check.signal import Signal, Vector, join, scale, stacked
from freeblock.check.weights import WEIGHTS
from freeblock.errors import OptionError

CONTROLS = 6
"""Control variates at most; leaves beyond share them."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One sample: the Jacobian of the whole network, and what the pass measured."""

    jacobian: Array
    controls: Array
    """Numbers with mean zero, CONTROLS or fewer."""
    statistics: dict[str, list[float]]
    """Symbol of a normalisation's statistic → the mean of 1/statistic² over the units, at each use."""
    shares: dict[str, list[float]]
    """Symbol of the active part of units → what it was, at each use."""


class Forward:
    """Draws samples of one plan; `batch` samples of data go through a network at once."""

    def __init__(
        self, plan: Plan, generator: np.random.Generator, network: bool, batch: int, data: Data | None = None
    ) -> None:
        self.plan = plan
        self.generator = generator
        self.network = network
        self.data = data or Data()
        if network and plan.needs_batch and batch < 2:
            raise OptionError("a normalisation over the batch takes its statistics from a single value here",
                              hint="take more samples at once with --batch")
        self.batch = batch if network and plan.needs_batch else 1
        self._mean_squares: dict[int, float] = {}

    def draw(self) -> Draw:
        """One sample, independent of those before it."""
        return _Pass(self, Patterns(self.generator, self.network, self.batch, self.data)).run()

    def mean_square(self, place: Place) -> float:
        """E f′(h)² of an activation with these parameters, worked out once."""
        known = self._mean_squares.get(id(place))
        if known is None:
            known = ACTIVATIONS[place.sampler.name].mean_square(place.parameters)
            self._mean_squares[id(place)] = known
        return known


@dataclass(slots=True)
class _Pass:
    """The random objects of one sample."""

    owner: Forward
    patterns: Patterns
    weights: dict[int, Array] = field(default_factory=dict)
    masks: dict[int, Array] = field(default_factory=dict)
    controls: Array = field(default_factory=lambda: np.zeros(CONTROLS))
    statistics: dict[str, list[float]] = field(default_factory=dict)
    shares: dict[str, list[float]] = field(default_factory=dict)

    def run(self) -> Draw:
        width = self.owner.plan.columns
        signal = Signal(np.ones(width), self.patterns.gaussian(width), float(width))
        forks: list[tuple[Signal, list[Signal]]] = []
        for step in self.owner.plan.steps:
            match step:
                case Place():
                    signal = self._place(step, signal)
                case Factor(value):
                    signal = scale(signal, value)
                case Fork():
                    forks.append((signal, []))
                case Branch():
                    forks[-1][1].append(signal)
                    signal = forks[-1][0]
                case Join(kind):
                    parts = forks.pop()[1]
                    vectors = [part.vector for part in parts]
                    signal = join(parts, kind, self.patterns.added(vectors) if kind == "sum" else stacked(vectors))
        return Draw(signal.jacobian, self.controls[: self.owner.plan.groups], self.statistics, self.shares)

    def _place(self, place: Place, signal: Signal) -> Signal:
        name = place.sampler.name
        if name in WEIGHTS:
            return self._weight(place, signal)
        if name in ACTIVATIONS:
            return self._activation(place, signal)
        if name == "noise":
            return self._noise(place, signal)
        if name == "concatenated":
            return self._concatenated(place, signal)
        if name in ("normalize", "normalize_by_size"):
            return self._measured(place, signal) if self.owner.network else self._normalized(place, signal)
        if name == "constant":
            gain = place.parameters["gain"]
            vector = Vector(gain * signal.vector.values, False, signal.vector.origins) if self.owner.network \
                else signal.vector
            return Signal(gain * signal.jacobian, vector, gain**2 * signal.size)
        return signal

    def _weight(self, place: Place, signal: Signal) -> Signal:
        sampler = WEIGHTS[place.sampler.name]
        weight = self.weights.get(place.identity) if place.shared else None
        fresh = weight is None
        if weight is None:
            weight = sampler.draw(place.parameters, place.rows, place.columns, self.owner.generator)
            if place.shared:
                self.weights[place.identity] = weight
        jacobian = multiply(weight, signal.jacobian)
        if sampler.gain is None:
            gain = float(np.vdot(weight, weight)) / place.columns
        else:
            gain = sampler.gain(place.parameters, place.rows, place.columns)
            if fresh:
                excess = float(row_squares(jacobian).sum() - gain * row_squares(signal.jacobian).sum())
                self._control(place, excess, gain * signal.size)
        if self.owner.network:
            vector = Vector(weight @ signal.vector.values, False, signal.vector.origins)
        elif place.shared:
            vector = self.patterns.remembered(place.identity, signal.vector.values.tobytes(), place.rows)
        else:
            vector = self.patterns.gaussian(place.rows)
        return Signal(jacobian, vector, gain * signal.size)

    def _activation(self, place: Place, signal: Signal) -> Signal:
        activation, vector = ACTIVATIONS[place.sampler.name], signal.vector
        h = activation.prepare(place.parameters, vector.values) if vector.standard else vector.values
        derivative = activation.derivative(place.parameters, h[:, 0])
        gain = 1.0
        if vector.standard:
            gain = self.owner.mean_square(place)
            self._control_diagonal(place, derivative, gain, signal)
        elif self.owner.network:
            gain = float(np.mean(derivative**2))
            if place.statistic is not None:
                self.shares.setdefault(place.statistic, []).append(float(np.mean(h > 0)))
        passed = Vector(activation.value(place.parameters, h), False, vector.origins)
        return Signal(scale_rows(derivative, signal.jacobian), passed, gain * signal.size)

    def _noise(self, place: Place, signal: Signal) -> Signal:
        """Dropout. The model leaves the vector as it is: whatever a dropped unit shows meets a zero row."""
        keep, size, values = place.parameters["keep"], place.parameters["size"], signal.vector.values
        factors = self.masks.get(place.identity) if place.shared else None
        if factors is None:
            factors = (self.owner.generator.random(values.shape) < keep) * size
            self._control_diagonal(place, factors[:, 0], keep * size**2, signal)
            if place.shared:
                self.masks[place.identity] = factors
        vector = signal.vector
        if self.owner.network:
            vector = Vector(factors * values, False, vector.origins)
        return Signal(scale_rows(factors[:, 0], signal.jacobian), vector, keep * size**2 * signal.size)

    def _concatenated(self, place: Place, signal: Signal) -> Signal:
        """The positive parts above the negative ones."""
        values, vector = signal.vector.values, signal.vector
        positive = (values[:, 0] > 0).astype(np.float64)
        jacobian = stack([scale_rows(positive, signal.jacobian), scale_rows(positive - 1, signal.jacobian)])
        passed = np.concatenate([np.maximum(values, 0), np.maximum(-values, 0)])
        return Signal(jacobian, Vector(passed, False, vector.origins), signal.size)

    def _normalized(self, place: Place, signal: Signal) -> Signal:
        parameters = place.parameters
        std = parameters["size"] if place.sampler.name == "normalize_by_size" else \
            (parameters["std"] ** 2 + parameters["epsilon"]) ** 0.5
        return Signal(signal.jacobian / std, signal.vector, signal.size / std**2)

    def _measured(self, place: Place, signal: Signal) -> Signal:
        """A normalisation with the statistics of the data, held fixed in J (the leading order)."""
        axis, values = (1 if place.over_batch else 0), signal.vector.values
        by_size = place.sampler.name == "normalize_by_size"
        epsilon = 0.0 if by_size else place.parameters["epsilon"]
        if by_size:
            root = np.mean(np.abs(values), axis=axis, keepdims=True)
        else:
            if place.parameters["centred"]:
                values = values - values.mean(axis=axis, keepdims=True)
            root = np.sqrt(np.mean(values**2, axis=axis, keepdims=True) + epsilon)
        inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
        factors = np.broadcast_to(inverse, values.shape)[:, 0]
        mean = float(np.mean(factors**2))
        if place.statistic is not None:
            self.statistics.setdefault(place.statistic, []).append(1 / (1 / mean - epsilon) if epsilon else mean)
        vector = Vector(values * inverse, False, signal.vector.origins)
        return Signal(scale_rows(factors, signal.jacobian), vector, mean * signal.size)

    def _control_diagonal(self, place: Place, factors: Array, mean_square: float, signal: Signal) -> None:
        excess = float(np.dot(factors**2 - mean_square, row_squares(signal.jacobian)))
        self._control(place, excess, mean_square * signal.size)

    def _control(self, place: Place, excess: float, size: float) -> None:
        """Add a term of mean zero to the control variate of the place's leaf."""
        groups = self.owner.plan.groups
        column = place.group if groups <= CONTROLS else place.group * CONTROLS // groups
        if size > 0 and isfinite(size) and isfinite(excess):
            self.controls[column] += excess / size
