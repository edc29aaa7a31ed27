"""The variances that a layer reproduces, q* = V(q*), and the one that a network comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isclose, sqrt

import numpy as np

from freeblock.correlation.layer import Layer
from freeblock.errors import RefusedError

LOWEST, HIGHEST = 1e-12, 1e8
"""Fixed points are looked for between these."""
PER_DECADE = 6
_NOISE = 1e-7
"""V(q)/q − 1 below it is not told from 0 on the grid."""
_MARGIN = 1e-5
GROWS = "the variance of pre-activations has no fixed point: it grows in every layer"
LAYERS = 3000
"""Layers that are followed from a given start."""


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """q* and dV/dq there."""

    q: float
    slope: float

    @property
    def stable(self) -> bool:
        """Whether variances near it come to it."""
        return abs(self.slope) < 1 - _MARGIN

    @property
    def marginal(self) -> bool:
        """Whether |dV/dq| is not told from 1."""
        return abs(abs(self.slope) - 1) <= _MARGIN


@dataclass(frozen=True, slots=True)
class FixedPoints:
    """All that were found."""

    positive: tuple[FixedPoint, ...]
    every: bool = False
    """V(q) = q for every q."""
    vanishes: bool = False
    """Small variances shrink."""
    at_zero: bool = True
    """V(0) = 0, so that such ones tend to 0."""
    explodes: bool = False
    """Large variances grow without end, or beyond what was looked at."""
    reach: float = inf
    """The largest q that was looked at."""


def fixed_points(layer: Layer) -> FixedPoints:
    """The fixed points between LOWEST and HIGHEST. Raises RefusedError where V is not found at all."""
    gain = layer.gain
    if gain is not None:
        factor = layer.weight * gain
        if isclose(factor, 1, rel_tol=1e-12):
            return FixedPoints((), every=not layer.bias, explodes=layer.bias > 0)
        if layer.bias and factor < 1:
            return FixedPoints((FixedPoint(layer.bias / (1 - factor), factor),))
        return FixedPoints((), vanishes=factor < 1, explodes=factor > 1)
    places, heights = _heights(layer)
    if not places:
        raise RefusedError("E f² is not found by quadrature at any variance: it may be infinite")
    told = [(q, height) for q, height in zip(places, heights, strict=True) if abs(height) > _NOISE]
    if not told:
        return FixedPoints((), every=True, reach=places[-1])
    found = [_refined(layer, low, high) for (low, first), (high, second) in zip(told, told[1:], strict=False)
             if (first > 0) != (second > 0)]
    return FixedPoints(tuple(FixedPoint(q, layer.variance_slope(q)) for q in found), False, told[0][1] < 0,
                       not layer.bias and layer.at(np.zeros(1))[0] == 0, told[-1][1] > 0, places[-1])


def _heights(layer: Layer) -> tuple[list[float], list[float]]:
    """V(q)/q − 1 on a grid, up to where E f² is found."""
    decades = round(np.log10(HIGHEST / LOWEST))
    grid = np.geomspace(LOWEST, HIGHEST, decades * PER_DECADE + 1).tolist()
    places: list[float] = []
    heights: list[float] = []
    for q in grid:
        try:
            height = layer.variance(q) / q - 1
        except RefusedError:
            if places:
                break
            continue
        if not height < inf:
            break
        places.append(q)
        heights.append(height)
    return places, heights


def _refined(layer: Layer, low: float, high: float) -> float:
    rising = layer.variance(low) > low
    for _ in range(200):
        middle = sqrt(low * high)
        if not low < middle < high or high - low <= 1e-15 * high:
            break
        if (layer.variance(middle) > middle) == rising:
            low = middle
        else:
            high = middle
    return sqrt(low * high)


def settled(layer: Layer, found: FixedPoints, start: float | None) -> float:
    """The variance that a deep network comes to, from `start` or from anywhere. Raises RefusedError."""
    if found.every:
        return 1.0 if start is None else start
    if start is not None:
        return _followed(layer, found, start)
    stable = [one for one in found.positive if one.stable]
    if len(stable) == 1 and not found.vanishes and not found.explodes:
        return stable[0].q
    if stable:
        ends = [f"{one.q:.6g}" for one in stable]
        ends += ["0" if found.at_zero else "a value too small to be looked at"] * found.vanishes
        ends += [f"a value beyond {found.reach:.3g}, or nowhere"] * found.explodes
        raise RefusedError(f"the variance of pre-activations may end at {' or at '.join(ends)}, which its start "
                           "decides", hint=f"give the variance in the first layer, for example --q {stable[0].q:.3g}")
    raise RefusedError(why_none(found))


def why_none(found: FixedPoints) -> str:
    """Why there is no attracting fixed point."""
    marginal = next((one for one in found.positive if one.marginal), None)
    if marginal is not None:
        return f"the fixed point q* = {marginal.q:.6g} is not told to attract or to repel: |dV/dq| is 1 there"
    if found.vanishes and not found.at_zero:
        return "a fixed point of the variance lies below what is looked at"
    if found.vanishes and not found.explodes and not found.positive:
        return "the variance of pre-activations has no fixed point but 0, to which it tends: the signal vanishes, " \
               "and a correlation map at q* = 0 stands for nothing"
    if found.explodes and not found.vanishes and not found.positive:
        if found.reach < inf:
            return "no fixed point of the variance of pre-activations is found: it grows in a layer for every q up " \
                   f"to {found.reach:.3g}, as far as E f² is looked at"
        return GROWS
    if found.vanishes and found.explodes:
        return "no attracting fixed point of the variance of pre-activations is found: it tends to 0, or grows as " \
               "far as it is looked at"
    return "no attracting fixed point of the variance of pre-activations is found" + _listed(found.positive)


def _listed(points: Sequence[FixedPoint]) -> str:
    return "".join(f"; at q = {one.q:.6g} |dV/dq| is {abs(one.slope):.4g}" for one in points[:4])


def _followed(layer: Layer, found: FixedPoints, start: float) -> float:
    q = start
    for _ in range(LAYERS):
        try:
            after = layer.variance(q)
        except RefusedError:
            raise RefusedError(f"from q = {start:.6g} the variance of pre-activations comes to {q:.3g}, where E f² is "
                               "not found by quadrature") from None
        if not LOWEST <= after <= HIGHEST:
            end = "tends to 0" if after < LOWEST else f"grows beyond {HIGHEST:g}"
            raise RefusedError(f"from q = {start:.6g} the variance of pre-activations {end}",
                               hint=None if not found.positive else "give another --q")
        if isclose(after, q, rel_tol=1e-11):
            near = min(found.positive, key=lambda one: abs(one.q - after), default=None)
            # Slow changes are no fixed point.
            if near is not None and near.stable and isclose(near.q, after, rel_tol=1e-4):
                return near.q
            break
        q = after
    raise RefusedError(f"from q = {start:.6g} the variance of pre-activations comes to no fixed point in {LAYERS} "
                       "layers", hint="it may oscillate, or come to one like a power of the depth")
