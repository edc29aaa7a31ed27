"""A set of sampled moments and what it says about their expectation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from freeblock.check.jacobian import Array

_PER_CONTROL = 8
"""Samples that each control variate must be fitted to, at least; with fewer none is used."""
_STRAY = 5.0
"""Standard errors by which the sampled mean of a control may miss zero before it is distrusted."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expectations φ_1 … φ_K with their standard errors and the degrees of freedom behind those."""

    mean: Array
    stderr: Array
    degrees: int


@dataclass(frozen=True, slots=True)
class Samples:
    """Independent samples at one width."""

    width: int
    moments: Array
    """samples×order: tr((JJᵀ)^k)/m."""
    controls: Array
    """samples×controls, each column of mean zero by construction."""
    measured_statistics: Mapping[str, float]
    """Symbol of a normalisation's statistic, or of the active part of units → its value; in network mode only."""
    uses: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """The same at each place of a network on images, in the order of a forward pass."""

    def __len__(self) -> int:
        return len(self.moments)

    def estimate(self) -> Estimate:
        """Means, by regression on the control variates where there are samples enough: its value at zero.

        A control whose sampled mean is not zero would pass its error on, so it is left out: what the
        samples show goes before what is known of them.
        """
        count = len(self)
        used = [column for column in self.controls.T if _is_centred(column)]
        if count < _PER_CONTROL * (len(used) + 1):
            used = []
        design = np.column_stack([np.ones(count), *(column / np.sqrt(np.mean(column**2)) for column in used)])
        inverse = np.linalg.pinv(design.T @ design)
        # A common scale per order keeps the squares of residuals within range.
        level = np.maximum(np.abs(self.moments).max(axis=0), np.finfo(float).tiny)
        moments = self.moments / level
        coefficients = inverse @ (design.T @ moments)
        degrees = max(1, count - int(np.linalg.matrix_rank(design)))
        variance = np.sum((moments - design @ coefficients) ** 2, axis=0) / degrees
        return Estimate(coefficients[0] * level, np.sqrt(variance * inverse[0, 0]) * level, degrees)


def _is_centred(column: Array) -> bool:
    """Whether a control varies, and its mean is zero as far as the samples can tell."""
    spread = float(np.std(column))
    return spread > 0 and abs(float(np.mean(column))) <= _STRAY * spread / np.sqrt(len(column))
