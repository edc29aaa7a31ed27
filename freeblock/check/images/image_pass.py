"""One forward pass of a batch of images: fresh weights, what the activations see, and the tape of linear maps.

The two models are those of the pass on vectors: fresh patterns, or the network with its data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from freeblock.check.activations import ACTIVATIONS
from freeblock.check.images.maps import Average, Convolution, Diagonal, LinearMap, Matrix, Selection, Upsampling, Zeros
from freeblock.check.images.statistics import normalized
from freeblock.check.images.tape import Joined, Tape
from freeblock.check.jacobian import Array
from freeblock.check.patterns import Patterns
from freeblock.check.place import Place, Shape
from freeblock.check.plan import Branch, Factor, Fork, Join, Plan
from freeblock.check.signal import Vector, scaled, stacked
from freeblock.check.weights import KERNELS, WEIGHTS
from freeblock.check.window import Window


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A batch of vectors between two blocks, and the shape of the images where they are some."""

    vector: Vector
    shape: Shape | None


@dataclass(slots=True)
class ImagePass:
    """The random objects of one sample."""

    plan: Plan
    patterns: Patterns
    tape: Tape = field(default_factory=Tape)
    weights: dict[int, Array] = field(default_factory=dict)
    masks: dict[int, Array] = field(default_factory=dict)
    statistics: dict[str, list[float]] = field(default_factory=dict)
    """Symbol of a normalisation's statistic → the mean of statistic², at each use."""
    shares: dict[str, list[float]] = field(default_factory=dict)
    """Symbol of what a maximum shows, or of the active part of units → its mean, at each use."""

    def run(self) -> Vector:
        """Go forwards, write the tape, and give what comes out."""
        state = State(self.patterns.gaussian(self.plan.columns), self.plan.image)
        forks: list[tuple[State, list[State]]] = []
        for step in self.plan.steps:
            match step:
                case Place():
                    state = self._place(step, state)
                case Factor(value):
                    state = State(scaled(state.vector, value), state.shape)
                    self.tape.entries.append(Diagonal(value))
                case Fork():
                    forks.append((state, []))
                    self.tape.entries.append(step)
                case Branch():
                    forks[-1][1].append(state)
                    state = forks[-1][0]
                    self.tape.entries.append(step)
                case Join():
                    state = self._joined(step, forks.pop()[1])
        return state.vector

    def _joined(self, join: Join, parts: list[State]) -> State:
        vectors, shape = [part.vector for part in parts], parts[0].shape
        self.tape.entries.append(Joined(join, tuple(len(vector.values) for vector in vectors)))
        if join.kind == "sum":
            return State(self.patterns.added(vectors), shape)
        if shape is not None:
            shape = (sum(part.shape[0] for part in parts if part.shape is not None), *shape[1:])
        return State(stacked(vectors), shape)

    def _place(self, place: Place, state: State) -> State:
        name = place.sampler.name
        vector: Vector | None = None
        entry: LinearMap
        if name in WEIGHTS or name in KERNELS:
            entry = self._weight(place)
            vector = None if self.patterns.network else self._fresh(place, state.vector)
        elif name in ACTIVATIONS:
            entry, vector = self._activation(place, state.vector)
        elif name in ("noise", "channel_noise"):
            entry = self._noise(place, state)
            vector = None if self.patterns.network else state.vector
        elif name in ("normalize", "normalize_groups"):
            entry, vector = self._normalized(place, state)
        elif name == "identity":
            entry, vector = Diagonal(1.0), state.vector
        else:
            entry = STRUCTURES[name](self, place, state.vector.values)
        if vector is None:
            vector = Vector(entry.forward(state.vector.values), False, state.vector.origins)
        self.tape.entries.append(entry)
        return State(vector, place.shape_behind(state.shape))

    def _weight(self, place: Place) -> LinearMap:
        weight = self.weights.get(place.identity) if place.shared else None
        if weight is None:
            weight = draw_weight(place, self.patterns.generator)
            if place.shared:
                self.weights[place.identity] = weight
        return Matrix(weight) if place.sampler.name in WEIGHTS else Convolution(weight, _window(place))

    def _fresh(self, place: Place, vector: Vector) -> Vector:
        if place.shared:
            return self.patterns.remembered(place.identity, vector.values.tobytes(), place.rows)
        return self.patterns.gaussian(place.rows)

    def _activation(self, place: Place, vector: Vector) -> tuple[LinearMap, Vector]:
        activation = ACTIVATIONS[place.sampler.name]
        h = activation.prepare(place.parameters, vector.values) if vector.standard else vector.values
        passed = Vector(activation.value(place.parameters, h), False, vector.origins)
        if self.patterns.network and place.statistic is not None:
            self.shares.setdefault(place.statistic, []).append(float(np.mean(h > 0)))
        return Diagonal(activation.derivative(place.parameters, h)), passed

    def _noise(self, place: Place, state: State) -> LinearMap:
        keep, values = place.parameters["keep"], state.vector.values
        factors = self.masks.get(place.identity) if place.shared else None
        if factors is None:
            whole = place.sampler.name == "channel_noise" and state.shape is not None
            units = state.shape[0] if whole and state.shape is not None else len(values)
            drawn = (self.patterns.generator.random((units, values.shape[1])) < keep) / keep
            factors = np.repeat(drawn, len(values) // units, axis=0)
            if place.shared:
                self.masks[place.identity] = factors
        return Diagonal(factors)

    def _normalized(self, place: Place, state: State) -> tuple[LinearMap, Vector]:
        """The statistics of the data are held fixed in J (the leading order)."""
        if not self.patterns.network:
            return Diagonal(1 / place.parameters["std"]), state.vector
        factors, values, variance = normalized(place, state.shape, state.vector.values)
        if place.statistic is not None:
            self.statistics.setdefault(place.statistic, []).append(variance)
        return Diagonal(factors), Vector(values, False, state.vector.origins)

    def _maximum(self, place: Place, values: Array) -> LinearMap:
        """A maximum over windows, and what it shows: how often it is positive, how unevenly inputs are chosen."""
        window, batch = _window(place), values.shape[1]
        patches = window.patches(values.reshape(-1, *window.size, batch), -np.inf)
        entry = Selection(patches.argmax(axis=1), window)
        largest = np.take_along_axis(patches, entry.chosen[:, None], axis=1)
        counts = entry.backward(np.ones((place.rows, batch)))
        shown = {"p": float(np.mean(largest > 0)), "kappa": float(np.sum(counts**2)) / (place.rows * batch) - 1}
        for name, symbol in place.unknowns.items():
            if name in shown:
                self.shares.setdefault(symbol, []).append(shown[name])
        return entry

    def _average(self, place: Place, values: Array) -> LinearMap:
        return Average(_window(place))

    def _upsampling(self, place: Place, values: Array) -> LinearMap:
        assert place.move is not None
        return Upsampling(place.move.before[1:], round(place.parameters["factor"]))

    def _zeros(self, place: Place, values: Array) -> LinearMap:
        return Zeros(place.rows, place.columns)


STRUCTURES: dict[str, Callable[[ImagePass, Place, Array], LinearMap]] = {
    "window_maximum": ImagePass._maximum, "window_mean": ImagePass._average,
    "upsampling": ImagePass._upsampling, "zero_channels": ImagePass._zeros,
}


def draw_weight(place: Place, generator: np.random.Generator) -> Array:
    """A fresh matrix, or a kernel as groups × (out/groups) × (channels/groups · area)."""
    if place.sampler.name in WEIGHTS:
        return WEIGHTS[place.sampler.name].draw(place.parameters, place.rows, place.columns, generator)
    groups, rows, columns = place.kernel_shape
    return KERNELS[place.sampler.name](place.parameters, groups, rows, columns, generator)


def _window(place: Place) -> Window:
    assert place.move is not None and place.move.window is not None
    return place.move.window

