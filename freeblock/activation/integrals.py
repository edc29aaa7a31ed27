"""Gaussian means of kernels in closed form: E[g(x); l < x < u] for x ~ N(0, q)."""

from __future__ import annotations

from fractions import Fraction

from freeblock.activation.kernels import Kernel, NoClosedFormError
from freeblock.activation.pieces import End, Piece
from freeblock.formula.expression import MINUS_ONE, ONE, ZERO, Expression, number, symbol
from freeblock.formula.functions import apply, is_known_at_least
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.sums import total

_HALF = Fraction(1, 2)
_TWO = number(2)


class InfiniteMeanError(Exception):
    """The integral diverges."""


def mean_of_piece(piece: Piece, q: Expression) -> Expression:
    """The mean over one piece. Raises NoClosedFormError, InfiniteMeanError."""
    return total([coefficient * _mean(kernel, piece.low, piece.high, q) for kernel, coefficient in piece.terms.items()])


def _mean(kernel: Kernel, low: End, high: End, q: Expression) -> Expression:
    everywhere = low is None and high is None
    if kernel.is_hyperbolic:
        if not everywhere or kernel._replace(sech=0, rate=ZERO, tanh=False) != Kernel():
            raise NoClosedFormError
        return ZERO if kernel.tanh else apply("sech_moment", [number(kernel.sech), kernel.rate * kernel.rate * q])
    variance, factor = _tilted(kernel.square, low, high, q)
    if kernel.is_periodic:
        if not everywhere or not kernel.linear.is_zero:
            raise NoClosedFormError
        return factor * _oscillating(kernel.power, kernel.frequency, kernel.sine, variance)
    return _truncated(kernel, low, high, q, variance, factor)


def _tilted(square: Expression, low: End, high: End, q: Expression) -> tuple[Expression, Expression]:
    """The variance of the density times e^(bx²), and the root of variance over q."""
    shrink = ONE - _TWO * square * q
    if not is_manifestly_positive(shrink):
        if shrink.is_zero or is_known_at_least(ZERO, shrink):
            if low is not None and high is not None:
                raise NoClosedFormError
            raise InfiniteMeanError
        if not is_known_at_least(shrink, ZERO):
            raise NoClosedFormError
    return q / shrink, power(shrink, -_HALF)


def _oscillating(n: int, frequency: Expression, sine: bool, variance: Expression) -> Expression:
    """E x^n cos(wx) or E x^n sin(wx), by parts from n − 1 and n − 2."""
    cosines, sines = [_exp(frequency * frequency * variance * number(-_HALF))], [ZERO]
    turn = frequency * variance
    for place in range(1, n + 1):
        before = (cosines[place - 2], sines[place - 2]) if place > 1 else (ZERO, ZERO)
        step = variance * number(place - 1)
        cosines.append(step * before[0] - turn * sines[place - 1])
        sines.append(step * before[1] + turn * cosines[place - 1])
    return sines[n] if sine else cosines[n]


def _truncated(
    kernel: Kernel, low: End, high: End, q: Expression, variance: Expression, factor: Expression
) -> Expression:
    """E[x^n e^(ax + bx²); l < x < u]: the moments of a shifted Gaussian between two places."""
    shift = kernel.linear * variance
    whole = factor * _exp(kernel.linear * shift * number(_HALF))
    deviation = power(variance, _HALF)
    moments = [whole * _probability(*[None if end is None else (end - shift) / deviation for end in (low, high)])]
    edges = [(end, sign * _density(kernel, end, q)) for end, sign in ((low, ONE), (high, MINUS_ONE)) if end is not None]
    for n in range(1, kernel.power + 1):
        parts = [shift * moments[n - 1]]
        if n > 1:
            parts.append(variance * number(n - 1) * moments[n - 2])
        parts += [variance * density * (end ** (n - 1) if n > 1 else ONE) for end, density in edges
                  if n == 1 or not end.is_zero]
        moments.append(total(parts))
    return moments[-1]


def _density(kernel: Kernel, end: Expression, q: Expression) -> Expression:
    """e^(ax + bx²) times the density of N(0, q), at one place."""
    exponent = kernel.linear * end + kernel.square * end * end - end * end / (_TWO * q)
    return _exp(exponent) * power(_TWO * symbol("pi") * q, -_HALF)


def _probability(low: End, high: End) -> Expression:
    """P(l < z < u) for a standard normal z."""
    if low is None or high is None:
        if high is not None:
            return apply("Phi", [high])
        return ONE if low is None else apply("Phi", [-low])
    if (low + high).is_zero:
        return apply("erf", [high * power(_TWO, -_HALF)])
    return apply("Phi", [high]) - apply("Phi", [low])


def _exp(exponent: Expression) -> Expression:
    return apply("exp", [exponent])
