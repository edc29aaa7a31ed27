"""E of a product of entries of a Haar matrix O, or of B = OAOᵀ with A symmetric: rational in d and t_k = tr A^k."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from freeblock.batch_normalization.weingarten import (
    LoopType,
    dimension_field,
    is_constant,
    loop_type,
    pairings,
    weingarten,
)
from freeblock.errors import LanguageError, LimitError
from freeblock.formula.expression import Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.sums import total
from freeblock.source import Source, Span

Polynomial = dict[int, Fraction]

FACTORS = {"B": 3, "O": 6}
"""The most entries of each matrix in a product."""
_FACTOR = re.compile(r"\s*\*?\s*([BO])_(?:\{\s*)?([A-Za-z0-9])\s*,?\s*([A-Za-z0-9])(?:\s*\})?(?:\^(\d{1,3}))?\s*")


@dataclass(frozen=True, slots=True)
class Entries:
    """A product of entries of one matrix; different labels are different indices."""

    matrix: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    text: str

    @property
    def degree(self) -> int:
        """The number of entries."""
        return len(self.rows)

    @property
    def latex(self) -> str:
        """The product in LaTeX."""
        shown = [f"{self.matrix}_{{{row}{column}}}" for row, column in zip(self.rows, self.columns, strict=True)]
        counts = {each: shown.count(each) for each in shown}
        return " ".join(each + (f"^{{{count}}}" if count > 1 else "") for each, count in counts.items())


def read_entries(text: str) -> Entries:
    """`B_ii B_jj`, `O_11^4`, `B_12^2*B_11`. Raises LanguageError and LimitError."""
    source = Source("product", text)
    found: list[tuple[str, str, str]] = []
    place = 0
    while place < len(text) or not found:
        match = _FACTOR.match(text, place)
        if match is None or match.end() == place:
            raise LanguageError("expected an entry of B = OAOᵀ or of O", Span(source, place, max(len(text), place)),
                                "write a product such as `B_ii B_jj` or `O_11^2 O_12^2`")
        matrix, row, column, power = match.groups()
        count = 1 if power is None else int(power)
        if not count >= 1 or len(found) + count > FACTORS[matrix]:
            raise LimitError(f"a product has 1 to {FACTORS[matrix]} entries of {matrix}",
                             Span(source, place, match.end()))
        if found and found[0][0] != matrix:
            raise LanguageError("entries of B and of O stand in one product", Span(source, place, match.end()),
                                "ask for products of one of them")
        found += [(matrix, row, column)] * count
        place = match.end()
    return Entries(found[0][0], tuple(row for _, row, _ in found), tuple(column for _, _, column in found),
                   text.strip())


@dataclass(frozen=True, slots=True)
class HaarMoment:
    """Σ coefficient·∏ t_k over ∏ factor^power, all polynomials in d as {power: whole number}."""

    terms: tuple[tuple[Polynomial, LoopType], ...]
    denominator: tuple[tuple[Polynomial, int], ...]

    @property
    def expression(self) -> Expression:
        """The same as a formula in d and t_1, t_2, …"""
        numerator = total([product(((_expression(each), 1), *((symbol(f"t_{length}"), 1) for length in kind)))
                           for each, kind in self.terms])
        return product(((numerator, 1), *((_expression(factor), -power) for factor, power in self.denominator)))


def haar_moment(entries: Entries) -> HaarMoment:
    """The expectation, for every d ≥ the number of entries of B, or half that of O, and wherever it has no pole."""
    coefficients = _of_entries(entries) if entries.matrix == "O" else _of_quadratic(entries)
    ring = dimension_field().field.ring
    common = ring.one
    for value in coefficients.values():
        common = common.lcm(value.denom)
    scaled = {kind: value.numer * common.exquo(value.denom) for kind, value in coefficients.items()}
    if not scaled:
        return HaarMoment((), ())
    # Numbers are made whole, and the denominator is positive for large d.
    constant, factors = common.factor_list()
    terms = [(_polynomial(value * (1 / constant)), kind) for kind, value in scaled.items()]
    multiple = lcm(*(value.denominator for each, _ in terms for value in each.values()))
    terms = [({power: value * multiple for power, value in each.items()}, kind) for each, kind in terms]
    denominator = [(_polynomial(factor), power) for factor, power in factors]
    if multiple != 1:
        denominator.insert(0, ({0: Fraction(multiple)}, 1))
    return HaarMoment(tuple(sorted(terms, key=lambda term: (-len(term[1]), term[1]))), tuple(denominator))


def _of_entries(entries: Entries) -> dict[LoopType, Any]:
    """The one coefficient, under the empty loop type."""
    if entries.degree % 2:
        return {}
    table = weingarten(entries.degree // 2)
    value = dimension_field().zero
    everything = pairings(entries.degree)
    columns = [each for each in everything if is_constant(entries.columns, each)]
    for first in everything:
        if is_constant(entries.rows, first):
            for second in columns:
                value += table[loop_type(first, second)]
    return {(): value} if value else {}


def _of_quadratic(entries: Entries) -> dict[LoopType, Any]:
    """Coefficients of the products of traces: B_ij = Σ_ab O_ia A_ab O_jb, and A joins the places 2k and 2k + 1."""
    labels = [label for pair in zip(entries.rows, entries.columns, strict=True) for label in pair]
    table = weingarten(entries.degree)
    everything = pairings(2 * entries.degree)
    joined = tuple((2 * k, 2 * k + 1) for k in range(entries.degree))
    found: dict[LoopType, Any] = defaultdict(lambda: dimension_field().zero)
    rows = [each for each in everything if is_constant(labels, each)]
    for second in everything:
        weight = sum((table[loop_type(first, second)] for first in rows), dimension_field().zero)
        found[loop_type(second, joined)] += weight
    return {kind: value for kind, value in found.items() if value}


def _polynomial(value: Any) -> Polynomial:
    return {power: Fraction(int(coefficient.numerator), int(coefficient.denominator))
            for (power,), coefficient in value.terms()}


def _expression(polynomial: Polynomial) -> Expression:
    dimension = symbol("d")
    return total([product(((number(value), 1), (dimension, power))) for power, value in polynomial.items()])
