"""Quantiles of Student's t distribution, without scipy."""

from __future__ import annotations

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

_LARGE = 400  # degrees of freedom from which a two-term expansion about the normal quantile is exact enough


@lru_cache(maxsize=256)
def two_sided_quantile(confidence: float, degrees: float) -> float:
    """The t with P(|T| ≤ t) = confidence; fractional degrees of freedom are rounded down, to 1 at least."""
    whole = max(1, int(degrees))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    if whole > _LARGE:
        return z + (z**3 + z) / (4 * whole)
    low, high = 0.0, pi / 2
    for _ in range(100):
        middle = (low + high) / 2
        if _inside(middle, whole) < confidence:
            low = middle
        else:
            high = middle
    return sqrt(whole) * sin(low) / cos(low)


def probability_inside(t: float, degrees: int) -> float:
    """P(|T| ≤ t) for whole degrees of freedom."""
    return _inside(atan(t / sqrt(degrees)), degrees)


def _inside(angle: float, degrees: int) -> float:
    """P(|T| ≤ √ν tan(angle)): the finite trigonometric sums for odd and even ν."""
    s, c = sin(angle), cos(angle)
    if degrees == 1:
        return 2 * angle / pi
    odd = degrees % 2
    term = total = c if odd else 1.0
    for k in range(2 + odd, degrees, 2):
        term *= c * c * (k - 1) / k
        total += term
    return 2 / pi * (angle + s * total) if odd else s * total
