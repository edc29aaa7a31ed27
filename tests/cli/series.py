"""Moments, free cumulants and the additive state of a law, in floating point, from their definitions alone.

φ_k = [z^k] M. The S-transform is S(w) = (1 + w)/w · M⁻¹(w) = exp(−Σ λ_j w^j)/φ. The rectangular cumulants of
ratio c are defined by C(z(1 + M)(1 + cM)) = M; with c = 0 they are the free cumulants. Series are lists of
coefficients, z^0 first.
"""

from __future__ import annotations

from collections.abc import Sequence

Series = list[float]


def times(first: Series, second: Series) -> Series:
    size = len(first)
    return [sum(first[i] * second[place - i] for i in range(place + 1)) for place in range(size)]


def power(base: Series, exponent: int) -> Series:
    result = [1.0] + [0.0] * (len(base) - 1)
    for _ in range(exponent):
        result = times(result, base)
    return result


def inverse(base: Series) -> Series:
    """1/base."""
    result = [1 / base[0]]
    for place in range(1, len(base)):
        result.append(-sum(base[i] * result[place - i] for i in range(1, place + 1)) / base[0])
    return result


def exponential(exponent: Series) -> Series:
    """exp of a series without constant term, by f' = g'f."""
    result = [1.0]
    for place in range(1, len(exponent)):
        result.append(sum(i * exponent[i] * result[place - i] for i in range(1, place + 1)) / place)
    return result


def logarithm(base: Series) -> Series:
    """log of a series with constant term 1."""
    result = [0.0]
    for place in range(1, len(base)):
        result.append(base[place] - sum(i * result[i] * base[place - i] for i in range(1, place)) / place)
    return result


def composed(outer: Series, inner: Series) -> Series:
    """outer(inner(z)), inner without constant term."""
    result = [0.0] * len(inner)
    for coefficient in reversed(outer):
        result = times(result, inner)
        result[0] += coefficient
    return result


def reversed_series(base: Series) -> Series:
    """The series g with base(g(w)) = w, by Lagrange: [w^k] g = [z^{k−1}] (z/base)^k / k."""
    shifted = inverse([*base[1:], 0.0])
    return [0.0] + [power(shifted, k)[k - 1] / k for k in range(1, len(base))]


def moments_of(phi: float, state: Sequence[float]) -> list[float]:
    """φ_1 … φ_K: M is the inverse of w/(1 + w) · S(w)."""
    size = len(state) + 2
    transform = [value / phi for value in exponential([0.0, *(-value for value in state), 0.0])]
    ratio = [0.0] + [(-1.0) ** (place - 1) for place in range(1, size)]
    return reversed_series(times(ratio, transform))[1:]


def state_of(moments: Sequence[float]) -> list[float]:
    """λ_1 … λ_{K−1}: −log of φ·S."""
    inverse_of_m = reversed_series([0.0, *moments])
    transform = times([1.0, 1.0] + [0.0] * (len(moments) - 2), inverse_of_m[1:]) if len(moments) > 1 else [1.0]
    return [-value for value in logarithm([value * moments[0] for value in transform])[1:]]


def cumulants(moments: Sequence[float], ratio: float) -> list[float]:
    """c_1 … c_K."""
    series = [0.0, *moments]
    return composed(series, reversed_series(_bent(series, ratio)))[1:]


def moments_of_cumulants(values: Sequence[float], ratio: float) -> list[float]:
    """The fixed point of M = C(z(1 + M)(1 + ratio·M)), one order more each time."""
    outer = [0.0, *values]
    series = [0.0] * len(outer)
    for _ in outer:
        series = composed(outer, _bent(series, ratio))
    return series[1:]


def _bent(series: Series, ratio: float) -> Series:
    first = [1.0, *series[1:]]
    second = [1.0, *(ratio * value for value in series[1:])]
    return [0.0, *times(first, second)[:-1]]
