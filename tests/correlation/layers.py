"""Layers from texts, and Gaussian means by scipy and numpy alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy import integrate

from freeblock.correlating import correlate
from freeblock.correlation.analysis import Analysis

Real = Callable[[float], float]


def analysis(text: str, weight: str, bias: str = "0", **options: object) -> Analysis:
    """The layer with numbers."""
    found = correlate(text, var=weight, bias=bias, **options).analysis  # type: ignore[arg-type]
    assert found is not None
    return found


def mean(g: Real, q: float, kinks: Sequence[float] = ()) -> float:
    """E g(x) for x ~ N(0, q), by scipy's adaptive quadrature between the kinks."""
    ends = sorted({-12.0, 0.0, 12.0, *(kink / math.sqrt(q) for kink in kinks)})
    return sum(integrate.quad(lambda z: g(math.sqrt(q) * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi), low, high,
                              epsabs=1e-11, epsrel=1e-9)[0] for low, high in pairwise(ends))


def joint_mean(g: Real, q: float, c: float, kinks: Sequence[float] = ()) -> float:
    """E g(u)g(v) for u, v ~ N(0, q) of correlation c: v given u is N(cu, q(1 − c²))."""
    rest = q * (1 - c * c)

    def inner(u: float) -> float:
        return g(u) * mean(lambda y: g(c * u + y), rest, [kink - c * u for kink in kinks])

    return mean(inner, q, kinks)


def smooth_map(g: Callable[[np.ndarray], np.ndarray], weight: float, bias: float, q: float, terms: int = 60) -> np.ndarray:
    """The coefficients of c^k in c′, by numpy's Hermite polynomials and its Gauss rule."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(180)
    values = weights / math.sqrt(2 * math.pi) * g(math.sqrt(q) * nodes)
    found = np.array([weight / q * (values @ np.polynomial.hermite_e.hermeval(nodes, [0] * k + [1])) ** 2 / math.factorial(k)
                      for k in range(terms)])
    found[0] += bias / q
    return found
