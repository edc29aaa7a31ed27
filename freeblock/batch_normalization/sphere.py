"""Averages over what batch normalization makes of a batch: a vector that is uniform on a sphere.

Values in a batch of B, their mean subtracted and divided by their standard deviation, are uniform on the sphere of
radius √B in the B − 1 dimensions orthogonal to (1, …, 1). One coordinate u has a density ∝ (B−1−u²)^((B−4)/2); given u,
another one is −u/(B−1) + t·√(B(B−2)(B−1−u²))/(B−1), and t has a density ∝ (1−t²)^((B−5)/2).
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from freeblock.activation.arrays import Array
from freeblock.activation.gauss import on_pieces
from freeblock.activation.given import Activation, Dual

REACH = 13.0
"""No weight worth counting lies further out, in units of the coordinate's standard deviation."""
NODES = 20
"""Of Gauss's rule on each piece."""
SMOOTH = 16
"""In larger batches what happens at the rim of the sphere is smooth and small."""


class Sphere:
    """The sphere of a batch of `batch` ≥ 4 values, with the kinks of an activation on it."""

    def __init__(self, activation: Activation, batch: int, pieces: int) -> None:
        self.batch = batch
        self._activation = activation
        self._pieces = pieces
        radius = sqrt(batch - 1)
        self.kinks = [one for one in activation.kinks.tolist() if abs(one) < min(radius, REACH + 2)]
        self.nodes, self.weights = self._line()
        self.value, self.slope = self.at(self.nodes)

    def at(self, coordinates: Array) -> Dual:
        """The activation and its derivative there."""
        return self._activation.values(coordinates)

    def _line(self) -> tuple[Array, Array]:
        """Coordinates and the probabilities they stand for."""
        radius = sqrt(self.batch - 1)
        breaks = [one / radius for one in self.kinks] + [each for one in self.kinks for each in self._graded(one)]
        angles, weights = _angles(breaks, self.batch - 3, self._pieces)
        return radius * np.sin(angles), weights

    def _graded(self, kink: float) -> list[float]:
        """Places at and near the two coordinates beyond which no other one is at the kink: a root begins there."""
        size = self.batch
        if size > SMOOTH or kink**2 >= size - 1:
            return []
        spread = sqrt(size * (size - 2) * (size - 1 - kink**2)) / (size - 1)
        ends = [(-kink / (size - 1) + sign * spread) / sqrt(size - 1) for sign in (-1, 1)]
        return [end + shift for end in ends for shift in (0, *(sign / 6**j for j in range(1, 7) for sign in (-1, 1)))]

    def pairs(self, place: int) -> tuple[Array, Array]:
        """Another coordinate and its probabilities, where the first is `nodes[place]`."""
        size = self.batch
        first = float(self.nodes[place])
        spread = sqrt(max(0.0, size * (size - 2) * (size - 1 - first**2))) / (size - 1)
        middle = -first / (size - 1)
        breaks = [(one - middle) / spread for one in self.kinks] if spread else []
        angles, weights = _angles(breaks, size - 4, self._pieces)
        return middle + spread * np.sin(angles), weights


def _angles(breaks: list[float], power: int, pieces: int) -> tuple[Array, Array]:
    """Angles θ in [−π/2, π/2] and their probabilities under the density ∝ cos^power θ, cut where sin θ is a break."""
    reach = min(pi / 2, REACH / sqrt(power + 1))
    inside = [angle for angle in map(float, np.arcsin([one for one in breaks if abs(one) < 1])) if abs(angle) < reach]
    angles, weights = on_pieces(np.array(sorted({*np.linspace(-reach, reach, pieces + 1).tolist(), *inside})), NODES)
    weights = weights * np.cos(angles) ** power
    return angles, weights / weights.sum()
