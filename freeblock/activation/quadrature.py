"""Gaussian means by numbers: E g(x)^j for x ~ N(0, q), with a bound on the error found by halving the step.

A function without kinks or steep places is summed with the trapezoidal rule, which converges geometrically. Any
other is cut at its kinks and around its steep places, and each piece is summed after the map x = tanh(π/2·sinh t),
which takes kinks and roots at the ends of a piece in its stride.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import mpmath

from freeblock.activation.features import Cuts, TooManyPlacesError, cuts_of
from freeblock.activation.numeric import NumericFunction, TooLargeError, Value

DIGITS = 30
"""Digits of a mean: its error is below 10^−DIGITS of E |g|^j."""
GUARD = 15
"""Digits carried beyond those."""
EVALUATIONS = 20_000
"""Values of the function that are worked out, at most."""
LARGEST = 12
"""A mean square lies between 10^−LARGEST and 10^LARGEST."""
_FAR = [10 ** (3 * 2**level) for level in range(9)]
"""Places, in standard deviations, at which growth is looked at."""
_HALVINGS = 6
_DEPTH = 30
_COARSE = mpmath.mpf(1) / 4
_SPAN = mpmath.mpf("4.7")
"""The ends of t: there a piece is left out that is 10^−70 of it."""
_HARD = "the integral does not settle: it may diverge, or the function may change too fast"
_GROWS = "the function grows or swings too fast"


class NoMeanError(Exception):
    """The integral diverges, or could not be worked out; the message says why."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and a bound on its error."""

    value: Value
    error: Value


