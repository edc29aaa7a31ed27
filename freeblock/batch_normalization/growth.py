"""½ Σ log g over layers whose gains shrink like l^(−κ), and the schedules that keep it below a bound."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite

import numpy as np

from freeblock.activation.arrays import Array
from freeblock.activation.given import Activation
from freeblock.batch_normalization.shaping import Shape
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.evaluation import evaluate

HEAD = 1_000
"""Layers that are added one by one; the rest by the formula of Euler and Maclaurin."""
NODES = 257
SMALLEST = 1e-4
"""Below it the growth is as good as its limit, where it has no series."""
NOTHING = 1e-14
STEEPEST = 64.0
"""The largest exponent κ that is looked at."""
STEP = 0.9
LEAST_FLAT = 0.15
"""Where f is straight near 0 and the depth has no end, a smaller exponent is not tried."""
LATEST = 1e8
"""Where f is straight near 0, the sum is not followed beyond so many layers."""
Progress = Callable[[int, int], None]


class LogGrowth:
    """log g at any gain in (0, 1], by interpolation.

    Raises DomainError where a symbol has no value, RefusedError where a mean is not found, or series and quadrature do
    not meet.
    """

    def __init__(
        self, activation: Activation, shape: Shape, centred: bool, progress: Progress = lambda done, total: None
    ) -> None:
        self._means = activation.means
        self._centred = centred
        self._series = _logarithm([(power, evaluate(value, {}).to_float()) for power, value in shape.series[1:]])
        self._limit = 0.0 if shape.limit.is_zero else float(np.log(evaluate(shape.limit, {}).to_float()))
        self._vanishes = shape.kind == "vanishes"
        self._cut = {"threshold": self._meeting, "flat": self._nothing}.get(shape.kind, lambda: SMALLEST)()
        # Chebyshev points in log α between the cut and 1.
        self._low = float(np.log(self._cut))
        places = np.cos(np.pi * np.arange(NODES) / (NODES - 1))
        values = []
        for count, place in enumerate(places):
            progress(count, NODES)
            values.append(self.exactly(float(np.exp(self._low * (1 - place) / 2))))
        self._curve = np.polynomial.chebyshev.Chebyshev.fit(places, values, NODES - 1, domain=[-1, 1])

    def exactly(self, gain: float) -> float:
        """log g by quadrature, without interpolation."""
        means, q = self._means, gain**2
        slope_square = means.slope_moment(2, q)
        square = means.mean_square(q) - (means.mean(q) ** 2 if self._centred else 0.0)
        if not (square > 0 and slope_square > 0):
            raise DomainError("E f² or E f′² is 0", None, "give an activation that is not constant where it is used")
        return float(2 * np.log(gain) + np.log(slope_square) - np.log(square))

    def at(self, gains: Array) -> Array:
        """log g at many gains."""
        gains = np.asarray(gains, dtype=float)
        inside = self._curve(np.clip(1 - 2 * np.log(np.maximum(gains, 1e-300)) / self._low, -1, 1))
        return np.where(gains >= self._cut, inside, self._below(gains))

    def tail(self, kappa: float, layer: float) -> float:
        """∫ log g(l^(−κ)) dl from a layer, whose gain is below the cut, to infinity."""
        return float(sum(value * layer ** (1 - kappa * power) / (kappa * power - 1) for power, value in self._series))

    @property
    def has_series(self) -> bool:
        """Whether log g is a power of the gain, and not less, where the gain is small."""
        return bool(self._series)

    @property
    def cut(self) -> float:
        """Where interpolation ends and the series begins."""
        return self._cut

    def _below(self, gains: Array) -> Array:
        if self._vanishes:
            # E f² tends to f(0)², and E f′² to a constant.
            return self.exactly(self._cut) + 2 * np.log(np.maximum(gains, 1e-300) / self._cut)
        return self._limit + sum((value * gains**power for power, value in self._series), np.zeros_like(gains))

    def _nothing(self) -> float:
        """The gain below which log g is nothing."""
        return next((gain for step in range(40) if self.exactly(gain := 0.5 * 0.9**step) < NOTHING), SMALLEST)

    def _meeting(self) -> float:
        """The gain at which series and quadrature agree best. Raises RefusedError where they do not."""
        tried = [0.5 * 0.8**step for step in range(24)]
        found = [(abs(float(self._below(np.array([gain]))[0]) / exact - 1), gain) for gain in tried
                 if (exact := self.exactly(gain))]
        # Both of two neighbours: at a single gain the two may cross by chance.
        misfit, gain = min((max(one, other), gain) for (one, gain), (other, _) in zip(found, found[1:], strict=False))
        if not misfit < 1e-3:
            raise RefusedError("the growth at small gains is not found: its series and the quadrature do not meet",
                               hint="the activation may be steeper than its series at 0 tells")
        return gain


def _logarithm(series: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The powers and coefficients of log(1 + Σ c_k α^k), as far as the series is known."""
    if not series:
        return []
    last = series[-1][0]
    plain = dict(series)
    found: dict[int, float] = {}
    for place in range(1, last + 1):
        known = sum(k * found[k] * plain.get(place - k, 0.0) for k in found)
        found[place] = plain.get(place, 0.0) - known / place
    return [(place, value) for place, value in found.items() if value]


