"""Truncated power series in exact fractions, written out from the definitions: the transforms of free probability.

A series is the list of its coefficients from z^0 on; moments is [φ_1, φ_2, …].
"""

from __future__ import annotations

from fractions import Fraction


def times(first, second):
    """The product, cut at the shorter length."""
    return [sum((first[i] * second[k - i] for i in range(k + 1)), Fraction(0)) for k in range(min(len(first), len(second)))]


def composed(outer, inner):
    """outer(inner(z)) for inner(0) = 0, by Horner's rule."""
    result = [Fraction(0)] * len(inner)
    for coefficient in reversed(outer):
        result = times(result, inner)
        result[0] += coefficient
    return result


def inverse(series):
    """The series χ with series(χ(z)) = z, for series = c·z + …, c ≠ 0: corrected coefficient by coefficient."""
    found = [Fraction(0), 1 / Fraction(series[1])] + [Fraction(0)] * (len(series) - 2)
    for k in range(2, len(series)):
        found[k] = -composed(series, found)[k] / series[1]
    return found


def s_transform(moments):
    """S(z) = χ(z)(1+z)/z with χ the inverse of M(z) = Σ φ_k z^k; one coefficient per moment."""
    inverted = inverse([Fraction(0), *moments])
    return times([*inverted[1:]], [Fraction(1), Fraction(1)] + [Fraction(0)] * len(moments))


def moments_of_s(transform):
    """The inverse of `s_transform`: χ(z) = S(z)·z/(1+z), M its inverse."""
    alternating = [Fraction((-1) ** k) for k in range(len(transform))]
    return inverse([Fraction(0), *times(transform, alternating)])[1:]


def stretched(series, factor):
    """series(factor·z)"""
    return [coefficient * factor**k for k, coefficient in enumerate(series)]


def rectangular_cumulants(moments, ratio):
    """C with C(z(1+M(z))(1+ratio·M(z))) = M(z); the ordinary R-transform at ratio 0."""
    series = [Fraction(0), *moments]
    one = [Fraction(1)] + [Fraction(0)] * len(moments)
    first = [a + b for a, b in zip(one, series, strict=True)]
    second = [a + ratio * b for a, b in zip(one, series, strict=True)]
    argument = [Fraction(0), *times(first, second)[:-1]]
    return composed(series, inverse(argument))[1:]


def moments_of_cumulants(cumulants, ratio):
    """The inverse of `rectangular_cumulants`, by solving for one moment after the other."""
    moments = []
    for k, cumulant in enumerate(cumulants):
        trial = rectangular_cumulants([*moments, Fraction(0)], ratio)[k]
        moments.append(cumulant - trial)  # the k-th moment enters the k-th cumulant with coefficient 1
    return moments
