"""Means over one Gaussian pre-activation, or over that of two inputs, as floats with a bound on their error.

Where f is a multiple of x on either side of 0 they are closed (the arc-cosine kernel of degree 1). Any other is
integrated by Gauss's rule, over pieces that end at its kinks. Two correlated numbers are u = a·z + s·y and
v = b·z + t·y′ with independent z, y, y′, so that their mean is that over z of a product of two means.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import asin, exp, inf, pi, sqrt

import numpy as np

from freeblock.activation.arrays import Array, ArrayFunction
from freeblock.activation.derivative import derivative
from freeblock.activation.gauss import gaussian_on_pieces
from freeblock.activation.homogeneous import degree
from freeblock.activation.kinks import kinks
from freeblock.activation.symmetry import is_odd
from freeblock.activation.tree import Tree
from freeblock.errors import RefusedError
from freeblock.formula.expression import Expression
from freeblock.source import Span

REACH = 9.5
"""Standard deviations that are integrated over: 10^−20 of the weight lies beyond."""
NODES, FEWER = 24, 17
"""Of Gauss's rule on one piece; the difference of the two is taken for the error."""
GOAL, TOLERANCE = 1e-9, 1e-6
"""Above the first error, relative to the size of the function, more nodes are taken; above the second it is refused."""
KEPT = 20_000
"""Means that are remembered."""
_BASE = (-REACH, -4.0, 0.0, 4.0, REACH)
_WIDE = 14.0
"""For functions that grow so fast that weight is left beyond `REACH`."""
_LEVELS = ((_BASE, NODES, FEWER), *(((-_WIDE, *_BASE, _WIDE), times * NODES, times * FEWER) for times in (2, 4)))
"""Ends of pieces, and the two numbers of nodes on each; the next is tried where two sums differ."""
_AROUND = (-8.0, -3.0, 0.0, 3.0, 8.0)
_KINKS = 12


def _graded(pieces: int) -> tuple[float, ...]:
    """Even pieces, and shorter ones towards 0, where steep functions are steep.

    The more pieces, the further, so that an integral that is infinite there does not seem to settle.
    """
    towards = [sign * _WIDE / 2**halvings for halvings in range(5, 9 + pieces.bit_length()) for sign in (-1, 1)]
    return tuple(sorted({*np.linspace(-_WIDE, _WIDE, pieces + 1).tolist(), *towards}))


_GRADED = tuple((_graded(pieces), 20, 14) for pieces in (56, 448))
Real = Callable[[Array], Array]


class CorrelatedMeans:
    """The Gaussian means of one function and of its derivative; `error` is the largest relative one so far."""

    def __init__(
        self, function: Tree, value_of: Callable[[Expression], float], *, goal: float = GOAL,
        places: Array | None = None, span: Span | None = None,
    ) -> None:
        """`value_of` gives the numbers of the function's constants; `places` are its kinks, where they are known.

        `span` is where the function stands.
        """
        self._goal, self._span = goal, span
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
            self.kinks = kinks(function, value_of) if places is None else places

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
        places = self.kinks / deviation if deviation else self.kinks[:0]

        def at(ends: Sequence[float], nodes: int) -> tuple[float, float]:
            z, weights = gaussian_on_pieces(_breaks(ends, places), nodes)
            values = weights * g(deviation * z)
            size = float(np.abs(values).sum())
            # What grows so fast that weight is left at the ends may have no mean.
            reach = ends[-1]
            left = np.abs(g(deviation * np.array([-reach, reach]))).max() * exp(-reach * reach / 2)
            return float(values.sum()), size if left <= self._goal * size else inf

        return self._checked([(partial(at, ends), nodes, fewer) for ends, nodes, fewer in (*_LEVELS, *_GRADED)])

    def _double_new(self, name: str, g: Real, first: float, second: float, covariance: float) -> float:
        c = _correlation(covariance, sqrt(first * second))
        if abs(c) == 1 and first == second:
            one = (lambda x: g(x) ** 2) if c > 0 else (lambda x: g(x) * g(-x))
            return self._single(f"{name} at {c:g}", one, first)
        shares = sqrt(abs(c) * first), sqrt(abs(c) * second) * (1 if c >= 0 else -1)
        rests = sqrt(max(first - shares[0] ** 2, 0)), sqrt(max(second - shares[1] ** 2, 0))
        if len(self.kinks) > _KINKS:
            raise RefusedError("the function has too many kinks for its two-dimensional means", self._span)
        ends = [_BASE]
        for share, rest in zip(shares, rests, strict=True):
            if share:
                places = self.kinks / share
                ends += [tuple(place + around * abs(rest / share) for place in places for around in _AROUND)]
        breaks = np.unique(np.clip(np.concatenate([np.asarray(part, np.float64) for part in ends]), -REACH, REACH))

        size = sqrt(self._single(f"({name})^2", lambda x: g(x) ** 2, first)
                    * self._single(f"({name})^2", lambda x: g(x) ** 2, second))

        def at(nodes: int) -> tuple[float, float]:
            z, weights = gaussian_on_pieces(breaks, nodes)
            left = _inner(g, shares[0] * z, rests[0], self.kinks, nodes)
            # Two inputs that are alike, which is what a signal has, share one integral.
            alike = shares[0] == shares[1] and rests[0] == rests[1]
            right = left if alike else _inner(g, shares[1] * z, rests[1], self.kinks, nodes)
            return float((weights * left * right).sum()), size

        return self._checked([(at, times * NODES, times * FEWER) for times in (1, 2, 4)])

    def _checked(self, rules: Sequence[tuple[Callable[[int], tuple[float, float]], int, int]]) -> float:
        """The first value that has settled. Raises RefusedError."""
        for at, nodes, fewer in rules:
            with np.errstate(all="ignore"):
                (value, size), (other, _) = at(nodes), at(fewer)
            error = inf if size == inf else abs(value - other) / size if size else 0.0
            if error < self._goal:
                break
        if not error < TOLERANCE:
            raise RefusedError("a Gaussian mean of the activation could not be worked out by quadrature", self._span,
                               "it may be infinite, or the function not real everywhere, or changing too fast")
        self.error = max(self.error, error)
        return value


def _correlation(covariance: float, size: float) -> float:
    return max(-1.0, min(1.0, covariance / size)) if size else 0.0


def _breaks(ends: Sequence[float], kinks: Array) -> Array:
    return np.unique(np.clip(np.concatenate([np.asarray(ends), kinks]), ends[0], ends[-1]))


def _inner(g: Real, centres: Array, deviation: float, kinks: Array, nodes: int) -> Array:
    """E g(m + s·y) at each centre m."""
    if not deviation:
        return g(centres)
    base = np.broadcast_to(np.asarray(_BASE), (len(centres), len(_BASE)))
    moved = (kinks[None, :] - centres[:, None]) / deviation
    breaks = np.sort(np.clip(np.concatenate([base, moved], axis=1), -REACH, REACH), axis=1)
    y, weights = gaussian_on_pieces(breaks, nodes)
    found: Array = (weights * g(centres[:, None] + deviation * y)).sum(axis=1)
    return found
