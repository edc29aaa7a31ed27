"""The theorems of sums and stacks along branches: the best order to join them in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from freeblock.calculus.chains import Cut
from freeblock.calculus.pieces import Piece
from freeblock.calculus.theorems import Condition, best_condition, stack_flags, sum_flags
from freeblock.calculus.traits import INFINITE, Flags, Traits, completed, with_flags, without_flags

PERMUTED = 4
"""Sums and stacks of up to so many branches are tried in every order."""


class Branches:
    """Sums and stacks of analysed pieces; `patterns_independent` is the user's word on the masks."""

    def __init__(self, *, patterns_independent: bool) -> None:
        self._assumes_independence = patterns_independent
        self._pairs: dict[tuple[object, ...], tuple[Condition, Flags]] = {}
        self._closures: dict[tuple[object, ...], Flags] = {}

    def best_order(self, kind: str, pieces: Sequence[Piece]) -> tuple[int, Cut | None]:
        """Join the branches one by one; the theorem is associative, so any order may prove it."""
        ranked = sorted(pieces, key=lambda piece: (not piece.traits.bi_invariant, not piece.traits.central,
                                                   not piece.traits.right_gram))
        tries = permutations(pieces) if len(pieces) <= PERMUTED else [tuple(ranked)]
        best: tuple[int, Cut | None] = (-1, None)
        for attempt in tries:
            found = self._join_in_order(kind, attempt)
            if found[0] > best[0]:
                best = found
            if best[0] == INFINITE:
                break
        return best

    def flags(self, kind: str, traits: Sequence[Traits], *, square: bool, equal_phi: bool) -> Flags:
        """The flags of branches with distinct weights together; `equal_phi`: their φ are equal."""
        key = (kind, square, equal_phi, *[one.flags for one in traits])
        known = self._closures.get(key)
        if known is None:
            found = sum_flags(traits) if kind == "sum" else stack_flags(traits, equal_phi=equal_phi)
            known = self._closures[key] = completed(square=square, **found).flags
        return known

    def _join_in_order(self, kind: str, pieces: Sequence[Piece]) -> tuple[int, Cut | None]:
        first = pieces[0]
        joined = without_flags(first.traits) if first.tied else first.traits
        order, cut = INFINITE, None
        for piece in pieces[1:]:
            here = without_flags(piece.traits) if piece.tied else piece.traits
            condition, flags = self._pair(kind, joined, here)
            if cut is None or condition.order < order:
                order, cut = condition.order, (condition, first, piece)
            joined = with_flags(flags, joined.weights | here.weights, joined.marks | here.marks,
                                joined.central_through & here.central_through)
        return order, cut

    def _pair(self, kind: str, first: Traits, second: Traits) -> tuple[Condition, Flags]:
        """The condition of two blocks side by side, and their flags together."""
        distinct = not first.weights & second.weights
        independent = self._assumes_independence or (distinct and not first.marks & second.marks)
        key = (kind, first.flags, second.flags, independent, distinct,
               bool(first.central_through & ~second.weights), bool(second.central_through & ~first.weights))
        known = self._pairs.get(key)
        if known is None:
            flags = self.flags(kind, (first, second), square=first.square, equal_phi=False) if distinct else \
                completed(square=first.square).flags
            known = self._pairs[key] = (
                best_condition(kind, first, second, independent=independent, distinct=distinct), flags)
        return known
