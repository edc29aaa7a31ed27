"""Means over one Gaussian pre-activation, or over that of two inputs, as floats with a bound on their error.

Where f is a multiple of x on either side of 0 they are closed (the arc-cosine kernel of degree 1). Any other is
integrated by Gauss's rule, over pieces that end at its kinks. Two correlated numbers are u = a·z + s·y and
v = b·z + t·y′ with independent z, y, y′, so that their mean is that over z of a product of two means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import asin, exp, inf, pi, sqrt

import numpy as np

from freeblock.activation.arrays import Array, ArrayFunction
from freeblock.activation.derivative import derivative
from freeblock.activation.homogeneous import degree
from freeblock.activation.symmetry import is_odd
from freeblock.activation.tree import Choice, Tree, children_first
from freeblock.errors import RefusedError
from freeblock.formula.expression import Expression

REACH = 9.5
"""Standard deviations that are integrated over: 10^−20 of the weight lies beyond."""
NODES, FEWER = 24, 17
"""Of Gauss's rule on one piece; the difference of the two is taken for the error."""
GOAL, TOLERANCE = 1e-9, 1e-6
"""Above the first error, relative to the size of the function, more nodes are taken; above the second it is refused."""
KEPT = 1000
"""Means that are remembered."""
_BASE = (-REACH, -4.0, 0.0, 4.0, REACH)
_AROUND = (-8.0, -3.0, 0.0, 3.0, 8.0)
_KINKS = 12
Real = Callable[[Array], Array]


class CorrelatedMeans:
    """The Gaussian means of one function and of its derivative; `error` is the largest relative one so far."""

    def __init__(self, function: Tree, value_of: Callable[[Expression], float]) -> None:
        """`value_of` gives the numbers of the function's constants."""
        slope = derivative(function)
        self._function, self._slope = ArrayFunction(function, value_of), ArrayFunction(slope, value_of)
        self._known: dict[tuple[str | float, ...], float] = {}
        self._odd = is_odd(function)
        self.error = 0.0
        self.sides: tuple[float, float] | None = None
        """f′ to the right and to the left of 0, where it is constant there."""
        self.kinks: Array = np.zeros(1)
        """Where pieces of the function meet."""
        if degree(function) == 1:
            right, left = self._function(np.array([1.0, -1.0]))
            self.sides = float(right), -float(left)
        else:
            self.kinks = _kinks(function, value_of)

    def mean(self, q: float) -> float:
        """E f(x) for x ~ N(0, q)."""
        if self.sides is not None:
            right, left = self.sides
            return (right - left) * sqrt(q / (2 * pi))
        return 0.0 if self._odd else self._single("f", self._function, q)

    def mean_square(self, q: float) -> float:
        """E f(x)²."""
        if self.sides is not None:
            return q * (self.sides[0] ** 2 + self.sides[1] ** 2) / 2
        return self._single("f^2", lambda x: self._function(x) ** 2, q)

    def slope_mean(self, q: float) -> float:
        """E f′(x)."""
        return sum(self.sides) / 2 if self.sides is not None else self._single("f'", self._slope, q)

    def slope_moment(self, power: int, q: float) -> float:
        """E f′(x)^power, for an even power."""
        if self.sides is not None:
            return (self.sides[0] ** power + self.sides[1] ** power) / 2
        return self._single(f"f'^{power}", lambda x: self._slope(x) ** power, q)

    def product(self, first: float, second: float, covariance: float) -> float:
        """E f(u)f(v) for u ~ N(0, first), v ~ N(0, second) of the given covariance."""
        if self.sides is None:
            if not covariance:
                return self.mean(first) * self.mean(second)
            return self._double("f", self._function, first, second, covariance)
        right, left = self.sides
        odd, even = (right + left) / 2, (right - left) / 2
        size = sqrt(first * second)
        c = _correlation(covariance, size)
        return odd**2 * covariance + even**2 * size * 2 / pi * (sqrt(1 - c * c) + c * asin(c))

    def slopes(self, q: float, covariance: float) -> float:
        """E f′(u)f′(v) for u, v ~ N(0, q)."""
        if self.sides is None:
            return self._double("f'", self._slope, q, q, covariance)
        right, left = self.sides
        return (right + left) ** 2 / 4 + (right - left) ** 2 / 4 * 2 / pi * asin(_correlation(covariance, q))

    def slope_product(self, first: float, second: float, covariance: float) -> float:
        """E f′(u)²f′(v)²."""
        if self.sides is None:
            return self._double("f'^2", lambda x: self._slope(x) ** 2, first, second, covariance)
        right, left = self.sides[0] ** 2, self.sides[1] ** 2
        c = _correlation(covariance, sqrt(first * second))
        return (right + left) ** 2 / 4 + (right - left) ** 2 / 4 * 2 / pi * asin(c)

    def _single(self, name: str, g: Real, q: float) -> float:
        return self._once((name, q), lambda: self._single_new(g, q))

    def _double(self, name: str, g: Real, first: float, second: float, covariance: float) -> float:
        return self._once((name, first, second, covariance),
                          lambda: self._double_new(name, g, first, second, covariance))

    def _once(self, key: tuple[str | float, ...], work: Callable[[], float]) -> float:
        """A deep network comes to a fixed point, where all that is asked has been answered."""
        value = self._known.get(key)
        if value is None:
            if len(self._known) > KEPT:
                self._known.clear()
            value = self._known[key] = work()
        return value

    def _single_new(self, g: Real, q: float) -> float:
        deviation = sqrt(q)
        breaks = _breaks(self.kinks / deviation if deviation else self.kinks[:0])

        def at(nodes: int) -> tuple[float, float]:
            z, weights = _pieces(breaks, nodes)
            values = weights * g(deviation * z)
            size = float(np.abs(values).sum())
            # What grows so fast that weight is left at the ends may have no mean.
            ends = np.abs(g(deviation * np.array([-REACH, REACH]))).max() * exp(-REACH * REACH / 2)
            return float(values.sum()), size if ends <= GOAL * size else inf

        return self._checked(at)

    def _double_new(self, name: str, g: Real, first: float, second: float, covariance: float) -> float:
        c = _correlation(covariance, sqrt(first * second))
        if abs(c) == 1 and first == second:
            one = (lambda x: g(x) ** 2) if c > 0 else (lambda x: g(x) * g(-x))
            return self._single(f"{name} at {c:g}", one, first)
        shares = sqrt(abs(c) * first), sqrt(abs(c) * second) * (1 if c >= 0 else -1)
        rests = sqrt(max(first - shares[0] ** 2, 0)), sqrt(max(second - shares[1] ** 2, 0))
        ends = [_BASE]
        for share, rest in zip(shares, rests, strict=True):
            if share:
                places = self.kinks / share
                ends += [tuple(place + around * abs(rest / share) for place in places for around in _AROUND)]
        breaks = np.unique(np.clip(np.concatenate([np.asarray(part, np.float64) for part in ends]), -REACH, REACH))

        size = sqrt(self._single(f"({name})^2", lambda x: g(x) ** 2, first)
                    * self._single(f"({name})^2", lambda x: g(x) ** 2, second))

        def at(nodes: int) -> tuple[float, float]:
            z, weights = _pieces(breaks, nodes)
            left, right = (_inner(g, share * z, rest, self.kinks, nodes)
                           for share, rest in zip(shares, rests, strict=True))
            return float((weights * left * right).sum()), size

        return self._checked(at)

    def _checked(self, at: Callable[[int], tuple[float, float]]) -> float:
        for times in (1, 2, 4):
            with np.errstate(all="ignore"):
                (value, size), (other, _) = at(times * NODES), at(times * FEWER)
            error = inf if size == inf else abs(value - other) / size if size else 0.0
            if error < GOAL:
                break
        if not error < TOLERANCE:
            raise RefusedError("a Gaussian mean of an activation could not be worked out by quadrature: it may be "
                               "infinite, or the function may change too fast")
        self.error = max(self.error, error)
        return value


