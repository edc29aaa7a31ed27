"""A normalisation of a batch as it is: what comes out, and its Jacobian with the statistics differentiated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from freeblock.check.jacobian import Array
from freeblock.check.place import Place


@dataclass(frozen=True, slots=True, eq=False)
class Normalization:
    """y = (x − mean)/r with statistics along an axis: dy = (dx − mean(dx) − y·mean(slope·dx))/r."""

    values: Array
    """y, n×B."""
    inverse: Array
    """1/r, and 0 where r is."""
    slope: Array
    """n times the gradient of r with respect to the numbers it is taken from: y, or signs."""
    axis: int
    centred: bool

    def forward(self, vectors: Array) -> Array:
        """J·x; all columns together where the statistics are over the batch."""
        return self.inverse * self._centred(vectors - self.values * self._mean(self.slope * self._centred(vectors)))

    def backward(self, vectors: Array) -> Array:
        """Jᵀ·y."""
        inner = self._centred(self.inverse * vectors)
        return inner - self._centred(self.slope * self._mean(self.values * self.inverse * vectors))

    def _centred(self, vectors: Array) -> Array:
        return vectors - self._mean(vectors) if self.centred else vectors

    def _mean(self, vectors: Array) -> Array:
        mean: Array = vectors.mean(axis=self.axis, keepdims=True)
        return mean


def normalization(place: Place, values: Array) -> Normalization:
    """The normalisation at a place, on n×B values, with the statistics that they have."""
    axis, by_size = (1 if place.over_batch else 0), place.sampler.name == "normalize_by_size"
    centred = not by_size and bool(place.parameters["centred"])
    if centred:
        values = values - values.mean(axis=axis, keepdims=True)
    if by_size:
        root = np.mean(np.abs(values), axis=axis, keepdims=True)
    else:
        root = np.sqrt(np.mean(values**2, axis=axis, keepdims=True) + place.parameters["epsilon"])
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    scaled = values * inverse
    return Normalization(scaled, inverse, np.sign(values) if by_size else scaled, axis, centred)
