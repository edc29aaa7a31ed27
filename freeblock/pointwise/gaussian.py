"""E f(αz), E f(αz)² and E f′(αz)² for a standard normal z, by quadrature between the kinks of f."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from freeblock.errors import DomainError
from freeblock.pointwise.activation import Activation
from freeblock.pointwise.values import Points, kinks, values_of

REACH = 14.0
"""Beyond so many standard deviations nothing is added."""
NODES = 20
PIECES = (28, 56, 112, 224, 448)
"""The interval is cut into more pieces until the moments no longer change."""
TOLERANCE = 1e-11
NEEDED = 1e-6
"""A moment that is not known to this is not given."""


class Moments(NamedTuple):
    """Of an activation under a Gaussian; `error` is the relative change under refinement."""

    mean: float
    square: float
    slope_square: float
    error: float


class GaussianMoments:
    """The moments of one activation at any gain α ≤ `largest`; the number of pieces is settled at the largest.

    Raises DomainError where a symbol has no value, f is not real, or a moment is too large or not found.
    """

    def __init__(self, activation: Activation, largest: float = 1.0) -> None:
        self._activation = activation
        self._kinks = kinks(activation, -REACH * largest, REACH * largest)
        self._pieces = PIECES[0]
        self._error = float("inf")
        before = self._at(largest)
        for self._pieces in PIECES[1:]:
            found = self._at(largest)
            self._error = max(abs(one - other) / max(abs(other), found[1], 1e-300)
                              for one, other in zip(before, found, strict=True))
            if self._error < TOLERANCE:
                break
            before = found
        if not self._error < NEEDED:
            raise DomainError(f"E f² or E f′² of `{activation.text}` is not found by quadrature", activation.span,
                              "f is to be continuous and to grow more slowly than exp(x^2/4)")

    def at(self, gain: float) -> Moments:
        """The moments of f(αz)."""
        return Moments(*self._at(gain), self._error)

    def _at(self, gain: float) -> tuple[float, float, float]:
        nodes, weights = gaussian_nodes([one / gain for one in self._kinks], self._pieces)
        value, slope = values_of(self._activation, gain * nodes)
        with np.errstate(all="ignore"):
            parts = np.stack([value, value**2, slope**2]) * weights
        if not np.all(np.isfinite(parts)):
            raise DomainError(f"`{self._activation.text}` is not a finite real number everywhere",
                              self._activation.span, "give a formula that is real and finite for every x")
        sums = parts.sum(axis=1)
        if np.abs(parts[1:, [0, -1]]).max() > 1e-12 * sums[1:].max():
            raise DomainError(f"E f² or E f′² of `{self._activation.text}` is infinite or too large",
                              self._activation.span, "f is to grow more slowly than exp(x^2/4)")
        return float(sums[0]), float(sums[1]), float(sums[2])


def gaussian_nodes(breaks: list[float], pieces: int) -> tuple[Points, Points]:
    """Nodes and weights of Gauss–Legendre rules between the breaks, times the normal density."""
    inside = [one for one in breaks if -REACH < one < REACH]
    # Steep activations are steep at 0, so the pieces become shorter towards it; the further, the more pieces there are,
    # so that an integral that is infinite there does not seem to settle.
    graded = [sign * REACH / 2**halvings for halvings in range(5, 9 + pieces.bit_length()) for sign in (-1, 1)]
    nodes, weights = legendre_nodes(sorted({*np.linspace(-REACH, REACH, pieces + 1).tolist(), *graded, *inside}))
    return nodes, weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)


def legendre_nodes(ends: list[float]) -> tuple[Points, Points]:
    """Nodes and weights of one Gauss–Legendre rule for each interval between neighbouring ends."""
    base, base_weights = np.polynomial.legendre.leggauss(NODES)
    low, high = np.array(ends[:-1])[:, None], np.array(ends[1:])[:, None]
    half = (high - low) / 2
    return ((low + high) / 2 + half * base).ravel(), (half * base_weights).ravel()
