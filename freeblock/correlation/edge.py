"""The edge of chaos: variances of weights and biases at which χ₁ is 1 at the fixed point of the variance.

Along all layers with χ₁ = χ the fixed point q itself is a coordinate: w = χ/E f′² and b = q − w·E f², for x ~ N(0, q).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from freeblock.correlation.layer import Layer
from freeblock.errors import RefusedError

SMALLEST, LARGEST, PER_DECADE = 1e-6, 1e6, 12
"""Fixed points that are looked for."""
_STEP = 1e-4
_MARGIN = 1e-5
_SMALL = 1e-4


class Point(NamedTuple):
    """One layer with the wanted χ₁: its fixed point, σ_w² and σ_b²."""

    q: float
    weight: float
    bias: float
    error: float = 0.0
    """Of what was solved for."""


def point_at(layer: Layer, q: float, chi: float = 1.0) -> Point:
    """The layer with the fixed point q; σ_b² may come out below 0. Raises RefusedError."""
    square, slope, error = layer.fine_moments(q)
    weight = chi / slope
    return Point(q, weight, q - weight * square, error)


def attracts(layer: Layer, point: Point) -> bool:
    """Whether variances near the fixed point come to it: |dV/dq| < 1."""
    if layer.gain is not None:
        return point.weight * layer.gain < 1
    if not point.q:
        return point.weight * layer.fine_moments(_SMALL)[0] < _SMALL
    above, below = (layer.fine_moments(point.q * (1 + side * _STEP))[0] for side in (1, -1))
    return abs(point.weight * (above - below) / (2 * _STEP * point.q)) < 1 - _MARGIN


def curve(layer: Layer, chi: float = 1.0, per_decade: int = PER_DECADE) -> list[Point]:
    """Points along all fixed points that are found, in increasing q."""
    decades = round(np.log10(LARGEST / SMALLEST))
    found = []
    for q in np.geomspace(SMALLEST, LARGEST, decades * per_decade + 1).tolist():
        try:
            found.append(point_at(layer, q, chi))
        except (RefusedError, ArithmeticError, ValueError):
            if found:
                break
    return found


def with_bias(layer: Layer, bias: float, chi: float = 1.0, along: Sequence[Point] | None = None) -> list[Point]:
    """The layers with this σ_b², on the curve `along` if it is known; the error is that of σ_w²."""
    return _solved(layer, chi, along or curve(layer, chi), lambda point: point.bias - bias, "weight",
                   lambda point: point.q + bias)


def with_weight(layer: Layer, weight: float, chi: float = 1.0) -> list[Point]:
    """The layers with this σ_w² whose σ_b² is not below 0; the error is that of σ_b²."""
    found = _solved(layer, chi, curve(layer, chi), lambda point: point.weight - weight, "bias", lambda point: weight)
    return [point for point in found if point.bias >= 0]


def _solved(
    layer: Layer, chi: float, points: Sequence[Point], miss: Callable[[Point], float], wanted: str,
    size: Callable[[Point], float],
) -> list[Point]:
    """Roots along the curve, with the error that the quadrature leaves in the wanted coordinate."""
    roots = []
    for first, second in zip(points, points[1:], strict=False):
        noise = 1e-13 * size(first)
        if (miss(first) > 0) == (miss(second) > 0) or max(abs(miss(first)), abs(miss(second))) < 10 * noise:
            continue
        root = point_at(layer, _root(lambda q: miss(point_at(layer, q, chi)), first.q, second.q), chi)
        beside = point_at(layer, root.q * (1 + _STEP), chi)
        steep = abs((miss(beside) - miss(root)) / (beside.q - root.q))
        along = abs((getattr(beside, wanted) - getattr(root, wanted)) / (beside.q - root.q))
        error = max(root.error, 1e-15)
        slack = error * (size(root) * along / steep + (root.weight if wanted == "weight" else root.q))
        roots.append(root._replace(error=4 * slack))
    return roots


def _root(miss: Callable[[float], float], low: float, high: float) -> float:
    """A change of sign, by the rule of false position with halved weights (Illinois)."""
    first, second = miss(low), miss(high)
    for _ in range(200):
        middle = high - second * (high - low) / (second - first)
        value = miss(middle)
        if not value or abs(high - low) <= 1e-15 * high or middle in (low, high):
            return middle
        if (value > 0) == (second > 0):
            first /= 2
        else:
            low, first = high, second
        high, second = middle, value
    return high


def start_of(layer: Layer, chi: float = 1.0) -> Point | None:
    """The layer without biases with χ₁ = χ at q* = 0, σ_w² = χ/f′(0)²; None where f(0) ≠ 0 or f has a kink there."""
    beside = np.array([-1e-9, 0.0, 1e-9])
    with np.errstate(all="ignore"):
        value, slopes = layer.at(beside)[1], layer.slope_at(beside)
    if value or not np.isfinite(slopes).all() or abs(slopes[0] - slopes[2]) > 1e-6 or not 1e-50 < abs(slopes[1]) < 1e50:
        return None
    weight = float(chi / slopes[1] ** 2)
    return Point(0.0, weight, 0.0, 4e-16 * weight)
