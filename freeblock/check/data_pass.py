"""A batch of data forwards through a network, and vectors backwards: nothing is held fixed.

This is the network itself. The pass of `forward` keeps the Jacobian of one input and takes the statistics of
normalisations as constants; here they are differentiated, so that gradients of one input reach the whole batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from freeblock.check.activations import ACTIVATIONS
from freeblock.check.images.maps import Diagonal, LinearMap, Matrix
from freeblock.check.images.tape import Joined, Tape
from freeblock.check.jacobian import Array
from freeblock.check.normalization import normalization
from freeblock.check.place import Place
from freeblock.check.plan import Branch, Factor, Fork, Join, Plan
from freeblock.check.weights import WEIGHTS
from freeblock.errors import RefusedError


@dataclass(frozen=True, slots=True, eq=False)
class _Halves:
    """Positive parts above the negative ones."""

    positive: Array

    def forward(self, vectors: Array) -> Array:
        return np.concatenate([self.positive * vectors, (self.positive - 1) * vectors])

    def backward(self, vectors: Array) -> Array:
        above, below = np.split(vectors, 2)
        return self.positive * above + (self.positive - 1) * below


@dataclass(slots=True)
class DataPass:
    """The random objects of one pass, and its tape."""

    plan: Plan
    generator: np.random.Generator
    tape: Tape = field(default_factory=Tape)
    _shared: dict[int, LinearMap] = field(default_factory=dict)

    def run(self, values: Array) -> Array:
        """n×B data → m×B outputs. Raises RefusedError for a component that no data can go through."""
        forks: list[tuple[Array, list[Array]]] = []
        for step in self.plan.steps:
            match step:
                case Place():
                    values = self._place(step, values)
                case Factor(value):
                    self.tape.entries.append(Diagonal(value))
                    values = value * values
                case Fork():
                    forks.append((values, []))
                    self.tape.entries.append(step)
                case Branch():
                    forks[-1][1].append(values)
                    values = forks[-1][0]
                    self.tape.entries.append(step)
                case Join(kind):
                    parts = forks.pop()[1]
                    self.tape.entries.append(Joined(step, tuple(map(len, parts))))
                    values = np.sum(parts, axis=0) if kind == "sum" else np.concatenate(parts)
        return values

    def backward(self, vectors: Array) -> Array:
        """m×B → n×B, by the transpose of the Jacobian of the whole batch at the data that went through."""
        return self.tape.backward(vectors)[0]

    def _place(self, place: Place, values: Array) -> Array:
        name = place.sampler.name
        if name in ACTIVATIONS:
            activation = ACTIVATIONS[name]
            self.tape.entries.append(Diagonal(activation.derivative(place.parameters, values)))
            return activation.value(place.parameters, values)
        if name in ("normalize", "normalize_by_size"):
            one = normalization(place, values)
            self.tape.entries.append(one)
            return one.values
        entry = self._linear(place, values)
        self.tape.entries.append(entry)
        return entry.forward(values)

    def _linear(self, place: Place, values: Array) -> LinearMap:
        name, known = place.sampler.name, self._shared.get(place.identity)
        if known is not None and place.shared:
            return known
        entry: LinearMap
        if name in WEIGHTS:
            entry = Matrix(WEIGHTS[name].draw(place.parameters, place.rows, place.columns, self.generator))
        elif name == "noise":
            kept = self.generator.random(values.shape) < place.parameters["keep"]
            entry = Diagonal(kept * place.parameters["size"])
        elif name == "constant":
            entry = Diagonal(place.parameters["gain"])
        elif name == "concatenated":
            return _Halves((values > 0).astype(np.float64))
        elif name == "identity":
            entry = Diagonal(1.0)
        else:
            raise RefusedError(f"no data go through `{place.label}`", place.span)
        if place.shared:
            self._shared[place.identity] = entry
        return entry
