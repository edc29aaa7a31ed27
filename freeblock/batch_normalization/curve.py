"""The isometry gap against depth: what is exact, what is a proved bound, and the late rate."""

from __future__ import annotations

from dataclasses import dataclass

import mpmath

from freeblock.batch_normalization.gap import (
    DIGITS,
    Contraction,
    Progress,
    Spectrum,
    contraction,
    published_bound,
    published_constant,
    sharp_bound,
)
from freeblock.batch_normalization.spectrum import Value


@dataclass(frozen=True, slots=True)
class GapCurve:
    """All that is known of one spectrum under L layers; the bounds are None and ∞ where the rank is not full.

    `bounds` holds proved upper bounds of E gap at depths 0 … L, exact at 0 and 1; `late` goes on from depth 1 at the
    late rate, and is no bound.
    """

    dimension: int
    columns: int
    full_rank: bool
    is_isometry: bool
    gap: Value
    after_one: Value
    sharp: Value
    published: Value
    contraction: Contraction
    constant: Value
    next_growth: Value
    bounds: tuple[Value, ...]
    late: tuple[Value, ...]


def gap_curve(spectrum: Spectrum, columns: int, depth: int, progress: Progress) -> GapCurve:
    """Work it out; the two integrals to 12 digits."""
    size = spectrum.dimension
    with mpmath.workdps(DIGITS):
        gap = spectrum.gap()
        growth = (1 - mpmath.mpf(1) / columns) * spectrum.expected_inverse(progress)
        if not spectrum.full_rank:
            endless = (mpmath.inf,) * (depth + 1)
            return GapCurve(size, columns, False, False, gap, mpmath.inf, mpmath.inf, mpmath.inf,
                            Contraction(mpmath.mpf(0), mpmath.mpf(0)), mpmath.inf, growth, endless, endless)
        after = gap + spectrum.expected_log(progress)
        rate = contraction(size, gap)
        left = mpmath.mpf(size) / (size + 2)
        bounds, late = [gap], [gap]
        for layer in range(depth):
            bounds.append(after * (1 - rate.rate) ** layer)
            late.append(after * left**layer)
        return GapCurve(size, columns, True, spectrum.is_isometry, gap, after, sharp_bound(spectrum),
                        published_bound(spectrum), rate, published_constant(size, gap), growth, tuple(bounds),
                        tuple(late))
