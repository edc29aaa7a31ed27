"""The Hermite series of an activation, f(√q z) = Σ a_k h_k(z) with normalised h_k: E f(u)f(v) = Σ a_k² c^k."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from freeblock.correlation.layer import PIECES, Layer, gaussian_nodes
from freeblock.errors import RefusedError

MOST = 30
"""Terms that are worked out, at most."""
_ERROR = 1e-8
_ZERO = 1e-12


class HermiteSeries(NamedTuple):
    """a_0 … a_K, and E f² − Σ_{k ≤ K} a_k², which is what all later ones add to it (Parseval)."""

    coefficients: tuple[float, ...]
    square: float
    rest: float
    error: float
    """Of a coefficient, relative to √(E f²)."""


def hermite_series(layer: Layer, q: float, last: int) -> HermiteSeries:
    """The series to the order `last` ≤ MOST at variance q. Raises RefusedError where f² has no mean."""
    square = layer.means.mean_square(q)
    size = float(np.sqrt(square))
    fine, coarse = (_coefficients(layer, q, last, pieces) for pieces in PIECES)
    error = float(np.abs(fine - coarse).max()) / size
    if not error < _ERROR:
        raise RefusedError("the Hermite coefficients are not found by quadrature: f changes too fast at this variance")
    kept = tuple(0.0 if abs(value) < _ZERO * size else float(value) for value in fine)
    return HermiteSeries(kept, square, max(square - sum(value**2 for value in kept), 0.0), max(error, layer.error))


def _coefficients(layer: Layer, q: float, last: int, pieces: int) -> NDArray[np.float64]:
    deviation = float(np.sqrt(q))
    z, weights = gaussian_nodes(layer.means.kinks / deviation, pieces)
    with np.errstate(all="ignore"):
        weighted = weights * layer.at(deviation * z)
    found = np.empty(last + 1)
    before, polynomial = np.zeros_like(z), np.ones_like(z)
    for k in range(last + 1):
        found[k] = weighted @ polynomial
        # h_{k+1} = (z·h_k − √k·h_{k−1})/√(k+1)
        before, polynomial = polynomial, (z * polynomial - np.sqrt(k) * before) / np.sqrt(k + 1)
    return found
