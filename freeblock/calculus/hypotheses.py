"""Which orders of every theorem use are proved: one pass over the normal form, from traits alone.

The pass computes vector facts forward and traits backward; it never looks at an expression's text. It is run
up to three times: strictly; with what the user assumes; and, to name what is missing, with all activation
patterns independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from freeblock.calculus.branches import Branches
from freeblock.calculus.chains import Chain, Cut, both
from freeblock.calculus.components import leaf_piece, zero_piece
from freeblock.calculus.copies import COPIES, copy_of, length_of
from freeblock.calculus.diagonals import is_diagonal, is_scalar
from freeblock.calculus.keys import NO_KEYS, Keyring, Keys, joined
from freeblock.calculus.law import Law
from freeblock.calculus.pieces import Piece, Use, all_marks, all_weights, meets_again
from freeblock.calculus.premises import INDEPENDENT_PATTERNS, Premises
from freeblock.calculus.traits import INFINITE, completed, with_flags, without_flags
from freeblock.calculus.vectors import INPUT, Vector, of_stack, of_sum
from freeblock.formula.traversal import symbols
from freeblock.language.walk import Pass, Step, run
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import leaves


@dataclass(slots=True)
class Analysis:
    """The pass and what it found: block → the weakest use of each theorem at it."""

    laws: Mapping[Block, Law]
    premises: Premises
    uses: dict[tuple[Block, str], Use] = field(default_factory=dict)
    keyring: Keyring = field(default_factory=Keyring)
    _bodies: dict[tuple[Block, tuple[bool, ...]], tuple[Piece, dict[str, Keys]]] = field(default_factory=dict)
    """The bodies of repeats, analysed once per kind of input vector."""
    _chain: Chain = field(init=False)
    _branches: Branches = field(init=False)

    def __post_init__(self) -> None:
        independent = self.premises.grants(INDEPENDENT_PATTERNS)
        self._chain = Chain(patterns_independent=independent)
        self._branches = Branches(patterns_independent=independent)

    def run(self, block: Block, vector: Vector = INPUT) -> Piece:
        """Analyse a whole network, or a block that meets the given vector; in normal form."""
        piece = run(self._whole(block, vector))
        return self._at_positions(piece) if self.laws[block].reach else piece

    def _at_positions(self, piece: Piece) -> Piece:
        """The piece as far as the law of its positions reaches."""
        to = piece.to
        for reach in self.laws[piece.block].reach:
            order = 2 if reach.order < 2 and self.premises.grants(reach.name) else reach.order
            self._note(piece.block, Use("positions", order, reach.because, reach.blocks, reach.name,
                                        "exact" if reach.name else "asymptotic"))
            to = min(to, order)
        return piece._replace(to=to)

    def _whole(self, block: Block, vector: Vector) -> Pass[Piece]:
        return (yield self._visit(block, vector))

    def _note(self, block: Block, use: Use) -> None:
        """Keep the weakest use: a block inside a repeat is met once per kind of copy."""
        name = f"{use.theorem} {use.name}"
        known = self.uses.get((block, name))
        weaker = known is not None and use.order == known.order and use.ground == "asymptotic" != known.ground
        if known is None or use.order < known.order or weaker:
            self.uses[(block, name)] = use

    def _visit(self, block: Block, vector: Vector) -> Step[Piece]:
        if self.laws[block].is_zero:
            return zero_piece(block, vector)
        if isinstance(block, Leaf):
            piece, uses = leaf_piece(block, vector, self._key(block), self.premises.grants)
            for use in uses:
                self._note(block, use)
            return piece
        if isinstance(block, Scale):
            return self._scale(block, vector)
        if isinstance(block, Serial):
            return self._serial(block, vector)
        if isinstance(block, Commuting):
            return self._commuting(block, vector)
        if isinstance(block, Sum):
            return self._sum(block, vector)
        if isinstance(block, Stack):
            return self._stack(block, vector)
        if isinstance(block, Repeat):
            return self._copies(block, block.block, "serial", vector)
        return self._copies(block, block.body, block.kind, vector)

    def _key(self, leaf: Leaf) -> Keys:
        """What is not drawn needs no key."""
        return self.keyring.of_draw(leaf.identity) if leaf.rule.depends_on in {"weights", "noise"} else NO_KEYS

    def _scale(self, block: Scale, vector: Vector) -> Pass[Piece]:
        piece = yield self._visit(block.block, vector)
        return piece._replace(block=block)

    def _serial(self, block: Serial, vector: Vector) -> Pass[Piece]:
        pieces = []
        for part in block.parts:
            piece = yield self._visit(part, vector)
            vector = piece.output
            pieces.append(piece)
        return self._join(block, pieces)

    def _join(self, block: Block, pieces: Sequence[Piece]) -> Piece:
        traits, order, cut = self._chain.join(pieces)
        self._note(block, self._use("serial", block, order, cut))
        tied = any(piece.tied for piece in pieces) or meets_again(pieces)
        direct = joined(piece.direct for piece in pieces)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, pieces[-1].output, direct, tied)

    def _use(self, theorem: str, block: Block, order: int, cut: Cut | None) -> Use:
        if cut is None:
            return Use(theorem, INFINITE, "at every cut the block before is left-Gram or the one after right-Gram",
                       (block.label,))
        condition, first, second = cut
        return Use(theorem, order, condition.statement, (first.block.label, second.block.label))

    def _commuting(self, block: Commuting, vector: Vector) -> Pass[Piece]:
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
        traits = completed(square=True, diagonal=True, weights=all_weights(pieces), marks=all_marks(pieces), **flags)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, pieces[-1].output)

    def _dependent(self, pieces: Sequence[Piece]) -> tuple[str, str] | None:
        """Two diagonals that share a mark, unless patterns are assumed independent."""
        if self.premises.grants(INDEPENDENT_PATTERNS):
            return None
        met = NO_KEYS
        for piece in pieces:
            if met & piece.traits.marks:
                before = next(other for other in pieces if other.traits.marks & piece.traits.marks)
                return before.block.label, piece.block.label
            met |= piece.traits.marks
        return None

    def _sum(self, block: Sum, vector: Vector) -> Pass[Piece]:
        pieces = []
        for part in block.parts:
            pieces.append((yield self._visit(part, vector)))
        live = [piece for piece in pieces if not self.laws[piece.block].is_zero] or pieces[:1]
        output = of_sum([piece.output for piece in pieces])
        if len(live) == 1:
            return live[0]._replace(block=block, output=output)
        if is_diagonal(block):
            return self._diagonal_sum(block, live, output)
        return self._parallel(block, "sum", live, output)

    def _diagonal_sum(self, block: Sum, pieces: Sequence[Piece], output: Vector) -> Piece:
        clash = self._dependent([piece for piece in pieces if not piece.traits.scalar])
        order = 0 if clash else INFINITE
        because = "independent diagonals are added like numbers" if not clash else "they look at the same vector"
        self._note(block, Use("diagonals", order, because, clash or (block.label,)))
        isotropic = not clash and all(piece.traits.left_isotropic for piece in pieces)
        traits = completed(square=True, diagonal=True, scalar=is_scalar(block), weights=all_weights(pieces),
                           marks=all_marks(pieces), left_isotropic=isotropic,
                           right_isotropic=isotropic)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, output)

    def _stack(self, block: Stack, vector: Vector) -> Pass[Piece]:
        pieces = []
        for part in block.parts:
            pieces.append((yield self._visit(part, vector)))
        return self._parallel(block, "stack", pieces, of_stack([piece.output for piece in pieces]))

    def _parallel(self, block: Block, kind: str, pieces: Sequence[Piece], output: Vector) -> Piece:
        order, cut = self._branches.best_order(kind, pieces)
        self._note(block, self._use(kind, block, order, cut))
        loose = [piece.traits if not piece.tied else without_flags(piece.traits) for piece in pieces]
        square = block.rows == block.columns
        flags = completed(square=square).flags if meets_again(pieces) else self._branches.flags(
            kind, loose, square=square, equal_phi=kind == "stack" and self._equal_phi(block))
        through = pieces[0].traits.central_through
        for piece in pieces[1:]:
            through = through & piece.traits.central_through
        traits = with_flags(flags, all_weights(pieces), all_marks(pieces), through)
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, output, tied=any(piece.tied for piece in pieces) or meets_again(pieces))

    def _equal_phi(self, block: Block) -> bool:
        """Whether the branches of a stack have one φ."""
        if isinstance(block, Indexed):
            return block.index not in symbols(self.laws[block.body].phi)
        laws = [self.laws[part] for part in block.parts] if isinstance(block, Stack) else []
        # Borders may make the energies of the branches differ at a position even where their means agree.
        return bool(laws) and all(law.phi == laws[0].phi for law in laws) and not any(
            leaf.geometry is not None and not leaf.geometry.even for leaf in leaves(block))

    def _copies(self, block: Repeat | Indexed, body: Block, kind: str, vector: Vector) -> Pass[Piece]:
        """Copies of a body, analysed once per kind of input vector and joined copy by copy."""
        number = length_of(block)
        wanted = COPIES if number is None else min(COPIES, number)
        pieces: list[Piece] = []
        here = vector
        for _ in range(wanted):
            kind_of_copy = (body, here.flags)
            if kind_of_copy not in self._bodies:
                keys, noise = self.keyring.fresh(), self.keyring.fresh()
                inside = here._replace(keys=keys, noise=here.noise and noise)
                self._bodies[kind_of_copy] = ((yield self._visit(body, inside)), {"keys": keys, "noise": noise})
            pieces.append(copy_of(*self._bodies[kind_of_copy], vector if kind != "serial" else here,
                                  self.keyring))
            if kind == "serial":
                here = pieces[-1].output
        return self._joined_copies(block, kind, pieces, number, vector)

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
        return joined._replace(traits=traits, output=output)

    def _diagonal_copies(self, block: Repeat, pieces: Sequence[Piece]) -> Piece:
        clash = self._dependent([piece for piece in pieces if not piece.traits.scalar])
        order = 0 if clash else INFINITE
        because = "independent diagonals commute" if not clash else "the copies look at the same vector"
        self._note(block, Use("diagonals", order, because, clash or (block.label,)))
        first = pieces[0]
        traits = first.traits if not clash else completed(
            square=True, diagonal=True)
        traits = traits._replace(weights=all_weights(pieces), marks=all_marks(pieces))
        to = INFINITE if self.premises.free else min(order, *(piece.to for piece in pieces))
        return Piece(block, traits, to, pieces[-1].output)
