"""The serial theorem along a chain: the best bracketing, and the traits of the whole chain."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.calculus.keys import NO_KEYS, Keys, joined
from freeblock.calculus.pieces import Piece
from freeblock.calculus.theorems import SERIAL_CLOSURE, Condition, best_condition
from freeblock.calculus.traits import FLAG_NAMES, INFINITE, Traits, completed

SEARCH_LENGTH = 12
"""Runs of blocks between weights up to this length are searched for the best bracketing; longer ones are folded."""

Cut = tuple[Condition, Piece, Piece]


class Chain:
    """Serial composition of analysed pieces; `patterns_independent` is the user's word on the masks."""

    def __init__(self, *, patterns_independent: bool) -> None:
        self.assumes_independence = patterns_independent
        self._known: dict[tuple[object, ...], tuple[Condition, Traits]] = {}

    def join(self, pieces: Sequence[Piece]) -> tuple[Traits, int, Cut | None]:
        """The traits of the chain, the order up to which its cuts are proved, and the weakest cut."""
        if len(pieces) == 1:
            return pieces[0].traits, INFINITE, None
        traits, order, weakest = self._fold(pieces)
        if order < INFINITE and not _entangled(pieces):
            order, weakest = self._search(pieces, order, weakest)
        if len(pieces) <= SEARCH_LENGTH:
            traits = _either(traits, self._fold_back(pieces))
        return traits, order, weakest

    def _fold(self, pieces: Sequence[Piece]) -> tuple[Traits, int, Cut | None]:
        """Left to right, in linear time: what grows with the chain is kept in sets, the flags beside them."""
        traits = pieces[0].traits
        weights, marks, direct, through = traits.weights, traits.marks, pieces[0].direct, traits.central_through
        order, weakest = INFINITE, None
        for before, piece in zip(pieces, pieces[1:], strict=False):
            here = piece.traits
            shared = weights & here.weights
            distinct = not shared & ~(direct & piece.direct)
            independent = self.assumes_independence or not (shared or marks & here.marks)
            square = pieces[0].block.columns == piece.block.rows
            condition, traits = self._pair_of_flags(traits, here, independent, distinct, square)
            if condition.order < order:
                order, weakest = condition.order, (condition, before, piece)
            weights |= here.weights
            marks |= here.marks
            direct |= piece.direct
            through = through | here.central_through if distinct else NO_KEYS
        return traits._replace(weights=weights, marks=marks, central_through=through), order, weakest

    def _pair_of_flags(
        self, first: Traits, second: Traits, independent: bool, distinct: bool, square: bool
    ) -> tuple[Condition, Traits]:
        """The condition and the flags of two neighbours; in a chain they depend on nothing but flags."""
        key = (first.flags, second.flags, independent, distinct, square)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (
                best_condition("serial", first, second, independent=independent, distinct=distinct),
                combined(first, second, independent=independent, distinct=distinct, square=square))
        return known

    def _fold_back(self, pieces: Sequence[Piece]) -> Traits:
        traits = pieces[-1].traits
        for place in range(len(pieces) - 2, -1, -1):
            traits = self._pair(pieces, place, place + 1, len(pieces), pieces[place].traits, traits)[1]
        return traits

    def _pair(
        self, pieces: Sequence[Piece], start: int, middle: int, stop: int, first: Traits, second: Traits
    ) -> tuple[Condition, Traits]:
        shared = first.weights & second.weights
        distinct = not shared or not shared & ~(_direct(pieces[start:middle]) & _direct(pieces[middle:stop]))
        independent = self.assumes_independence or not (shared or first.marks & second.marks)
        square = pieces[start].block.columns == pieces[stop - 1].block.rows
        condition, flags = self._pair_of_flags(first, second, independent, distinct, square)
        through = first.central_through | second.central_through if distinct else NO_KEYS
        return condition, flags._replace(weights=first.weights | second.weights, marks=first.marks | second.marks,
                                         central_through=through)

    def _search(self, pieces: Sequence[Piece], folded: int, weakest: Cut | None) -> tuple[int, Cut | None]:
        """The best bracketing of each run between weights; cuts beside a weight hold at every order."""
        worst, worst_cut = INFINITE, None
        for run in _runs(pieces):
            if len(run) > SEARCH_LENGTH:
                _, order, cut = self._fold(run)
            else:
                order, cut = self._best_bracketing(run)
            if order < worst:
                worst, worst_cut = order, cut
        return (worst, worst_cut) if worst > folded else (folded, weakest)

    def _best_bracketing(self, run: Sequence[Piece]) -> tuple[int, Cut | None]:
        table: dict[tuple[int, int], tuple[Traits, int, Cut | None]] = {
            (place, place + 1): (piece.traits, INFINITE, None) for place, piece in enumerate(run)}
        for length in range(2, len(run) + 1):
            for start in range(len(run) - length + 1):
                stop = start + length
                table[(start, stop)] = self._best_cut(run, table, start, stop)
        _, order, cut = table[(0, len(run))]
        return order, cut

    def _best_cut(
        self, run: Sequence[Piece], table: dict[tuple[int, int], tuple[Traits, int, Cut | None]],
        start: int, stop: int,
    ) -> tuple[Traits, int, Cut | None]:
        best_order, best_cut, traits = -1, None, None
        for middle in range(start + 1, stop):
            first, first_order, first_cut = table[(start, middle)]
            second, second_order, second_cut = table[(middle, stop)]
            condition, joined = self._pair(run, start, middle, stop, first, second)
            traits = joined if traits is None else _either(traits, joined)
            order, cut = min(
                ((first_order, first_cut), (second_order, second_cut),
                 (condition.order, (condition, run[middle - 1], run[middle]))),
                key=lambda item: item[0])
            if order > best_order:
                best_order, best_cut = order, cut
        assert traits is not None
        return traits, best_order, best_cut