def _correlation(covariance: float, size: float) -> float:
    return max(-1.0, min(1.0, covariance / size)) if size else 0.0


@lru_cache(maxsize=8)
def _rule(nodes: int) -> tuple[Array, Array]:
    found, weights = np.polynomial.legendre.leggauss(nodes)
    return found, weights


def _breaks(kinks: Array) -> Array:
    return np.unique(np.clip(np.concatenate([np.asarray(_BASE), kinks]), -REACH, REACH))


def _pieces(breaks: Array, nodes: int) -> tuple[Array, Array]:
    """Points between the breaks (in the last axis), and Gaussian weights."""
    place, weight = _rule(nodes)
    low, high = breaks[..., :-1, None], breaks[..., 1:, None]
    z = (high + low) / 2 + (high - low) / 2 * place
    weights = weight * (high - low) / 2 * np.exp(-z * z / 2) / sqrt(2 * pi)
    shape = (*breaks.shape[:-1], -1)
    return z.reshape(shape), weights.reshape(shape)


def _inner(g: Real, centres: Array, deviation: float, kinks: Array, nodes: int) -> Array:
    """E g(m + s·y) at each centre m."""
    if not deviation:
        return g(centres)
    base = np.broadcast_to(np.asarray(_BASE), (len(centres), len(_BASE)))
    moved = (kinks[None, :] - centres[:, None]) / deviation
    breaks = np.sort(np.clip(np.concatenate([base, moved], axis=1), -REACH, REACH), axis=1)
    y, weights = _pieces(breaks, nodes)
    found: Array = (weights * g(centres[:, None] + deviation * y)).sum(axis=1)
    return found


_GRID = np.concatenate([-np.logspace(6, -6, 3001), [0.0], np.logspace(-6, 6, 3001)])


def _kinks(function: Tree, value_of: Callable[[Expression], float]) -> Array:
    """Where the pieces of a function meet: where a switch changes its sign or becomes 0."""
    found: list[float] = []
    for part in children_first(function):
        if isinstance(part, Choice):
            switch = ArrayFunction(part.switch, value_of)
            values = np.sign(switch(_GRID))
            for place in np.flatnonzero(values[:-1] != values[1:]):
                found.append(_bisected(switch, float(_GRID[place]), float(_GRID[place + 1])))
    places: Array = np.unique(np.round(found, 14)) if found else np.empty(0)
    if len(places) > _KINKS:
        raise RefusedError("the function has too many kinks for its two-dimensional means")
    return places


def _bisected(switch: Real, low: float, high: float) -> float:
    sign = np.sign(switch(np.array([low])))[0]
    for _ in range(120):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if np.sign(switch(np.array([middle])))[0] == sign:
            low = middle
        else:
            high = middle
    return high if abs(high) > 1e-12 else 0.0


