"""The vectors that activations look at: data of a network, or fresh ones of the model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from freeblock.check.data import Data
from freeblock.check.signal import Vector, added


@dataclass(slots=True)
class Patterns:
    """Makes the vectors of one sample, each `batch` columns wide."""

    generator: np.random.Generator
    network: bool
    batch: int
    data: Data = Data()
    origins: int = 0
    outputs: dict[tuple[int, bytes], Vector] = field(default_factory=dict)
    """(random object, vector it was applied to) → the fresh vector that stands for the result."""

    def gaussian(self, width: int) -> Vector:
        """The data of a network, or a fresh standard vector of the model."""
        self.origins += 1
        law = self.data if self.network else Data()
        values = law.draw(self.generator, width, self.batch)
        return Vector(values, not self.network, frozenset((self.origins,)))

    def remembered(self, identity: int, applied_to: bytes, width: int) -> Vector:
        """The fresh vector of a random object, the same whenever it is applied to the same vector."""
        key = identity, applied_to
        if key not in self.outputs:
            self.outputs[key] = self.gaussian(width)
        return self.outputs[key]

    def added(self, vectors: list[Vector]) -> Vector:
        """In the model a sum of functions of different fresh vectors is a fresh vector."""
        if self.network or len({vector.origins for vector in vectors}) == 1:
            return added(vectors)
        together = b"".join(vector.values.tobytes() for vector in vectors)
        return self.remembered(-1, together, len(vectors[0].values))
