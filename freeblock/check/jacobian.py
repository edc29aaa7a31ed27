"""Arithmetic with Jacobians. A diagonal matrix is kept as the one-dimensional array of its entries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def multiply(weight: Array, jacobian: Array) -> Array:
    """weight · J, for an m×n weight and a J with n rows (or n diagonal entries)."""
    return weight * jacobian if jacobian.ndim == 1 else weight @ jacobian


def scale_rows(factors: Array, jacobian: Array) -> Array:
    """diag(factors) · J."""
    return factors * jacobian if jacobian.ndim == 1 else factors[:, None] * jacobian


def add(parts: Sequence[Array]) -> Array:
    """The sum of Jacobians of one shape m×n."""
    full = [part for part in parts if part.ndim == 2]
    diagonal = [part for part in parts if part.ndim == 1]
    if not full:
        diagonals: Array = np.sum(diagonal, axis=0, dtype=np.float64)
        return diagonals
    result: Array = full[0].copy() if len(full) == 1 else np.sum(full, axis=0, dtype=np.float64)
    for part in diagonal:
        result[np.arange(len(part)), np.arange(len(part))] += part
    return result


def stack(parts: Sequence[Array]) -> Array:
    """Jacobians m_i×n under each other."""
    return np.vstack([np.diag(part) if part.ndim == 1 else part for part in parts])


def row_squares(jacobian: Array) -> Array:
    """The squared Euclidean norm of each row."""
    if jacobian.ndim == 1:
        return jacobian * jacobian
    squares: Array = np.einsum("ij,ij->i", jacobian, jacobian)
    return squares


def spectral_moments(jacobian: Array, order: int) -> Array:
    """tr((JJᵀ)^k)/m for k = 1 … order.

    Only the smaller Gram matrix is formed, and only its powers up to half the order.
    """
    if jacobian.ndim == 1:
        powers = (jacobian * jacobian)[None, :] ** np.arange(1, order + 1)[:, None]
        means: Array = powers.mean(axis=1)
        return means
    rows = len(jacobian)
    used = jacobian[np.any(jacobian, axis=1)]
    gram = used @ used.T if used.shape[0] <= used.shape[1] else used.T @ used
    traces = [float(np.trace(gram))]
    low = high = gram
    for k in range(2, order + 1):
        if k % 2:
            high = low @ gram
        else:
            low = high
        traces.append(float(np.vdot(low, high)))
    return np.array(traces) / rows
