"""The data that go through a network: Gaussian inputs of one mean square, any two of a batch equally correlated."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from freeblock.check.jacobian import Array
from freeblock.errors import OptionError


@dataclass(frozen=True, slots=True)
class Data:
    """Mean square q > 0 of a unit and correlation −1 ≤ c ≤ 1 of two inputs."""

    q: float = 1.0
    c: float = 0.0

    @property
    def exact_q(self) -> str:
        """q as an exact number."""
        return str(Fraction(repr(self.q)))

    @property
    def exact_c(self) -> str:
        """c as an exact number."""
        return str(Fraction(repr(self.c)))

    def least_correlation(self, batch: int) -> float:
        """What any two of so many inputs can be correlated by at least."""
        return -1 / (batch - 1) if batch > 1 else -1.0

    def draw(self, generator: np.random.Generator, width: int, batch: int) -> Array:
        """width×batch. Raises OptionError where so many inputs cannot be correlated like that."""
        if self.c < self.least_correlation(batch):
            raise OptionError(f"any two of {batch} inputs cannot have correlation {self.c:g}: it is at least "
                              f"{self.least_correlation(batch):.3g}", hint="take fewer inputs at once with --batch")
        values: Array = generator.standard_normal((width, batch))
        if self.c and batch > 1:
            # Along (1, …, 1) the covariance (1 − c)·I + c·11ᵀ has the eigenvalue 1 + (B − 1)c, across it 1 − c.
            mean = values.mean(axis=1, keepdims=True)
            values = np.sqrt(1 - self.c) * (values - mean) + np.sqrt(max(1 + (batch - 1) * self.c, 0.0)) * mean
        if self.q != 1:
            values = np.sqrt(self.q) * values
        return values
