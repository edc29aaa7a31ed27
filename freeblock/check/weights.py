"""Samplers of weight matrices, by the name a rule gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from freeblock.check.jacobian import Array

Parameters = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weight:
    """How an m×n weight is drawn, and how much it stretches a vector on average."""

    draw: Callable[[Parameters, int, int, np.random.Generator], Array]
    """(parameters, m, n, generator) → m×n matrix W."""
    gain: Callable[[Parameters, int, int], float] | None
    """E|Wx|²/|x|² where it is the same for every vector x; None where it is not."""


def _gaussian(parameters: Parameters, rows: int, columns: int, generator: np.random.Generator) -> Array:
    return generator.standard_normal((rows, columns)) * sqrt(parameters["var"])


def _haar(parameters: Parameters, rows: int, columns: int, generator: np.random.Generator) -> Array:
    """gain times a block with orthonormal rows or columns, uniform by the sign of R's diagonal."""
    tall = generator.standard_normal((max(rows, columns), min(rows, columns)))
    basis, triangle = np.linalg.qr(tall)
    basis *= np.where(np.diag(triangle) < 0, -parameters["gain"], parameters["gain"])
    return basis if rows >= columns else basis.T


def _standardized(parameters: Parameters, rows: int, columns: int, generator: np.random.Generator) -> Array:
    """Rows of mean zero and unbiased variance gain/n; a row of one weight has none and is zero."""
    weight: Array = generator.standard_normal((rows, columns))
    if columns == 1:
        return np.zeros_like(weight)
    weight -= weight.mean(axis=1, keepdims=True)
    weight *= sqrt(parameters["gain"] / columns) / weight.std(axis=1, ddof=1, keepdims=True)
    return weight


def _unit_rows(parameters: Parameters, rows: int, columns: int, generator: np.random.Generator) -> Array:
    """Rows of one length, each in a direction of its own."""
    weight: Array = generator.standard_normal((rows, columns))
    weight *= parameters["gain"] / np.linalg.norm(weight, axis=1, keepdims=True)
    return weight


def _permutation(parameters: Parameters, rows: int, columns: int, generator: np.random.Generator) -> Array:
    return np.eye(columns)[generator.permutation(rows)]


WEIGHTS: Mapping[str, Weight] = {
    "gaussian": Weight(_gaussian, lambda parameters, rows, columns: parameters["var"] * rows),
    "haar": Weight(_haar, lambda parameters, rows, columns: parameters["gain"] ** 2 * min(1, rows / columns)),
    "standardized": Weight(_standardized, None),
    "unit_rows": Weight(_unit_rows, lambda parameters, rows, columns: parameters["gain"] ** 2 * rows / columns),
    "permutation": Weight(_permutation, lambda parameters, rows, columns: 1.0),
}


def _gaussian_kernel(
    parameters: Parameters, groups: int, rows: int, columns: int, generator: np.random.Generator
) -> Array:
    return generator.standard_normal((groups, rows, columns)) * sqrt(parameters["var"])


def _haar_kernel(
    parameters: Parameters, groups: int, rows: int, columns: int, generator: np.random.Generator
) -> Array:
    return np.stack([_haar(parameters, rows, columns, generator) for _ in range(groups)])


KERNELS: Mapping[str, Callable[[Parameters, int, int, int, np.random.Generator], Array]] = {
    "gaussian_kernel": _gaussian_kernel,
    "haar_kernel": _haar_kernel,
}
"""(parameters, groups, outputs of a group, taps of its channels, generator) → the kernel as matrices, one a group."""
