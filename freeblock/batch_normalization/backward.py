"""φ(JJᵀ) of L layers X ← BN(WX) at isometry, W Haar: neither explodes nor vanishes.

At isometry the rows of X are orthonormal. Write a gradient on the d×n data as MX plus a part orthogonal to all rows.
That part and the antisymmetric part of M pass unchanged; each layer takes the diagonal of M away and turns the rest,
so that of the traceless symmetric part d/(d+2) is left in the mean, and of the trace nothing.
"""

from __future__ import annotations

from freeblock.formula.expression import ONE, Expression, number
from freeblock.formula.powers import power

TWO = number(2)


def late_rate(dimension: Expression) -> Expression:
    """What is left of the isometry gap, and of the symmetric part of a gradient, per late layer."""
    return ONE - TWO / (dimension + TWO)


def plateau(dimension: Expression, columns: Expression) -> Expression:
    """φ(JJᵀ) as L → ∞: (d−1)/(2d) where n = d."""
    if dimension == columns:
        return (dimension - ONE) / (TWO * dimension)
    return (columns - dimension + (dimension - ONE) / TWO) / columns


def growth_at_isometry(dimension: Expression, columns: Expression, depth: Expression) -> Expression:
    """φ(JJᵀ) of L ≥ 1 layers, d×n data with n ≥ d, on d·n dimensions."""
    share = (dimension - ONE) * (dimension + TWO) / (TWO * dimension * columns)
    left = power(dimension / (dimension + TWO), depth, whole_exponent=True)
    return plateau(dimension, columns) + share * left