def _direct(pieces: Sequence[Piece]) -> Keys:
    return joined(piece.direct for piece in pieces)


def _entangled(pieces: Sequence[Piece]) -> bool:
    """Whether some cut cannot be proved by any bracketing: a shared weight that is no link, or a batch."""
    weights = direct = NO_KEYS
    for piece in pieces:
        if piece.traits.batchwise or weights & piece.traits.weights & ~(direct & piece.direct):
            return True
        weights |= piece.traits.weights
        direct |= piece.direct
    return False


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Cut after every left-invariant and before every right-invariant block: there the cut is free."""
    runs: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.traits.right and runs[-1]:
            runs.append([])
        runs[-1].append(piece)
        if piece.traits.left:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def combined(first: Traits, second: Traits, *, independent: bool, distinct: bool, square: bool) -> Traits:
    """The flags of first >> second; the keys are left to the caller."""
    flags: dict[str, bool] = {}
    if distinct:
        flags = {closure.trait: closure.holds(first, second, independent) for closure in SERIAL_CLOSURE}
    flags["batchwise"] = first.batchwise or second.batchwise
    if second.scalar or first.scalar:
        # A scalar changes no form: cI + branch stays so, with the same branch up to a factor.
        other = first if second.scalar else second
        flags["skip_left"], flags["skip_right"] = other.skip_left, other.skip_right
        flags["skip_left_branch_isotropic"] = other.skip_left_branch_isotropic
        flags["skip_right_branch_isotropic"] = other.skip_right_branch_isotropic
    return completed(square=square, **flags)


_FLAGS = tuple(name for name in FLAG_NAMES if name != "square")


def _either(first: Traits, second: Traits) -> Traits:
    """Two proofs about one block: it has the traits of both."""
    return first._replace(**{name: getattr(first, name) or getattr(second, name) for name in _FLAGS})


def both(first: Traits, second: Traits) -> Traits:
    """One of two blocks, it is not said which: it has the traits they share."""
    merged = {name: getattr(first, name) and getattr(second, name) for name in _FLAGS}
    return first._replace(**merged, weights=first.weights | second.weights, marks=first.marks | second.marks,
                   central_through=first.central_through & second.central_through)