def total_growth(growth: LogGrowth, kappa: float, depth: int | None) -> float:
    """½ Σ_{l=1..L} log g(l^(−κ)); without a depth the infinite sum, which the caller knows to converge."""
    if depth is not None and depth <= HEAD:
        return float(growth.at(np.arange(1.0, depth + 1) ** -kappa).sum() / 2)
    head = float(growth.at(np.arange(1.0, HEAD + 1) ** -kappa).sum())
    last = inf if depth is None else float(depth)
    # The gain falls below the cut at this layer; from there the integral of the series is known.
    turn = inf if kappa <= 0 or -np.log(growth.cut) / kappa > 600 else growth.cut ** (-1 / kappa)
    if depth is None:
        if turn > LATEST and not growth.has_series:
            raise RefusedError(f"at this exponent more than {LATEST:g} layers add to the sum", hint="take a larger one")
        body = 0.0 if turn <= HEAD else _integral(growth, kappa, HEAD, turn)
        far, ends = growth.tail(kappa, max(turn, HEAD)), 0.0
    else:
        body, far, ends = _integral(growth, kappa, HEAD, last, turn), 0.0, _at_layer(growth, kappa, last)
    slopes = (_slope(growth, kappa, last) if isfinite(last) else 0.0) - _slope(growth, kappa, HEAD)
    return (head + body + far + (ends - _at_layer(growth, kappa, HEAD)) / 2 + slopes / 12) / 2


def _at_layer(growth: LogGrowth, kappa: float, layer: float) -> float:
    return float(growth.at(np.array([layer**-kappa]))[0])


def _slope(growth: LogGrowth, kappa: float, layer: float) -> float:
    step = layer * 1e-3
    return (_at_layer(growth, kappa, layer + step) - _at_layer(growth, kappa, layer - step)) / (2 * step)


def _integral(growth: LogGrowth, kappa: float, first: float, last: float, turn: float = inf) -> float:
    """∫ log g(l^(−κ)) dl, in the variable log l, cut where series and interpolation meet."""
    ends = sorted({first, last, *([turn] if first < turn < last else [])})
    nodes, weights = np.polynomial.legendre.leggauss(40)
    result = 0.0
    for low, high in zip(ends, ends[1:], strict=False):
        edges = np.linspace(np.log(low), np.log(high), 9)
        for start, end in zip(edges, edges[1:], strict=False):
            layers = np.exp((start + end) / 2 + (end - start) / 2 * nodes)
            result += float(np.dot(weights, growth.at(layers**-kappa) * layers) * (end - start) / 2)
    return result


def exponent_for(growth: LogGrowth, shape: Shape, depth: int | None, bound: float) -> float:
    """The smallest κ from which on ½ Σ log g ≤ bound, to 7 digits. Raises RefusedError where no κ will do."""
    _check(shape)
    floor = float(growth.at(np.ones(1))[0]) / 2
    if bound <= floor:
        raise RefusedError(f"no exponent keeps the growth below {bound:g}: the first layer has gain 1 and alone "
                           f"costs {floor:.6g}", hint="for a finite --depth a constant gain will do")
    least = 1e-3 if depth is not None else float(shape.threshold or 0) * (1 + 1e-4) or LEAST_FLAT
    if depth is not None and total_growth(growth, 0.0, depth) <= bound:
        return 0.0
    return _last_good(lambda kappa: total_growth(growth, kappa, depth) <= bound, STEEPEST, least)


def gain_for(growth: LogGrowth, shape: Shape, depth: int, bound: float) -> float:
    """The largest constant gain ≤ 1 up to which ½·L·log g ≤ bound, to 7 digits. Raises RefusedError."""
    _check(shape)
    return 1 / _last_good(lambda size: depth * float(growth.at(np.array([1 / size]))[0]) / 2 <= bound, 1e12, 1.0)


def _check(shape: Shape) -> None:
    if shape.threshold is None:
        raise RefusedError(f"no schedule of gains meets a bound: {shape.because}")


def _last_good(within: Callable[[float], bool], high: float, least: float) -> float:
    """Going down from what is surely within: the last value that is, or `least`."""
    if not within(high):
        raise RefusedError("no schedule that is looked at meets the bound")
    low = high
    while low > least:
        low = max(low * STEP, least)
        if not within(low):
            break
        high = low
    while high - low > 1e-7 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if within(middle) else (middle, high)
    return high
