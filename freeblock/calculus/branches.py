"""The theorems of sums and stacks along branches: the best order to join them in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from freeblock.calculus.chains import Cut
from freeblock.calculus.pieces import Piece
from freeblock.calculus.theorems import best_condition, stack_flags, sum_flags
from freeblock.calculus.traits import INFINITE, completed, without_flags

PERMUTED = 4
"""Sums and stacks of up to so many branches are tried in every order."""


def best_order(kind: str, pieces: Sequence[Piece], *, patterns_independent: bool) -> tuple[int, Cut | None]:
    """Join the branches one by one; the theorem is associative, so any order may prove it."""
    ranked = sorted(pieces, key=lambda piece: (not piece.traits.bi_invariant, not piece.traits.central,
                                               not piece.traits.right_gram))
    tries = permutations(pieces) if len(pieces) <= PERMUTED else [tuple(ranked)]
    best: tuple[int, Cut | None] = (-1, None)
    for attempt in tries:
        found = _join_in_order(kind, attempt, patterns_independent)
        if found[0] > best[0]:
            best = found
        if best[0] == INFINITE:
            break
    return best


def _join_in_order(kind: str, pieces: Sequence[Piece], patterns_independent: bool) -> tuple[int, Cut | None]:
    first = pieces[0]
    joined = without_flags(first.traits) if first.tied else first.traits
    order, cut = INFINITE, None
    for piece in pieces[1:]:
        here = without_flags(piece.traits) if piece.tied else piece.traits
        distinct = not joined.weights & here.weights
        independent = patterns_independent or (distinct and not joined.marks & here.marks)
        condition = best_condition(kind, joined, here, independent=independent, distinct=distinct)
        if cut is None or condition.order < order:
            order, cut = condition.order, (condition, first, piece)
        flags = (sum_flags([joined, here]) if kind == "sum" else stack_flags([joined, here], equal_phi=False)) \
            if distinct else {}
        joined = completed(square=joined.square, weights=joined.weights | here.weights,
                           marks=joined.marks | here.marks,
                           central_through=joined.central_through & here.central_through, **flags)
    return order, cut
