"""The isometry gap log(tr(XXᵀ)/d) − (1/d) log det(XXᵀ), and what one layer X ← BN(WX) with a Haar W makes of it.

BN divides each row by its norm and subtracts no mean. With λ the spectrum scaled to mean 1 and u uniform on the
sphere, the gap after one layer is gap + E log(uᵀΛu) in the mean, and E 1/(uᵀΛu) gives the mean square of its Jacobian.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mpmath

from freeblock.batch_normalization.spectrum import Value

DIGITS = 25
"""Digits that are carried; twelve and more of an integral are right."""
STEPS = (0.5, 0.25, 0.125)
"""Of the trapezoidal rule in log t, whose error falls like exp(−2π²/step)."""
AGREEMENT = 1e-13
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Contraction:
    """E gap after L more layers ≤ gap·(1 − rate)^L, at most; `ratio` compares the rate with the late one, 2/(d+2)."""

    rate: Value
    ratio: Value


class Spectrum:
    """Eigenvalues with mean 1. Built from at least one positive and no negative number."""

    def __init__(self, values: Sequence[Value]) -> None:
        with mpmath.workdps(DIGITS + 5):
            mean = mpmath.fsum(values) / len(values)
            self.counts = Counter(value / mean for value in values)
        self.dimension = len(values)

    @property
    def full_rank(self) -> bool:
        """Whether no eigenvalue is 0."""
        return all(self.counts)

    @property
    def is_isometry(self) -> bool:
        """Whether all are equal."""
        return len(self.counts) == 1

    def gap(self) -> Value:
        """The isometry gap; infinite where the rank is not full."""
        if not self.full_rank:
            return mpmath.inf
        with mpmath.workdps(DIGITS):
            return -self._mean(mpmath.log)

    def spread(self) -> Value:
        """(1/d)·Σ (λ_k − 1)²."""
        with mpmath.workdps(DIGITS):
            return self._mean(lambda value: (value - 1) ** 2)

    def variance(self) -> Value:
        """Var(uᵀΛu) = 2Σ(λ_k − 1)²/(d(d+2))."""
        return 2 * self.spread() / (self.dimension + 2)

    def expected_log(self, progress: Progress = lambda done, total: None) -> Value:
        """E log(uᵀΛu) = ∫_0^∞ ((1+2t)^(−d/2) − Π_k (1+2λ_k t)^(−1/2)) dt/t, to 12 digits."""
        if self.is_isometry:
            return mpmath.mpf(0)
        one = Counter({mpmath.mpf(1): self.dimension})
        return _trapezoidal(lambda t: _product(one, t) - _product(self.counts, t), self.dimension, progress)

    def expected_inverse(self, progress: Progress = lambda done, total: None) -> Value:
        """E 1/(uᵀΛu) = (d−2)·∫_0^∞ Π_k (1+2λ_k t)^(−1/2) dt, to 12 digits; d = 1, 2 in closed form."""
        if self.is_isometry:
            return mpmath.mpf(1)
        if not self.full_rank and self._rank() <= 2:
            return mpmath.inf
        with mpmath.workdps(DIGITS):
            if self.dimension == 2:
                return 1 / mpmath.sqrt(mpmath.fprod(self.counts.elements()))
            return (self.dimension - 2) * _trapezoidal(
                lambda t: t * _product(self.counts, t), self.dimension, progress)

    def largest(self) -> Value:
        """The largest eigenvalue."""
        return max(self.counts)

    def _rank(self) -> int:
        return sum(count for value, count in self.counts.items() if value)

    def _mean(self, function: Callable[[Value], Value]) -> Value:
        return mpmath.fsum(count * function(value) for value, count in self.counts.items()) / self.dimension


def _product(counts: Counter[Value], t: Value) -> Value:
    return mpmath.exp(-mpmath.fsum(count * mpmath.log1p(2 * value * t) for value, count in counts.items()) / 2)


def _trapezoidal(integrand: Callable[[Value], Value], dimension: int, progress: Progress) -> Value:
    """∫ f(t) dt/t in y = log(d·t), around whose 0 f is not small; with half the step until the value stands."""
    with mpmath.workdps(DIGITS):
        before = None
        for round_, step in enumerate(STEPS):
            found = mpmath.mpf(0)
            for sign in (1, -1):
                found += _one_side(lambda s: integrand(s / dimension), mpmath.mpf(step), sign)
                progress(2 * round_ + (sign < 0) + 1, 2 * len(STEPS))
            found *= step
            if before is not None and abs(found - before) <= AGREEMENT * abs(found):
                break
            before = found
        return found


def _one_side(integrand: Callable[[Value], Value], step: Value, sign: int) -> Value:
    """The terms from 0 to the right, or those to the left of 0, until they are nothing for good."""
    total, place, small = mpmath.mpf(0), 0 if sign > 0 else -1, 0
    while small < 12:
        term = integrand(mpmath.exp(place * step))
        total += term
        small = small + 1 if abs(term) <= mpmath.mpf(10) ** -DIGITS * (abs(total) + mpmath.mpf(10) ** -40) else 0
        place += sign
    return total


def excess(value: Value) -> Value:
    """(λ − 1 − log λ)/(λ − 1)², which falls from ∞ at 0 through 1/2 at 1."""
    if abs(value - 1) < mpmath.mpf(10) ** -8:
        return mpmath.mpf(1) / 2 - (value - 1) / 3
    return (value - 1 - mpmath.log(value)) / (value - 1) ** 2


def published_bound(spectrum: Spectrum) -> Value:
    """gap + log(1 − Σ(λ_k−1)²/(2d²(d+2))) ≥ E gap after one layer."""
    with mpmath.workdps(DIGITS):
        return spectrum.gap() + mpmath.log1p(-spectrum.spread() / (2 * spectrum.dimension * (spectrum.dimension + 2)))


def sharp_bound(spectrum: Spectrum) -> Value:
    """gap − Var(uᵀΛu)·excess(λ_max) ≥ E gap after one layer, since uᵀΛu ≤ λ_max."""
    with mpmath.workdps(DIGITS):
        return spectrum.gap() - spectrum.variance() * excess(spectrum.largest())


def published_constant(dimension: int, gap: Value) -> Value:
    """k = 2d(d+2)(1 + d·gap), with which E gap after L layers ≤ gap·e^(−L/k)."""
    return 2 * dimension * (dimension + 2) * (1 + dimension * gap)


def contraction(dimension: int, gap: Value) -> Contraction:
    """The proved rate for every X of that gap: (2/(d+2))·excess(M)/excess(m), m < 1 < M the roots of λ−1−log λ = d·gap.

    Every eigenvalue lies between m and M (and below d), so Σ(λ−1)² ≥ d·gap/excess(m); the gap never increases.
    """
    with mpmath.workdps(DIGITS):
        late = mpmath.mpf(2) / (dimension + 2)
        reach = dimension * gap
        if dimension == 1 or reach < mpmath.mpf(10) ** -14:
            return Contraction(late, mpmath.mpf(1))
        # λ − 1 − log λ = r reads −λ·e^(−λ) = −e^(−1−r): both roots are values of Lambert's W.
        argument = -mpmath.exp(-1 - reach)
        low, high = -mpmath.lambertw(argument, 0).real, -mpmath.lambertw(argument, -1).real
        ratio = excess(min(high, mpmath.mpf(dimension))) / excess(low)
        return Contraction(late * ratio, ratio)
