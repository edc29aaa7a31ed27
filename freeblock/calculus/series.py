"""Truncated power series over formulas: moments, free cumulants and the additive state of a law.

Conventions: moments[k-1] is φ_k = lim E tr((JJᵀ)^k)/m for k = 1…K. The state is (φ, λ_1 … λ_{K-1}) with
S(z) = (1/φ)·exp(−Σ λ_j z^j), S the S-transform of JJᵀ (Voiculescu 1987); λ_1 = ϕ/φ² is κ.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb, factorial

from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total

EXPAND_TERMS = 80
"""Sums are multiplied out while working on a block as long as no more terms than this result."""


def expand(expression: Expression) -> Expression:
    """Multiplied out, where small."""
    return multiply_out(expression, EXPAND_TERMS)


@lru_cache(maxsize=16)
def universal_moment(order: int) -> tuple[tuple[tuple[int, ...], Fraction], ...]:
    """U_k with φ_k = φ^k·U_k(λ): pairs (exponents of λ_1 … λ_{k−1}, coefficient), by Lagrange inversion.

    [z^k] M = (1/k)·[w^{k−1}] ((1+w)/S(w))^k, so U_k = (1/k)·Σ_i C(k, i)·[w^{k−1−i}] exp(k·Σ λ_j w^j).
    """
    collected: dict[tuple[int, ...], Fraction] = {}
    for weight in range(order):
        for exponents in _partitions(weight, order - 1):
            coefficient = Fraction(comb(order, order - 1 - weight), order)
            for count in exponents:
                coefficient *= Fraction(order**count, factorial(count))
            collected[exponents] = collected.get(exponents, Fraction(0)) + coefficient
    return tuple(collected.items())


def _partitions(weight: int, largest: int) -> list[tuple[int, ...]]:
    """Exponent vectors (e_1 … e_largest) with Σ j·e_j = weight."""
    if largest == 0:
        return [()] if weight == 0 else []
    found = []
    for count in range(weight // largest + 1):
        found += [(*rest, count) for rest in _partitions(weight - count * largest, largest - 1)]
    return found


def moments_of_state(phi: Expression, state: Sequence[Expression]) -> list[Expression]:
    """φ_1 … φ_K from φ and λ_1 … λ_{K−1}."""
    return [product(((phi, k), (relative_moment(k, state), 1))) for k in range(1, len(state) + 2)]


def relative_moment(order: int, state: Sequence[Expression]) -> Expression:
    """φ_k/φ^k = U_k(λ_1 … λ_{k−1})."""
    return expand(total(_universal_terms(order, state, ONE, skip_last=False)))


def _universal_terms(
    order: int, state: Sequence[Expression], scale: Expression, *, skip_last: bool
) -> list[Expression]:
    """The terms of U_k. With λ_j given as Λ_j = λ_j·φ^{2j} and scale = φ they are those of φ^{2(k−1)}·U_k."""
    terms = []
    for exponents, coefficient in universal_moment(order):
        if skip_last and exponents[-1]:
            continue
        weight = 2 * sum(place * count for place, count in enumerate(exponents, 1))
        powers = [(number(coefficient), 1), (scale, 2 * (order - 1) - weight)]
        powers += [(state[place], count) for place, count in enumerate(exponents) if count]
        terms.append(product(powers))
    return terms


def state_of_moments(moments: Sequence[Expression]) -> list[Expression]:
    """λ_1 … λ_{K−1} from φ_1 … φ_K, φ_1 ≠ 0.

    Works on Λ_j = λ_j·φ^{2j}, which is a polynomial in the moments, so that sums cancel before φ divides.
    """
    phi = moments[0]
    scaled: list[Expression] = []
    for order in range(2, len(moments) + 1):
        known = total(expand(term) for term in _universal_terms(order, [*scaled, ZERO], phi, skip_last=True))
        whole = expand(product(((phi, order - 2), (moments[order - 1], 1))))
        scaled.append(expand(whole - known))
    return [product(((value, 1), (phi, -2 * place))) for place, value in enumerate(scaled, 1)]


def cumulants_of_moments(moments: Sequence[Expression], ratio: Expression) -> list[Expression]:
    """c_1 … c_K with C(z(1+M)(1+ratio·M)) = M: rectangular R-transform at ratio = m/n, ordinary one at 0."""
    powers = _Powers(ratio)
    found: list[Expression] = []
    for order, moment in enumerate(moments, 1):
        known = [product(((found[j - 1], 1), (powers.coefficient(j, order), 1))) for j in range(1, order)]
        found.append(expand(moment - total(expand(term) for term in known)))
        powers.append(moment)
    return found


def moments_of_cumulants(cumulants: Sequence[Expression], ratio: Expression) -> list[Expression]:
    """The inverse of `cumulants_of_moments`."""
    powers = _Powers(ratio)
    found: list[Expression] = []
    for order, cumulant in enumerate(cumulants, 1):
        known = [product(((cumulants[j - 1], 1), (powers.coefficient(j, order), 1))) for j in range(1, order)]
        found.append(total([cumulant, *(expand(term) for term in known)]))
        powers.append(found[-1])
    return found


class _Powers:
    """Coefficients of y^j, y = z(1+M)(1+ratio·M), while the moments of M become known one by one."""

    def __init__(self, ratio: Expression) -> None:
        self._ratio = ratio
        self._moments: list[Expression] = [ONE]
        self._base: list[Expression] = [ONE]
        self._table: dict[tuple[int, int], Expression] = {}

    def append(self, moment: Expression) -> None:
        """Take φ_k; then [z^{k+1}] y is known."""
        self._moments.append(moment)
        place = len(self._moments) - 1
        squares = [product(((self._moments[i], 1), (self._moments[place - i], 1))) for i in range(1, place)]
        linear = product(((ONE + self._ratio, 1), (moment, 1)))
        bent = product(((self._ratio, 1), (total(expand(term) for term in squares), 1)))
        self._base.append(expand(linear) + expand(bent))

    def coefficient(self, exponent: int, order: int) -> Expression:
        """[z^order] y^exponent = [z^{order − exponent}] of (y/z)^exponent."""
        return self._of_base(exponent, order - exponent)

    def _of_base(self, exponent: int, order: int) -> Expression:
        if exponent == 1:
            return self._base[order]
        known = self._table.get((exponent, order))
        if known is None:
            terms = [product(((self._base[i], 1), (self._of_base(exponent - 1, order - i), 1)))
                     for i in range(order + 1)]
            known = self._table[(exponent, order)] = total(expand(term) for term in terms)
        return known


def logarithm(coefficients: Sequence[Expression]) -> list[Expression]:
    """[z] … [z^{K−1}] of log(Σ a_j z^j), a_0 ≠ 0, by a'/a."""
    first = coefficients[0]
    scaled = [expand(value / first) for value in coefficients]
    result: list[Expression] = []
    for order in range(1, len(coefficients)):
        known = [product(((number(Fraction(j, order)), 1), (result[j - 1], 1), (scaled[order - j], 1)))
                 for j in range(1, order)]
        result.append(expand(scaled[order] - total(expand(term) for term in known)))
    return result
