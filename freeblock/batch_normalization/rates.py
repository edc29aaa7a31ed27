"""How much the mean square of gradients grows per layer under batch normalization of B values, in mean field.

The block is dense >> batch_norm(batch=B) >> f in a deep network, far wider than B, whose batch statistics have reached
their fixed point, with gradient independence (Yang et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import acos, pi, sqrt

import numpy as np

from freeblock.activation.arrays import Array
from freeblock.activation.given import Activation
from freeblock.activation.taylor import taylor
from freeblock.batch_normalization.sphere import Sphere
from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number
from freeblock.formula.sums import multiply_out

SMALLEST, LARGEST = 4, 10**6
"""Values in a batch: with three, E 1/variance is infinite."""
PIECES = (3, 6, 12, 24)
TOLERANCE, NEEDED = 1e-9, 1e-5
"""Quadrature is refined until it stands so far, and refused where it does not."""
TERMS = 2_000
"""Of a Gegenbauer series, at most."""
NEGLIGIBLE = 1e-15


@dataclass(frozen=True, slots=True)
class Rate:
    """The growth at one batch size: in closed form if there is one, by quadrature and by the Gegenbauer series."""

    batch: int
    closed: float | None
    quadrature: float
    error: float
    series: float


@dataclass(frozen=True, slots=True)
class ClosedRate:
    """λ for f(x) = s·x on the right and s′·x on the left of 0, by t = 2ss′/(s² + s′²): 1 is linear, 0 is relu."""

    mixing: Expression

    def at(self, batch: int) -> float:
        """The value for a batch of that size. Raises KeyError where a slope is a symbol without a value."""
        mixing = evaluate(self.mixing, {}).to_float()
        cosine = -1 / (batch - 1)
        second = (pi - acos(cosine)) / pi
        first = sqrt(1 - cosine**2) / pi + second * cosine
        # Branches of opposite sign meet where the kernels do not: E uv over them is c − J_0, their probability 1 − J_1.
        numerator = batch - 2 + first + second + mixing * (1 + cosine - first - second)
        return numerator / ((batch - 3) * (1 - first - mixing * (cosine - first)))


def closed_rate(activation: Activation) -> ClosedRate | None:
    """The closed form for an activation of two straight branches that meet at 0, None for any other."""
    if activation.degree != 1:
        return None
    try:
        right, left = taylor(activation.function, 1, activation.span)
    except DomainError:
        return None
    up, down = right.coefficients[1], -left.coefficients[1]
    if up == down:
        return ClosedRate(ONE)
    return ClosedRate(multiply_out(number(2) * up * down) / multiply_out(up * up + down * down))


def rate(activation: Activation, batch: int) -> Rate:
    """The growth at one batch size.

    Raises DomainError for a batch outside 4 … 10⁶, and where the activation is not finite or a symbol has no value.
    """
    if not SMALLEST <= batch <= LARGEST:
        raise DomainError(f"a batch of {batch} has no rate here",
                          hint=f"B is at least {SMALLEST} (with less, E 1/variance is infinite) and at most {LARGEST}")
    closed = closed_rate(activation)
    fine, error = float("nan"), float("inf")
    for pieces in PIECES:
        coarse, fine = fine, _quadrature(Sphere(activation, batch, pieces))
        error = abs(fine - coarse)
        if error < TOLERANCE * abs(fine):
            break
    if not error < NEEDED * abs(fine):
        raise DomainError(f"the growth under `{activation.text}` is not found by quadrature", activation.span,
                          "f is to be continuous and finite")
    series = _series(Sphere(activation, batch, TERMS // 16))
    return Rate(batch, None if closed is None else closed.at(batch), fine, error, series)


def limit_rate(activation: Activation) -> float:
    """E f′²/Var f, the growth as B → ∞. Raises RefusedError where a mean is not found."""
    means = activation.means
    return means.slope_moment(2, 1.0) / (means.mean_square(1.0) - means.mean(1.0) ** 2)


def _line(sphere: Sphere) -> tuple[float, float, float]:
    """E (B−1−u²)f′², E f and E f²."""
    kept = (sphere.batch - 1 - sphere.nodes**2) * sphere.slope**2
    with np.errstate(all="ignore"):
        found = [float(np.dot(sphere.weights, part)) for part in (kept, sphere.value, sphere.value**2)]
    return found[0], found[1], found[2]


def _quadrature(sphere: Sphere) -> float:
    """(E (B−1−u²)f′(u)² + E (1+uv)f′(u)f′(v)) / ((B−3)·(E f(u)² − E f(u)f(v)))."""
    kept, _, square = _line(sphere)
    crossed, product = 0.0, 0.0
    for place, weight in enumerate(sphere.weights):
        others, weights = sphere.pairs(place)
        value, slope = sphere.at(others)
        crossed += weight * sphere.slope[place] * float(np.dot(weights, (1 + sphere.nodes[place] * others) * slope))
        product += weight * sphere.value[place] * float(np.dot(weights, value))
    return (kept + crossed) / ((sphere.batch - 3) * (square - product))


def _series(sphere: Sphere) -> float:
    """Σ k(B−3+k)/(B−3)·(1−P_k)a_k² / Σ (1−P_k)a_k²; the sums without P_k are those of Parseval."""
    kept, mean, square = _line(sphere)
    size = sphere.batch
    crossed, product = 0.0, mean**2
    for k, (coefficient, legendre) in enumerate(_coefficients(sphere), 1):
        crossed += k * (size - 3 + k) * legendre * coefficient**2
        product += legendre * coefficient**2
    return (kept - crossed) / ((size - 3) * (square - product))


def _coefficients(sphere: Sphere) -> list[tuple[float, float]]:
    """(a_k, P_k(−1/(B−1))) from k = 1: f in orthonormal Gegenbauer polynomials, and the zonal harmonic."""
    size, cosine = sphere.batch, -1 / (sphere.batch - 1)
    place: Array = sphere.nodes / sqrt(size - 1)
    before, current = np.zeros_like(place), np.ones_like(place)
    legendre_before, legendre = 1.0, 1.0
    found: list[tuple[float, float]] = []
    small = 0
    for k in range(1, TERMS + 1):
        before, current = current, (place * current - _root(k - 1, size) * before) / _root(k, size)
        legendre_before, legendre = legendre, cosine if k == 1 else (
            (2 * k + size - 5) * cosine * legendre - (k - 1) * legendre_before) / (k + size - 4)
        coefficient = float(np.dot(sphere.weights, sphere.value * current))
        found.append((coefficient, legendre))
        small = small + 1 if k * k * abs(legendre) * coefficient**2 < NEGLIGIBLE else 0
        if small == 8:
            break
    return found


def _root(k: int, size: int) -> float:
    """The coefficient of the three-term recurrence of orthonormal Gegenbauer polynomials of index (B−3)/2."""
    index = Fraction(size - 3, 2)
    return sqrt(k * (k + 2 * index - 1) / (4 * (k + index) * (k + index - 1))) if k else 0.0
