"""Gauss's rule on pieces of a line, as floats."""

from __future__ import annotations

from functools import lru_cache
from math import pi, sqrt

import numpy as np

from freeblock.activation.arrays import Array


@lru_cache(maxsize=8)
def _rule(nodes: int) -> tuple[Array, Array]:
    found, weights = np.polynomial.legendre.leggauss(nodes)
    return found, weights


def on_pieces(breaks: Array, nodes: int) -> tuple[Array, Array]:
    """Points between the breaks (in the last axis), so many on each piece, and their weights."""
    place, weight = _rule(nodes)
    low, high = breaks[..., :-1, None], breaks[..., 1:, None]
    half = (high - low) / 2
    shape = (*breaks.shape[:-1], -1)
    return ((high + low) / 2 + half * place).reshape(shape), (half * weight).reshape(shape)


def gaussian_on_pieces(breaks: Array, nodes: int) -> tuple[Array, Array]:
    """The same, times the density of N(0, 1)."""
    z, weights = on_pieces(breaks, nodes)
    return z, weights * np.exp(-z * z / 2) / sqrt(2 * pi)
