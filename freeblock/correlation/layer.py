"""One layer `dense >> f` of a wide network as maps of floats: variance and correlation of pre-activations.

A pre-activation is N(0, q). The next one has the variance V(q) = w·E f(x)² + b for x ~ N(0, q), where w is fan_in times
the variance of a weight and b that of a bias, and at two inputs of correlation c the correlation
(w·E f(u)f(v) + b)/V(q).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import sqrt

import numpy as np

from freeblock.activation.arrays import Array, ArrayFunction
from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.derivative import derivative
from freeblock.activation.tree import Tree
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.expression import Expression

REACH = 14.0
NODES, PIECES = 24, (56, 39)
"""Of Gauss's rule on each piece; the difference of the two numbers of pieces is taken for the error."""
_NEEDED, _EDGE = 1e-8, 1e-8
_STEP = 1e-3
_BESIDE, _JUMP = 1e-9, 1e-6


class Layer:
    """The maps of an activation f with numbers for everything."""

    def __init__(
        self, function: Tree, weight: float, bias: float, value_of: Callable[[Expression], float],
    ) -> None:
        """Raises DomainError for variances that are none, or a function that is 0 or too large."""
        self.function, self.weight, self.bias = function, weight, bias
        self.means = CorrelatedMeans(function, value_of)
        self.value_of = value_of
        self.at = ArrayFunction(function, value_of)
        """f at many points."""
        self.slope_at = ArrayFunction(derivative(function), value_of)
        if self.means.sides is not None and not 1e-50 < max(map(abs, self.means.sides)) < 1e50:
            raise DomainError("f is 0, or too small or large for floats", hint="give another activation")
        if not 0 < weight <= 1e100:
            raise DomainError(f"sigma_w^2 lies above 0 and at most at 1e100, not at {weight:g}")
        if not 0 <= bias <= 1e100:
            raise DomainError(f"sigma_b^2 lies between 0 and 1e100, not at {bias:g}")

    def variance(self, q: float) -> float:
        """V(q). Raises RefusedError, as all maps here, where a mean is not found."""
        return self.weight * self.means.mean_square(q) + self.bias

    def variance_slope(self, q: float) -> float:
        """dV/dq, to about six digits."""
        if self.gain is not None:
            return self.weight * self.gain
        return (self.variance(q * (1 + _STEP)) - self.variance(q * (1 - _STEP))) / (2 * _STEP * q)

    def chi(self, q: float) -> float:
        """χ₁ = w·E f′(x)²."""
        return self.weight * self.means.slope_moment(2, q)

    def correlation(self, q: float, c: float) -> float:
        """The correlation of the next pre-activations."""
        return (self.weight * self.means.product(q, q, c * q) + self.bias) / self.variance(q)

    def slope(self, q: float, c: float) -> float:
        """dc′/dc; at c = 1 it is χ₁ where q is a fixed point."""
        moment = self.means.slope_moment(2, q) if c == 1 else self.means.slopes(q, c * q)
        return self.weight * moment * q / self.variance(q)

    @property
    def gain(self) -> float | None:
        """E f²/q, where f is a multiple of x on either side of 0."""
        return None if self.means.sides is None else self.means.mean_square(1.0)

    def fine_moments(self, q: float) -> tuple[float, float, float]:
        """E f(x)² and E f′(x)² for x ~ N(0, q) by many nodes, and their relative error. Raises RefusedError."""
        if self.means.sides is not None:
            gain = self.means.mean_square(1.0)
            return gain * q, gain, 0.0
        found = [self._moments(q, pieces) for pieces in PIECES]
        (square, slope), (other, other_slope) = found
        error = max(abs(square - other) / square, abs(slope - other_slope) / slope) if square > 0 < slope else 1.0
        if not error < _NEEDED:
            raise RefusedError("E f² or E f′² is not found by quadrature: it may be infinite, or f may change too fast")
        return square, slope, max(error, 1e-15)

    def _moments(self, q: float, pieces: int) -> tuple[float, float]:
        z, weights = gaussian_nodes(self.means.kinks / sqrt(q), pieces)
        with np.errstate(all="ignore"):
            values, slopes = (weights * g(sqrt(q) * z) ** 2 for g in (self.at, self.slope_at))
        if max(abs(values[0]), abs(values[-1])) > 1e-12 * values.sum():
            return 0.0, 0.0
        return float(values.sum()), float(slopes.sum())

    def jumps(self) -> list[tuple[float, float]]:
        """(place, jump of f′) at the kinks."""
        if self.means.sides is not None:
            right, left = self.means.sides
            return [(0.0, right - left)] if right != left else []
        places = self.means.kinks
        beside = _BESIDE * (1 + np.abs(places))
        heights = self.slope_at(places + beside) - self.slope_at(places - beside)
        return [(float(place), float(jump)) for place, jump in zip(places, heights, strict=True) if abs(jump) > _JUMP]

    @property
    def tolerance(self) -> float:
        """Slopes this near to 1 are not told from it."""
        return max(_EDGE, 10 * self.means.error)

    @property
    def error(self) -> float:
        """The largest relative error of a quadrature so far."""
        return self.means.error


@cache
def _rule() -> tuple[Array, Array]:
    places, weights = np.polynomial.legendre.leggauss(NODES)
    return places, weights


def gaussian_nodes(kinks: Array, pieces: int) -> tuple[Array, Array]:
    """Nodes and weights for means over a standard normal, on pieces that end at the kinks."""
    ends = np.unique(np.clip(np.concatenate([np.linspace(-REACH, REACH, pieces + 1), kinks]), -REACH, REACH))
    base, base_weights = _rule()
    half = (ends[1:] - ends[:-1])[:, None] / 2
    z = ((ends[1:] + ends[:-1])[:, None] / 2 + half * base).ravel()
    return z, (half * base_weights).ravel() * np.exp(-z * z / 2) / sqrt(2 * np.pi)