class Quadrature:
    """The means of the powers of one function under N(0, q), q a number of mpmath with all its digits."""

    def __init__(self, function: NumericFunction, q: Value) -> None:
        self._function, self._q = function, q
        self._known: dict[Value, Value] = {}
        self._weight = 1
        self._cuts: Cuts | None = None
        self._scale = mpmath.mpf(0)

    def mean(self, power: int) -> Mean:
        """E g(x)^power. Raises NoMeanError."""
        if not mpmath.mpf(10) ** -LARGEST <= self._q <= mpmath.mpf(10) ** LARGEST:
            raise NoMeanError(f"the mean square lies outside 10^-{LARGEST} … 10^{LARGEST}")
        with mpmath.workdps(DIGITS + GUARD):
            try:
                return self._mean(power)
            except TooLargeError as error:
                raise NoMeanError(_GROWS) from error
            except ZeroDivisionError as error:
                raise NoMeanError("the function has a pole") from error
            except TooManyPlacesError as error:
                raise NoMeanError("the function has too many kinks and steep places") from error
            except ValueError as error:
                raise NoMeanError(f"the function is not real everywhere: {error}") from error

    def _mean(self, power: int) -> Mean:
        self._weight = power
        deviation = mpmath.sqrt(self._q)
        reach = self._reach(deviation)
        if self._cuts is None:
            self._cuts = cuts_of(self._function, deviation, reach)
        smooth = self._trapezoid(deviation, reach) if self._cuts.smooth else None
        if smooth is not None:
            return smooth
        ends = sorted({-reach, mpmath.mpf(0), reach, *(place for place in self._cuts.places if abs(place) < reach)})
        # What is lost on a piece is measured by the whole: a piece of zeros has only noise at its ends.
        self._scale = mpmath.fsum(abs(self._coarse(low, high)) for low, high in pairwise(ends))
        pieces = [self._piece(low, high, 0) for low, high in pairwise(ends)]
        size = mpmath.fsum(abs(piece.value) for piece in pieces)
        return Mean(mpmath.fsum(piece.value for piece in pieces),
                    mpmath.fsum(piece.error for piece in pieces) + size * mpmath.mpf(10) ** -(DIGITS + GUARD // 3))

    def _integrand(self, x: Value) -> Value:
        density = mpmath.exp(-x * x / (2 * self._q)) / mpmath.sqrt(2 * mpmath.pi * self._q)
        value = self._known.get(x)
        if value is None:
            if len(self._known) >= EVALUATIONS:
                raise NoMeanError(_HARD)
            value = self._known[x] = self._function(x)
        return value**self._weight * density

    def _reach(self, deviation: Value) -> Value:
        """Where the integrand has become negligible on both sides, for good. Raises NoMeanError."""
        for place in _FAR:
            for sign in (1, -1):
                size = abs(self._function(sign * place * deviation))
                if size and self._weight * mpmath.log(size) > mpmath.mpf(place) ** 2 / 4:
                    raise NoMeanError(_GROWS)
        height = (DIGITS + GUARD // 2) * mpmath.log(10)
        reach = mpmath.sqrt(2 * height) + 1
        least = mpmath.exp(-height)
        while max(abs(self._integrand(sign * reach * deviation)) for sign in (1, -1)) * reach * deviation > least:
            reach *= mpmath.mpf("1.25")
            if reach > 2000:
                raise NoMeanError(_GROWS)
        return reach * deviation

    def _trapezoid(self, deviation: Value, reach: Value) -> Mean | None:
        """The trapezoidal rule on the whole line; None where it does not settle soon."""
        step = deviation / 2
        count = int(reach / step) + 1
        total = mpmath.fsum(self._integrand(k * step) for k in range(-count, count + 1))
        for _ in range(_HALVINGS):
            more = mpmath.fsum(self._integrand((k + mpmath.mpf("0.5")) * step) for k in range(-count, count))
            old, total, step, count = total * step, total + more, step / 2, 2 * count
            value = total * step
            # The error falls from a step to half of it as its square does, so the change bounds it by far.
            if abs(value - old) <= _small(value):
                return Mean(value, abs(value - old) + abs(value) * mpmath.mpf(10) ** -(DIGITS + GUARD // 3))
        return None

    def _piece(self, low: Value, high: Value, depth: int) -> Mean:
        """One piece; halved where its sum does not settle."""
        step, count = _COARSE, int(_SPAN / _COARSE)
        total = self._coarse(low, high) / step
        for _ in range(_HALVINGS):
            more = mpmath.fsum(self._mapped(low, high, (k + mpmath.mpf("0.5")) * step) for k in range(-count, count))
            old, total, step, count = total * step, total + more, step / 2, 2 * count
            value = total * step
            edges = mpmath.fsum(abs(self._mapped(low, high, side * count * step)) for side in (1, -1))
            if abs(value - old) + edges <= _small(value, self._scale):
                return Mean(value, abs(value - old) + edges)
        if depth == _DEPTH:
            raise NoMeanError(_HARD)
        middle = (low + high) / 2
        first, second = self._piece(low, middle, depth + 1), self._piece(middle, high, depth + 1)
        return Mean(first.value + second.value, first.error + second.error)

    def _coarse(self, low: Value, high: Value) -> Value:
        """The sum over a piece with the longest step."""
        count = int(_SPAN / _COARSE)
        return _COARSE * mpmath.fsum(self._mapped(low, high, k * _COARSE) for k in range(-count, count + 1))

    def _mapped(self, low: Value, high: Value, t: Value) -> Value:
        """The integrand at x = tanh(π/2·sinh t), stretched to a piece; exact in the distance from its ends."""
        bend = mpmath.exp(mpmath.pi * mpmath.sinh(abs(t)))
        gap = (high - low) / (1 + bend)
        x = low + gap if t < 0 else high - gap
        return self._integrand(x) * mpmath.pi * mpmath.cosh(t) * gap * bend / (1 + bend)


def _small(value: Value, scale: Value = 0) -> Value:
    """What may be left of a sum of this size, which is a part of one of the size `scale`."""
    unit = mpmath.mpf(10) ** -(DIGITS + 2)
    return unit * (abs(value) + scale + unit)
