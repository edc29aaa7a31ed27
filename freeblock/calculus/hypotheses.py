"""Which orders of every theorem use are proved: one pass over the normal form, from traits alone.

The pass computes vector facts forward and traits backward; it never looks at an expression's text. It is run
up to three times: strictly; with what the user assumes; and, to name what is missing, with all activation
patterns independent.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from freeblock.calculus.chains import Chain, both
from freeblock.calculus.components import leaf_piece, zero_piece
from freeblock.calculus.law import Law
from freeblock.calculus.normal_form import is_diagonal, is_scalar
from freeblock.calculus.pieces import Piece, Use
from freeblock.calculus.theorems import Condition, best_condition, stack_flags, sum_flags
from freeblock.calculus.traits import INFINITE, Traits, completed
from freeblock.calculus.vectors import INPUT, Vector, of_stack, of_sum
from freeblock.formula.traversal import symbols
from freeblock.language.walk import run
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum

INDEPENDENT_PATTERNS = "independent-patterns"
FREE_BLOCKS = "free-blocks"

COPIES = 4
"""A repeat is analysed on so many copies: by then facts about vectors no longer change."""
PERMUTED = 4
"""Sums and stacks of up to so many branches are tried in every order."""

Steps = Generator[Any, Any, Piece]


@dataclass(frozen=True, slots=True)
class Premises:
    """What the user takes for granted: everything, or named hypotheses."""

    free: bool = False
    names: frozenset[str] = frozenset()

    def grants(self, name: str) -> bool:
        """Whether a named hypothesis is assumed."""
        return self.free or name in self.names


@dataclass(slots=True)
class Analysis:
    """The pass and what it found: block → the weakest use of each theorem at it."""

    laws: Mapping[Block, Law]
    premises: Premises
    uses: dict[tuple[Block, str], Use] = field(default_factory=dict)
    _next_key: int = 1
    _bodies: dict[tuple[Block, tuple[bool, ...]], tuple[Piece, dict[int, str]]] = field(default_factory=dict)
    """The bodies of repeats, analysed once per kind of input vector."""
    _chain: Chain = field(init=False)

    def __post_init__(self) -> None:
        self._chain = Chain(patterns_independent=self.premises.grants(INDEPENDENT_PATTERNS))

    def run(self, block: Block) -> Piece:
        """Analyse a whole network, given in normal form."""
        return run(self._visit(block, INPUT))

    def _fresh_key(self) -> int:
        self._next_key += 1
        return self._next_key

    def _note(self, block: Block, use: Use) -> None:
        """Keep the weakest use: a block inside a repeat is met once per kind of copy."""
        name = f"{use.theorem} {use.name}"
        known = self.uses.get((block, name))
        weaker = known is not None and use.order == known.order and use.ground == "asymptotic" != known.ground
        if known is None or use.order < known.order or weaker:
            self.uses[(block, name)] = use

    def _visit(self, block: Block, vector: Vector) -> Steps:
        if self.laws[block].is_zero:
            return zero_piece(block, vector)
        if isinstance(block, Leaf):
            piece, uses = leaf_piece(block, vector, -block.identity - 1, self.premises.grants)
            for use in uses:
                self._note(block, use)
            return piece
        if isinstance(block, Scale):
            return (yield self._scale(block, vector))
        if isinstance(block, Serial):
            return (yield self._serial(block, vector))
        if isinstance(block, Commuting):
            return (yield self._commuting(block, vector))
        if isinstance(block, Sum):
            return (yield self._sum(block, vector))
        if isinstance(block, Stack):
            return (yield self._stack(block, vector))
        if isinstance(block, Repeat):
            return (yield self._copies(block, block.block, "serial", vector))
        return (yield self._copies(block, block.body, block.kind, vector))

    def _scale(self, block: Scale, vector: Vector) -> Steps:
        piece = yield self._visit(block.block, vector)
        return replace(piece, block=block)

    def _serial(self, block: Serial, vector: Vector) -> Steps:
        pieces = []
        for part in block.parts:
            piece = yield self._visit(part, vector)
            vector = piece.output
            pieces.append(piece)
        return self._join(block, pieces)

    def _join(self, block: Block, pieces: Sequence[Piece]) -> Piece:
        traits, order, cut = self._chain.join(pieces)
        self._note(block, self._use("serial", block, order, cut))
        tied = any(piece.tied for piece in pieces) or _meets_again(pieces)
        direct = frozenset().union(*(piece.direct for piece in pieces))
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, pieces[-1].output, direct, tied)

    def _use(
        self, theorem: str, block: Block, order: int, cut: tuple[Condition, Piece, Piece] | None
    ) -> Use:
        if cut is None:
            return Use(theorem, INFINITE, "at every cut the block before is left-Gram or the one after right-Gram",
                       (block.label,))
        condition, first, second = cut
        return Use(theorem, order, condition.statement, (first.block.label, second.block.label))

    def _commuting(self, block: Commuting, vector: Vector) -> Steps:
        pieces = []
        for part in block.parts:
            piece = yield self._visit(part, vector)
            vector = piece.output
            pieces.append(piece)
        clash = self._dependent(pieces)
        order = 0 if clash else INFINITE
        because = "independent diagonals commute" if not clash else "the diagonals look at the same vector"
        self._note(block, Use("diagonals", order, because, clash or (block.label,)))
        flags = {name: all(getattr(piece.traits, name) for piece in pieces)
                 for name in ("left_isotropic", "right_isotropic")}
        if clash:
            flags = {}
        traits = completed(square=True, diagonal=True, weights=_weights(pieces), marks=_marks(pieces),
                           central_through=frozenset(), **flags)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, pieces[-1].output)

    def _dependent(self, pieces: Sequence[Piece]) -> tuple[str, str] | None:
        """Two diagonals that share a mark, unless patterns are assumed independent."""
        if self.premises.grants(INDEPENDENT_PATTERNS):
            return None
        seen: dict[int, Piece] = {}
        for piece in pieces:
            for mark in piece.traits.marks:
                if mark in seen:
                    return seen[mark].block.label, piece.block.label
            seen.update(dict.fromkeys(piece.traits.marks, piece))
        return None

    def _sum(self, block: Sum, vector: Vector) -> Steps:
        pieces = []
        for part in block.parts:
            pieces.append((yield self._visit(part, vector)))
        live = [piece for piece in pieces if not self.laws[piece.block].is_zero] or pieces[:1]
        output = of_sum([piece.output for piece in pieces])
        if len(live) == 1:
            return replace(live[0], block=block, output=output)
        if is_diagonal(block):
            return self._diagonal_sum(block, live, output)
        return self._parallel(block, "sum", live, output)

    def _diagonal_sum(self, block: Sum, pieces: Sequence[Piece], output: Vector) -> Piece:
        clash = self._dependent([piece for piece in pieces if not piece.traits.scalar])
        order = 0 if clash else INFINITE
        because = "independent diagonals are added like numbers" if not clash else "they look at the same vector"
        self._note(block, Use("diagonals", order, because, clash or (block.label,)))
        isotropic = not clash and all(piece.traits.left_isotropic for piece in pieces)
        traits = completed(square=True, diagonal=True, scalar=is_scalar(block), weights=_weights(pieces),
                           marks=_marks(pieces), central_through=frozenset(), left_isotropic=isotropic,
                           right_isotropic=isotropic)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, output)

    def _stack(self, block: Stack, vector: Vector) -> Steps:
        pieces = []
        for part in block.parts:
            pieces.append((yield self._visit(part, vector)))
        return self._parallel(block, "stack", pieces, of_stack([piece.output for piece in pieces]))

    def _parallel(self, block: Block, kind: str, pieces: Sequence[Piece], output: Vector) -> Piece:
        order, cut = self._best_order(kind, pieces)
        self._note(block, self._use(kind, block, order, cut))
        loose = [piece.traits if not piece.tied else _without_flags(piece.traits) for piece in pieces]
        flags = self._flags(block, kind, loose) if not _meets_again(pieces) else {}
        through = pieces[0].traits.central_through
        for piece in pieces[1:]:
            through = through & piece.traits.central_through
        traits = completed(square=block.rows == block.columns, weights=_weights(pieces), marks=_marks(pieces),
                           central_through=through, **flags)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, output, tied=any(piece.tied for piece in pieces) or _meets_again(pieces))

    def _flags(self, block: Block, kind: str, traits: Sequence[Traits]) -> dict[str, bool]:
        if kind == "sum":
            return sum_flags(traits)
        if isinstance(block, Indexed):
            return stack_flags(traits, equal_phi=block.index not in symbols(self.laws[block.body].phi))
        laws = [self.laws[part] for part in block.parts] if isinstance(block, Stack) else []
        return stack_flags(traits, equal_phi=bool(laws) and all(law.phi == laws[0].phi for law in laws))

    def _best_order(self, kind: str, pieces: Sequence[Piece]) -> tuple[int, tuple[Condition, Piece, Piece] | None]:
        """Join the branches one by one; the theorem is associative, so any order may prove it."""
        ranked = sorted(pieces, key=lambda piece: (not piece.traits.bi_invariant, not piece.traits.central,
                                                   not piece.traits.right_gram))
        tries = permutations(pieces) if len(pieces) <= PERMUTED else [tuple(ranked)]
        best: tuple[int, tuple[Condition, Piece, Piece] | None] = (-1, None)
        for attempt in tries:
            found = self._join_in_order(kind, attempt)
            if found[0] > best[0]:
                best = found
            if best[0] == INFINITE:
                break
        return best

    def _join_in_order(
        self, kind: str, pieces: Sequence[Piece]
    ) -> tuple[int, tuple[Condition, Piece, Piece] | None]:
        first = pieces[0]
        joined = _without_flags(first.traits) if first.tied else first.traits
        order, cut = INFINITE, None
        for piece in pieces[1:]:
            here = _without_flags(piece.traits) if piece.tied else piece.traits
            distinct = joined.weights.isdisjoint(here.weights)
            independent = self._chain.assumes_independence or (distinct and joined.marks.isdisjoint(here.marks))
            condition = best_condition(kind, joined, here, independent=independent, distinct=distinct)
            if cut is None or condition.order < order:
                order, cut = condition.order, (condition, first, piece)
            flags = (sum_flags([joined, here]) if kind == "sum" else stack_flags([joined, here], equal_phi=False)) \
                if distinct else {}
            joined = completed(square=joined.square, weights=joined.weights | here.weights,
                               marks=joined.marks | here.marks,
                               central_through=joined.central_through & here.central_through, **flags)
        return order, cut

    def _copies(self, block: Repeat | Indexed, body: Block, kind: str, vector: Vector) -> Steps:
        """Copies of a body, analysed once per kind of input vector and joined copy by copy."""
        number = _length(block)
        wanted = COPIES if number is None else min(COPIES, number)
        pieces: list[Piece] = []
        here = vector
        for _ in range(wanted):
            kind_of_copy = (body, here.flags)
            if kind_of_copy not in self._bodies:
                keys, noise = self._fresh_key(), self._fresh_key()
                inside = replace(here, keys=frozenset((keys,)), noise=here.noise and frozenset((noise,)))
                self._bodies[kind_of_copy] = ((yield self._visit(body, inside)), {keys: "keys", noise: "noise"})
            pieces.append(self._instance(*self._bodies[kind_of_copy], vector if kind != "serial" else here))
            if kind == "serial":
                here = pieces[-1].output
        return self._joined_copies(block, kind, pieces, number, vector)

    def _instance(self, piece: Piece, atoms: Mapping[int, str], vector: Vector) -> Piece:
        """A copy with fresh weights: internal keys become one fresh key, the input's keys the true ones.

        What is drawn by `let` is the same in every copy and keeps its key.
        """
        known = piece.traits.weights | piece.traits.marks | piece.output.keys | piece.output.noise
        own = {key for key in known if key < 0} - _shared_keys(piece.block)
        fresh = frozenset((-1_000_000_000 - self._fresh_key(),))
        names = dict.fromkeys(own, fresh) | {key: getattr(vector, name) for key, name in atoms.items()}
        return piece.renamed(names)

    def _joined_copies(
        self, block: Repeat | Indexed, kind: str, pieces: list[Piece], number: int | None, vector: Vector
    ) -> Piece:
        if kind != "serial":
            output = of_sum([piece.output for piece in pieces]) if kind == "sum" else \
                of_stack([piece.output for piece in pieces])
            return self._parallel(block, kind, pieces, output)
        if isinstance(block, Repeat) and is_diagonal(block.block):
            return self._diagonal_copies(block, pieces)
        joined = self._join(block, pieces)
        if number is not None and number <= COPIES:
            return joined
        traits = pieces[0].traits
        for length in range(2, len(pieces) + 1):
            traits = both(traits, self._chain.join(pieces[:length])[0])
        output = pieces[0].output
        for piece in pieces[1:]:
            output = output.either(piece.output)
        return replace(joined, traits=traits, output=output)

    def _diagonal_copies(self, block: Repeat, pieces: Sequence[Piece]) -> Piece:
        clash = self._dependent([piece for piece in pieces if not piece.traits.scalar])
        order = 0 if clash else INFINITE
        because = "independent diagonals commute" if not clash else "the copies look at the same vector"
        self._note(block, Use("diagonals", order, because, clash or (block.label,)))
        first = pieces[0]
        traits = first.traits if not clash else completed(
            square=True, diagonal=True, weights=_weights(pieces), marks=_marks(pieces), central_through=frozenset())
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, replace(traits, marks=_marks(pieces), weights=_weights(pieces)), to, pieces[-1].output)


def _weights(pieces: Sequence[Piece]) -> frozenset[int]:
    return frozenset().union(*(piece.traits.weights for piece in pieces))


def _marks(pieces: Sequence[Piece]) -> frozenset[int]:
    return frozenset().union(*(piece.traits.marks for piece in pieces))


def _meets_again(pieces: Sequence[Piece]) -> bool:
    """Whether some weight occurs in two of the pieces."""
    return sum(len(piece.traits.weights) for piece in pieces) > len(_weights(pieces))


def _without_flags(traits: Traits) -> Traits:
    return Traits(square=traits.square, weights=traits.weights, marks=traits.marks)


def _length(block: Repeat | Indexed) -> int | None:
    """The number of copies, where it is a number."""
    count = block.count if isinstance(block, Repeat) else None
    value = count.number() if count is not None else None
    return value if isinstance(value, int) else None


def _shared_keys(block: Block) -> frozenset[int]:
    found: set[int] = set()
    waiting: list[Block] = [block]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Leaf):
            if here.shared:
                found.add(-here.identity - 1)
        elif isinstance(here, (Scale, Repeat)):
            waiting.append(here.block)
        elif isinstance(here, Indexed):
            waiting.append(here.body)
        else:
            waiting.extend(here.parts)
    return frozenset(found)
