"""The phases of an activation over (σ_w, σ_b): ordered, chaotic, no fixed point; with the edge of chaos and c*."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np

from freeblock.activation.arrays import Array
from freeblock.correlation.function import Function
from freeblock.correlation.layer import Layer
from freeblock.errors import RefusedError

CELLS = 200
"""Places along each axis."""
CONTOURS = (0.2, 0.4, 0.6, 0.8, 0.95)
ORDERED, CHAOTIC, NONE, SEVERAL = 0, 1, 2, 3
_SMALLEST, _LARGEST, _PLACES = 1e-6, 1e6, 481
_CONTOURED, _SPARSE = (2e-3, 1e2), 4
"""Contours are drawn along these fixed points, one of so many: their means are two-dimensional."""
Curve = tuple[tuple[float, float], ...]


class Phases(NamedTuple):
    """The phase in each cell, rows by σ_b; the edge and contours of c* as (σ_w, σ_b), where the fixed point attracts.

    Where f is a multiple of x on either side of 0 the edge is one point on the axis σ_b = 0.
    """

    weights: Array
    biases: Array
    kinds: Array
    edge: Curve
    contours: tuple[tuple[float, Curve], ...]


class _Moments(NamedTuple):
    """E f², its derivative, and E f′² on a grid of variances."""

    q: Array
    square: Array
    steep: Array
    slope: Array


def phases(function: Function, progress: Callable[[int, int | None], None] = lambda done, of: None) -> Phases:
    """The diagram. Raises OptionError where the activation has symbols, RefusedError where a mean is infinite."""
    layer = function.layer(1.0, 0.0)
    moments = _moments(layer)
    if layer.gain is not None:
        edge: Curve = ((1 / sqrt(layer.gain), 0.0),)
    else:
        edge = _curve(moments, 1 / moments.slope, slice(None))
    reach = 2.2 * min((point[0] for point in edge), default=1.0)
    weights, biases = np.linspace(0, reach, CELLS + 1)[1:], np.linspace(0, reach / 2, CELLS)
    contours = []
    for place, c in enumerate(() if layer.gain is not None else CONTOURS):
        progress(place, len(CONTOURS))
        contours.append((c, _contour(layer, moments, c)))
    return Phases(weights, biases, _kinds(moments, weights, biases), edge, tuple(contours))


def _moments(layer: Layer) -> _Moments:
    squares: list[float] = []
    slopes: list[float] = []
    grid = np.geomspace(_SMALLEST, _LARGEST, _PLACES)
    for q in grid.tolist():
        try:
            mean, slope, _ = layer.fine_moments(q)
        except RefusedError:
            if len(squares) > _PLACES // 4:
                break
            raise
        squares.append(mean)
        slopes.append(slope)
    q, square = grid[:len(squares)], np.array(squares)
    return _Moments(q, square, np.gradient(square, q), np.array(slopes))


def _curve(moments: _Moments, weight: Array, places: slice) -> Curve:
    """(σ_w, σ_b) of layers with these σ_w² at fixed points on the grid, where σ_b² ≥ 0 and the fixed point attracts."""
    q, square, steep = moments.q[places], moments.square[places], moments.steep[places]
    bias = q - weight * square
    kept = (bias >= 0) & (np.abs(weight * steep) < 1) & np.isfinite(weight)
    return tuple(zip(np.sqrt(weight[kept]).tolist(), np.sqrt(bias[kept]).tolist(), strict=True))


def _contour(layer: Layer, moments: _Moments, c: float) -> Curve:
    """The layers with c* = c < 1: w = q(1 − c)/(E f² − E f(u)f(v))."""
    low, high = np.searchsorted(moments.q, _CONTOURED)
    places = slice(int(low), int(high), _SPARSE)
    weights = []
    for q, square in zip(moments.q[places].tolist(), moments.square[places].tolist(), strict=True):
        try:
            weights.append(q * (1 - c) / (square - layer.means.product(q, q, c * q)))
        except (RefusedError, ArithmeticError):
            weights.append(np.inf)
    return _curve(moments, np.array(weights), places)


def _kinds(moments: _Moments, weights: Array, biases: Array) -> Array:
    """The phase at each (σ_b, σ_w)."""
    kinds = np.empty((len(biases), len(weights)))
    for column, deviation in enumerate(weights.tolist()):
        growth = deviation**2 * moments.square - moments.q
        chi = deviation**2 * moments.slope
        for row, bias in enumerate(biases.tolist()):
            kinds[row, column] = _kind(growth + bias**2, chi)
    return kinds


def _kind(height: Array, chi: Array) -> int:
    """The phase at the attracting fixed point, where V(q) − q falls through 0; at q* = 0 that of small signals."""
    ends = []
    for place in np.flatnonzero((height[:-1] > 0) & (height[1:] <= 0)):
        share = height[place] / (height[place] - height[place + 1])
        ends.append(chi[place] + share * (chi[place + 1] - chi[place]))
    if height[0] <= 0:
        ends.append(chi[0])
    if not ends:
        return NONE
    if len(ends) > 1 or height[-1] > 0:
        return SEVERAL
    return ORDERED if ends[0] <= 1 else CHAOTIC
