"""Isometry gaps and gradients of real networks X ← BN(WX) with Haar weights: a check, not a prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Progress = Callable[[int, int], None]


class Measured(NamedTuple):
    """A mean over samples and its standard error, one for each depth."""

    means: list[float]
    errors: list[float]


def simulated_gaps(
    eigenvalues: Sequence[float], depth: int, samples: int, seed: int, progress: Progress
) -> Measured:
    """The gap at depths 0 … L, of X with these eigenvalues of XXᵀ."""
    generator = np.random.default_rng(seed)
    size = len(eigenvalues)
    start = np.diag(np.sqrt(np.array(eigenvalues) / np.mean(eigenvalues)))
    gaps = np.empty((samples, depth + 1))
    for sample in range(samples):
        matrix = start
        gaps[sample, 0] = _gap(matrix)
        for layer in range(1, depth + 1):
            matrix = _normalized(haar(size, generator) @ matrix)
            gaps[sample, layer] = _gap(matrix)
        progress(sample + 1, samples)
    return _measured(gaps)


def simulated_growth(
    eigenvalues: Sequence[float], columns: int, depth: int, samples: int, seed: int, progress: Progress
) -> Measured:
    """φ(JJᵀ) over depths 0 … L, of d×n data with these eigenvalues of XXᵀ (n ≥ d), by random cotangents."""
    generator = np.random.default_rng(seed)
    size = len(eigenvalues)
    start = np.zeros((size, columns))
    np.fill_diagonal(start, np.sqrt(np.array(eigenvalues) / np.mean(eigenvalues)))
    growth = np.ones((samples, depth + 1))
    for sample in range(samples):
        for layers in range(1, depth + 1):
            growth[sample, layers] = _pulled_back(start, layers, generator)
        progress(sample + 1, samples)
    return _measured(growth)


def _pulled_back(start: Matrix, layers: int, generator: np.random.Generator) -> float:
    """The mean square of Jᵀg for one random g of mean square 1."""
    weights, outputs, norms = [], [], []
    matrix = start
    for _ in range(layers):
        weights.append(haar(len(start), generator))
        product = weights[-1] @ matrix
        norms.append(np.linalg.norm(product, axis=1, keepdims=True))
        matrix = product / norms[-1]
        outputs.append(matrix)
    gradient = generator.standard_normal(start.shape)
    for weight, output, norm in zip(reversed(weights), reversed(outputs), reversed(norms), strict=True):
        radial = np.sum(gradient * output, axis=1, keepdims=True)
        gradient = weight.T @ ((gradient - radial * output) / norm)
    return float(np.mean(gradient**2))


def haar(size: int, generator: np.random.Generator) -> Matrix:
    """A Haar orthogonal matrix."""
    q, r = np.linalg.qr(generator.standard_normal((size, size)))
    return np.asarray(q * np.sign(np.diag(r)))


def _normalized(matrix: Matrix) -> Matrix:
    return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True))


def _gap(matrix: Matrix) -> float:
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    values = values / values.mean()
    # Near isometry each term is of second order; the difference of the two logarithms would be lost in rounding.
    return float(np.mean(values - 1 - np.log1p(values - 1)))


def _measured(samples: Matrix) -> Measured:
    count = len(samples)
    errors = samples.std(axis=0, ddof=1) / np.sqrt(count)
    # What is the same in every sample has no error, whatever rounding makes of it.
    errors[np.ptp(samples, axis=0) == 0] = 0
    return Measured(samples.mean(axis=0).tolist(), errors.tolist())
