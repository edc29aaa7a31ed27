"""Whether sampled moments and predicted ones agree.

A random matrix of finite width has a bias of order 1/width, which sampling more does not remove. Two
widths remove it: with log M(N) = log M(∞) + c/N the limit is M(N)²/M(N/2). (The logarithm, because the
moments of a product of L blocks are biased by a factor like e^{cL/N}; for small biases this is the usual
2·M(N) − M(N/2).) What is left is of second order, and the verdict allows for it by the square of the bias
that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, hypot, isfinite, log

from freeblock.check.samples import Estimate, Samples
from freeblock.check.student import two_sided_quantile

CONFIDENCE = 0.99
"""That all orders of a true formula agree, at least: it is shared out among the orders."""
FLOOR = 0.002
"""Relative difference that is never held against a formula."""

Allowed = Callable[[int, Estimate, int | None], float]
"""k, what was measured at the full width, the width that stays → a relative difference that is allowed for."""


@dataclass(frozen=True, slots=True)
class OrderResult:
    """One moment φ_k: what the formula says and what the samples say."""

    k: int
    predicted: float | None
    measured: float
    """Extrapolated to infinite width."""
    stderr: float
    tolerance: float
    """The largest difference that counts as agreement."""
    at_width: float
    """Measured at the full width, before the extrapolation."""
    agrees: bool | None
    """None where nothing was predicted."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """A moment at infinite width, with its statistical error and a bound on what the extrapolation leaves."""

    value: float
    stderr: float
    degrees: float
    remainder: float


def compare(
    predicted: Sequence[float | None],
    at_width: Samples,
    at_half_width: Samples | None,
    predicted_at_half: Sequence[float | None] | None = None,
    fixed_width: int | None = None,
    allowed: Allowed | None = None,
) -> list[OrderResult]:
    """One result per order. `predicted_at_half` is needed where the prediction itself depends on the width.

    Without samples at a second width, or where some width of the network stays what it is
    (`fixed_width`), a bias of that order is allowed for; `allowed` says which for what is no moment. Orders beyond the
    prediction are only measured.
    """
    allowed = allowed or _fixed_bias
    full = at_width.estimate()
    half = at_half_width.estimate() if at_half_width is not None else None
    orders = len(full.mean)
    claims = _padded(predicted, orders)
    half_claims = claims if predicted_at_half is None else _padded(predicted_at_half, orders)
    fixed = fixed_width if half is not None else min(at_width.width, fixed_width or at_width.width)
    confidence = 1 - (1 - CONFIDENCE) / max(1, sum(claim is not None for claim in claims))
    results = []
    for index, claim in enumerate(claims):
        limit = _limit(index, full, half, at_width, at_half_width, claim, half_claims[index])
        allowance = (FLOOR + allowed(index + 1, full, fixed)) * abs(limit.value) + limit.remainder
        tolerance = two_sided_quantile(confidence, limit.degrees) * limit.stderr + allowance
        agrees = None if claim is None else abs(claim - limit.value) <= tolerance
        at_full = float(full.mean[index])
        results.append(OrderResult(index + 1, claim, limit.value, limit.stderr, tolerance, at_full, agrees))
    return results


def _padded(predicted: Sequence[float | None], orders: int) -> list[float | None]:
    return [*predicted[:orders], *[None] * (orders - len(predicted))]


def _fixed_bias(k: int, full: Estimate, fixed: int | None) -> float:
    """The relative bias of φ_k by a width that stays: about k²/2 pairs, each worth 1 + κ, by the width."""
    if fixed is None:
        return 0.0
    spread = full.mean[1] / full.mean[0] ** 2 if len(full.mean) > 1 and full.mean[0] > 0 else 1.0
    return k * k / 2 * max(1.0, float(spread)) / fixed


def _limit(
    index: int, full: Estimate, half: Estimate | None, at_width: Samples, at_half_width: Samples | None,
    claim: float | None, half_claim: float | None,
) -> _Limit:
    value, error = float(full.mean[index]), float(full.stderr[index])
    if half is None or at_half_width is None:
        return _Limit(value, error, full.degrees, 0.0)
    half_value, half_error = float(half.mean[index]), float(half.stderr[index])
    lower, upper = at_half_width.width, at_width.width
    share = lower / (upper - lower)
    drift = _drift(claim, half_claim)
    if value > 0 and half_value > 0 and drift is not None:
        bias = share * (log(value / half_value) - drift)
        measured = value * exp(bias)
        first, second = measured * (1 + share) * error / value, measured * share * half_error / half_value
        remainder = measured * bias * bias
    else:  # a moment that is zero, or not known to be positive: the plain extrapolation
        change = 0.0 if claim is None or half_claim is None else claim - half_claim
        bias = share * (value - half_value - change)
        measured = value + bias
        first, second, remainder = (1 + share) * error, share * half_error, 0.0
    stderr = hypot(first, second)
    return _Limit(measured, stderr, _degrees(first, full.degrees, second, half.degrees), remainder)


def _drift(claim: float | None, half_claim: float | None) -> float | None:
    """How far the prediction itself moves between the widths, as a logarithm; None where it has none."""
    if claim is None or half_claim is None or claim == half_claim:
        return 0.0
    if claim <= 0 or half_claim <= 0 or not isfinite(claim) or not isfinite(half_claim):
        return None
    return log(claim / half_claim)


def _degrees(first: float, first_degrees: int, second: float, second_degrees: int) -> float:
    """Welch's degrees of freedom of a sum of two independent errors."""
    largest = max(first, second)
    if not largest:
        return float(first_degrees + second_degrees)
    a, b = (first / largest) ** 2, (second / largest) ** 2
    return (a + b) ** 2 / (a * a / first_degrees + b * b / second_degrees)
