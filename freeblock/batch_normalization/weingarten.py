"""Weingarten calculus of the orthogonal group: E ∏ O_ij over Haar matrices as exact rational functions of d.

E ∏_{k=1..2m} O_{i_k j_k} = Σ_{p,q} [i is constant on the pairs of p][j on those of q]·Wg(p, q), over pairings of 2m
places. Wg inverts the matrix d^{loops(p, q)} and depends on the loop lengths of p ∪ q alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

Pairing = tuple[tuple[int, int], ...]
LoopType = tuple[int, ...]
"""Half the lengths of the loops that two pairings make, in decreasing order: a partition of m."""
Rational = Any
"""An element of the field ℚ(d) of sympy, which has no types."""


@lru_cache(maxsize=8)
def pairings(places: int) -> tuple[Pairing, ...]:
    """All ways to pair 0 … places − 1; (places − 1)!! many, none for an odd number."""
    return tuple(_paired(tuple(range(places)))) if places % 2 == 0 else ()


def _paired(left: tuple[int, ...]) -> Iterator[Pairing]:
    if not left:
        yield ()
        return
    first, *others = left
    for place, partner in enumerate(others):
        for rest in _paired((*others[:place], *others[place + 1:])):
            yield ((first, partner), *rest)


def loop_type(first: Pairing, second: Pairing) -> LoopType:
    """The loops of two pairings of the same places."""
    one, two = _partners(first), _partners(second)
    left, lengths = set(one), []
    while left:
        start = place = min(left)
        length = 0
        while True:
            left -= {place, one[place]}
            length += 1
            place = two[one[place]]
            if place == start:
                break
        lengths.append(length)
    return tuple(sorted(lengths, reverse=True))


def _partners(pairing: Pairing) -> dict[int, int]:
    return {place: partner for pair in pairing for place, partner in (pair, pair[::-1])}


@lru_cache(maxsize=8)
def dimension_field() -> Rational:
    """ℚ(d)."""
    from sympy import QQ  # noqa: PLC0415 - the edge to sympy, which takes a third of a second to load

    return QQ.frac_field("d")


@lru_cache(maxsize=8)
def weingarten(half: int) -> dict[LoopType, Rational]:
    """Wg for 2·half factors, by loop type: the solution of Σ_q d^{loops(p, q)}·Wg(q, p₀) = [p = p₀]."""
    from sympy.polys.matrices import DomainMatrix  # noqa: PLC0415

    field = dimension_field()
    (dimension,) = field.gens
    everything = pairings(2 * half)
    origin = everything[0]
    types = sorted({loop_type(origin, each) for each in everything}, reverse=True)
    rows = []
    for kind in types:
        represented = next(each for each in everything if loop_type(origin, each) == kind)
        row = dict.fromkeys(types, field.zero)
        for each in everything:
            row[loop_type(each, origin)] += dimension ** len(loop_type(represented, each))
        rows.append([row[each] for each in types])
    identity = (1,) * half
    right = [[field.one if kind == identity else field.zero] for kind in types]
    solution = DomainMatrix(rows, (len(types), len(types)), field).lu_solve(
        DomainMatrix(right, (len(types), 1), field)).to_list()
    return {kind: value for kind, (value,) in zip(types, solution, strict=True)}


def is_constant(labels: Sequence[str], pairing: Pairing) -> bool:
    """Whether the two places of each pair carry one label."""
    return all(labels[place] == labels[partner] for place, partner in pairing)
