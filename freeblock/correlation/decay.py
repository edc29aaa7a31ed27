"""Where the correlation of two inputs ends, c*, and how fast: the asymptotics of 1 − c_l and of |c_l − c*|.

At a fixed point of the variance c′ is a power series in c with coefficients that are not negative and add up to 1. It
is convex on [0, 1]: with a slope of at most 1 at c = 1 every correlation tends to 1, with a larger one to the one
c* < 1. At slope 1 the next term of 1 − c′ at c = 1 decides. With a jump Δ of f′ at t,

    1 − c′ = δ − a·δ^(3/2) + …,  a = (2/3)·w·√(q/π)·Σ Δ²·(density of N(0, q) at t),  so that δ_l ~ 4/(a·l)²,

and with none 1 − c′ = δ − κ·δ²/2 + …, κ = w·q·E f″², so that δ_l ~ 2/(κ·l).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, pi, sqrt
from typing import Literal

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.derivative import derivative
from freeblock.correlation.layer import Layer
from freeblock.errors import RefusedError

TINY = 1e-10
"""Slopes and correlations below it are not told from 0."""
_NEAREST = 1e-7
Kind = Literal["identity", "power", "exponential", "faster", "unknown"]


@dataclass(frozen=True, slots=True)
class Decay:
    """The end of correlations: `slope` is dc′/dc at c*."""

    kind: Kind
    limit: float
    slope: float
    power: int = 0
    """1 − c_l ~ coefficient/l^power."""
    coefficient: float = 0.0
    because: str = ""

    @property
    def rate(self) -> float:
        """log of the slope: |c_l − c*| falls like e^(rate·l)."""
        return log(self.slope)


def decay(layer: Layer, q: float) -> Decay:
    """The end of correlations and the speed at a variance. Raises RefusedError where they are not resolved."""
    slope = layer.slope(q, 1.0)
    if abs(layer.slope(q, 0.0) - slope) < TINY and abs(slope - 1) <= layer.tolerance:
        return Decay("identity", 1.0, 1.0)
    if abs(slope - 1) <= layer.tolerance:
        return _at_the_edge(layer, q)
    if slope < 1:
        return Decay("exponential" if slope > TINY else "faster", 1.0, slope)
    limit = _limit(layer, q)
    there = layer.slope(q, limit)
    return Decay("exponential" if there > TINY else "faster", limit, max(there, 0.0))


def _limit(layer: Layer, q: float) -> float:
    """c* < 1 of a map that is convex, with a slope above 1 at c = 1."""
    if abs(layer.correlation(q, 0.0)) < TINY:
        return 0.0
    gap = 0.5
    while layer.correlation(q, 1 - gap) >= 1 - gap:
        gap /= 2
        if gap < _NEAREST:
            raise RefusedError("the fixed point c* is too near to 1 to be told from it",
                               hint="the network is at the edge of chaos but for a millionth")
    low, high = 0.0, 1 - gap
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if layer.correlation(q, middle) > middle else (low, middle)
    return (low + high) / 2


def _at_the_edge(layer: Layer, q: float) -> Decay:
    scale = q / layer.variance(q)
    jumps = layer.jumps()
    if jumps:
        density = sum(jump**2 * exp(-place**2 / (2 * q)) for place, jump in jumps) / sqrt(2 * pi * q)
        bend = 2 / 3 * layer.weight * density * sqrt(q / pi) * scale
        if _agrees(layer, q, lambda gap: 1.5 * bend * sqrt(gap)):
            return Decay("power", 1.0, 1.0, 2, 4 / bend**2)
    else:
        try:
            curved = CorrelatedMeans(derivative(layer.function), layer.value_of).slope_moment(2, q)
        except (RefusedError, ArithmeticError, ValueError):
            return Decay("unknown", 1.0, 1.0, because="E f″² is not found, and may be infinite")
        bend = layer.weight * q * curved * scale
        if _agrees(layer, q, lambda gap: bend * gap):
            return Decay("power", 1.0, 1.0, 1, 2 / bend)
    return Decay("unknown", 1.0, 1.0, because="the slope of the map near c = 1 does not follow the first term of its "
                                              "expansion")


def _agrees(layer: Layer, q: float, drop: Callable[[float], float]) -> bool:
    """Whether the slope falls from c = 1 as the expansion says: measured, not taken for granted."""
    misfits = []
    for gap in (1e-2, 1e-3, 1e-4):
        measured = 1 - layer.slope(q, 1 - gap)
        misfits.append(abs(measured / drop(gap) - 1) if drop(gap) > 0 else 1.0)
    return misfits[2] < 0.02 and (misfits[2] <= misfits[1] or misfits[1] < 1e-3)
