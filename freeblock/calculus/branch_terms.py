"""The terms of Π(ω + x) by how many x they hold, as numbers: all are positive, so nothing cancels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath

from freeblock.errors import LimitError
from freeblock.formula.expression import Expression
from freeblock.formula.precise import evaluate_precisely

MOST = 2000
"""Branches that are counted."""
DIGITS = 30


def value_of(formula: Expression, known: Mapping[str, Fraction]) -> Any:
    """The number of a formula. Raises LimitError where it is out of reach."""
    try:
        return evaluate_precisely(formula, known, DIGITS)
    except (ArithmeticError, ValueError):
        raise LimitError("φ of this network is too large or too small to be evaluated",
                         hint="take fewer blocks, or a symbol for their number") from None


class BranchTerms:
    """The terms of prefactor·Π(ω + x)^count for groups (ω, x, count) of equal blocks."""

    def __init__(
        self, prefactor: Expression, groups: Sequence[tuple[Expression, Expression, int]],
        known: Mapping[str, Fraction],
    ) -> None:
        self._groups = [(value_of(omega, known), value_of(inner, known), count) for omega, inner, count in groups]
        self.depth = sum(count for *_, count in self._groups)
        with mpmath.workdps(DIGITS):
            skips = (omega**count for omega, _, count in self._groups)
            self._outside = mpmath.fprod([value_of(prefactor, known), *skips])
            self.whole = self._outside * mpmath.fprod((1 + inner / omega) ** count
                                                      for omega, inner, count in self._groups)

    def terms(self, most: int) -> list[Any]:
        """With 0, 1, …, `most` branches."""
        with mpmath.workdps(DIGITS):
            sums = [mpmath.mpf(1)]
            for omega, inner, count in self._groups:
                sums = _convolved(sums, _binomial(inner / omega, count, most), most)
            return [self._outside * value for value in sums] + [mpmath.mpf(0)] * (most + 1 - len(sums))

    def least(self, cover: Fraction) -> int:
        """The fewest branches whose sum is at least that part of the whole. Raises LimitError beyond MOST."""
        most = 8
        while True:
            most = min(most, self.depth, MOST)
            kept = mpmath.mpf(0)
            with mpmath.workdps(DIGITS):
                wanted = self.whole * cover.numerator / cover.denominator
                for branches, term in enumerate(self.terms(most)):
                    kept += term
                    if kept >= wanted or branches == self.depth:
                        return branches
            if most == MOST:
                raise LimitError(f"that part of φ takes more than {MOST} branches", hint="ask for less with --cover")
            most *= 4


def _binomial(ratio: Any, count: int, most: int) -> list[Any]:
    """The coefficients of (1 + ratio·t)^count."""
    terms = [mpmath.mpf(1)]
    for k in range(min(most, count)):
        terms.append(terms[-1] * ratio * (count - k) / (k + 1))
    return terms


def _convolved(first: Sequence[Any], second: Sequence[Any], most: int) -> list[Any]:
    return [mpmath.fdot((first[place], second[k - place])
                        for place in range(max(0, k - len(second) + 1), min(k, len(first) - 1) + 1))
            for k in range(min(most, len(first) + len(second) - 2) + 1)]

