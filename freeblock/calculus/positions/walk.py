"""Energies at every position, carried forwards and backwards through a network: φ and φ_2 with borders and strides.

e(x) is the mean over channels of E (JJᵀ)_xx behind a block, b(x) the same of the transposed rest; both are linear
along the network. φ = ⟨e⟩ at the end, and φ_2 is a sum over the blocks of w·⟨e²b²⟩ (docs/theory/images.md, §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from freeblock.calculus.law import Law
from freeblock.calculus.positions.far_from_borders import Counts
from freeblock.calculus.positions.moves import Move, Moves, average_share, selection_share
from freeblock.calculus.positions.profile import Profile
from freeblock.calculus.positions.program import Instruction
from freeblock.calculus.reach import INDEPENDENT_POSITIONS, UNIFORM_SELECTION, Reach
from freeblock.formula.expression import Expression, number
from freeblock.formula.products import as_factor, product
from freeblock.formula.sums import total
from freeblock.network.image import Image
from freeblock.network.nodes import Block, Leaf, Scale, Stack, Sum


class Walk:
    """One network on an image of so many positions."""

    def __init__(
        self, program: Sequence[Instruction], laws: Mapping[Block, Law], size: tuple[int, int], *, ring: bool,
        gains: bool = True,
    ) -> None:
        self._program = program
        self._gains = gains
        """Without them only the limits are of use."""
        self._moves = Moves(laws, ring=ring, gains=gains)
        self.limits: list[Reach] = []
        self._energies: list[Profile] = []
        """Behind each instruction."""
        self._taken: list[Move | None] = []
        self._reached: list[tuple[int, int]] = []
        """Up to which distance two positions may be correlated behind each instruction."""
        self._start = 0
        self._size = size
        self._ring = ring
        self._counts: Counts | None = None

    def forward(self) -> Profile:
        """The energies at the end."""
        here, lag = Profile.ones(*self._size), (0, 0)
        open_forks: list[tuple[Profile, tuple[int, int], list[Profile], list[tuple[int, int]]]] = []
        for place, (kind, block) in enumerate(self._program):
            move = None
            if kind == "leaf":
                assert isinstance(block, Leaf)
                move = self._moves.of(block, here.size)
                lag = self._looked(block, here, lag, place)
                here = move.forward(here)
            elif kind == "scale":
                assert isinstance(block, Scale)
                here = here if not self._gains else here.times(product(((block.factor, 2),)))
            elif kind == "fork":
                open_forks.append((here, lag, [], []))
            else:
                before, lag_before, ends, lags = open_forks[-1]
                ends.append(here)
                lags.append(lag)
                if kind == "next":
                    here, lag = before, lag_before
                else:
                    open_forks.pop()
                    here, lag = self._joined(block, ends), (max(one for one, _ in lags), max(two for _, two in lags))
            self._energies.append(here)
            self._taken.append(move)
        return here

    def _joined(self, block: Block, ends: Sequence[Profile]) -> Profile:
        assert isinstance(block, (Sum, Stack))
        if not self._gains:
            return ends[0]
        joined = ends[0] if isinstance(block, Sum) else ends[0].times(block.parts[0].rows / block.rows)
        for part, end in zip(block.parts[1:], ends[1:], strict=True):
            joined = joined + (end if isinstance(block, Sum) else end.times(part.rows / block.rows))
        if isinstance(block, Stack) and not all(end.is_constant and end.mean() == ends[0].mean() for end in ends):
            self._limit(1, INDEPENDENT_POSITIONS, "channels of different energies at a position are stacked", block)
        return joined

    def _limit(self, order: int, name: str, because: str, block: Block) -> None:
        self.limits.append(Reach(order, name, because, (block.label,)))

    def _looked(self, leaf: Leaf, before: Profile, lag: tuple[int, int], place: int) -> tuple[int, int]:
        """The correlation of positions behind a leaf; what it needs of those before it is noted."""
        geometry = leaf.geometry
        if geometry is None or (geometry.axes is None and geometry.enlarge.is_one):
            return (0, 0) if leaf.rule.acts_on == "vector" else lag
        if geometry.axes is None:
            factor = int(geometry.enlarge.number() or 1)
            self._limit(1, INDEPENDENT_POSITIONS, "the copies of a position are one", leaf)
            return lag[0] * factor + factor - 1, lag[1] * factor + factor - 1
        kernels = [axis.kernel.number() or 2 for axis in geometry.axes]
        strides = [int(axis.stride.number() or 1) for axis in geometry.axes]
        overlaps = [0 if axis.is_whole else int(kernel - 1) // stride
                    for axis, kernel, stride in zip(geometry.axes, kernels, strides, strict=True)]
        if geometry.over == "one":
            # Of two positions each is the larger equally often; of more, the one of the larger variance is more often.
            if kernels[0] * kernels[1] > 2 and not before.is_constant:
                self._limit(0, UNIFORM_SELECTION, "each position of a window is taken to be its largest equally often",
                            leaf)
            if any(overlaps):
                self._limit(1, INDEPENDENT_POSITIONS, "overlapping windows choose one position", leaf)
            elif max(kernels) > 2:
                self._limit(1, UNIFORM_SELECTION, "each position of a window is taken to be its largest equally often",
                            leaf)
            return ((lag[0] + int(kernels[0]) - 1) // strides[0], (lag[1] + int(kernels[1]) - 1) // strides[1])
        if leaf.rule.depends_on == "weights":
            if "left" not in leaf.traits:
                self._limit(1, INDEPENDENT_POSITIONS, "the weights of a channel see no other channel", leaf)
            return lag[0] // strides[0], lag[1] // strides[1]
        if all(axis.kernel.is_one for axis in geometry.axes):
            return lag[0] // strides[0], lag[1] // strides[1]
        if any(lag):
            self._limit(0, INDEPENDENT_POSITIONS, "it averages positions that an earlier block has made alike", leaf)
        if place == 0 and "coisometric" in leaf.traits:
            self._start = 1
        else:
            self._limit(1, INDEPENDENT_POSITIONS, "it averages positions whose kernels are one, and whose signs are "
                        "correlated", leaf)
        return overlaps[0], overlaps[1]

    def second_moment(self, root: Block, image: Image) -> Expression:
        """φ_2, with all positions that are averaged taken as independent. Raises NoProgram."""
        end = self._energies[-1]
        if self._ring:
            sizes = [self._size, *(energies.size for energies in self._energies)]
            self._counts = Counts(self._program, sizes, image)
        behind = Profile.ones(*end.size)
        shares: list[Expression] = []
        open_joins: list[tuple[Profile, list[Profile]]] = []
        energies: list[Profile] = [Profile.ones(*self._size), *self._energies]
        for place in range(len(self._program) - 1, self._start - 1, -1):
            kind, block = self._program[place]
            if kind == "leaf":
                move = self._taken[place]
                assert move is not None
                rows = self._share(place + 1, move.leaf.rows, root)
                shares += _shares(move, energies[place], energies[place + 1], behind, rows)
                behind = move.backward(behind)
            elif kind == "scale":
                assert isinstance(block, Scale)
                behind = behind.times(product(((block.factor, 2),)))
            elif kind == "join":
                shares += self._meeting(block, place, behind, root)
                open_joins.append((behind, []))
            else:
                after, starts = open_joins[-1]
                starts.append(behind)
                behind = after
                if kind == "fork":
                    open_joins.pop()
                    behind = starts[0]
                    for start in starts[1:]:
                        behind = behind + start
        first = energies[self._start]
        at = first * behind
        before = root.columns if not self._start else self._program[0].block.rows
        shares.append(product((((at * at).mean(), 1), (self._share(self._start, before, root), 1))))
        return total(shares)

    def _share(self, place: int, rows: Expression, root: Block) -> Expression:
        """The outputs behind so many instructions, by those of the network; on the ring they are counted there."""
        return self._counts.share(place) if self._counts is not None else product(((rows, 1), (root.rows, -1)))

    def _meeting(self, block: Block, place: int, behind: Profile, root: Block) -> list[Expression]:
        """The branches of a sum in pairs."""
        if not isinstance(block, Sum):
            return []
        ends = [end * behind for end in self._ends(place)]
        rows = product(((self._share(place + 1, block.rows, root), 1), (number(2), 1)))
        return [product((((one * other).mean(), 1), (rows, 1)))
                for first, one in enumerate(ends) for other in ends[first + 1:]]

    def _ends(self, place: int) -> list[Profile]:
        """The energies at the end of each branch of the join at a place."""
        found = [self._energies[place - 1]]
        depth = 0
        for here in range(place - 1, -1, -1):
            kind = self._program[here].kind
            if kind == "join":
                depth += 1
            elif kind == "fork":
                if not depth:
                    break
                depth -= 1
            elif kind == "next" and not depth:
                found.append(self._energies[here - 1])
        return found[::-1]


def _shares(move: Move, before: Profile, after: Profile, behind: Profile, rows: Expression) -> list[Expression]:
    """What a component adds to φ_2; `rows` are its outputs by those of the network."""
    if move.chooses:
        return [product(((selection_share(move, before, behind), 1), (rows, 1)))]
    if move.averages:
        return [product(((average_share(move, before, behind), 1), (rows, 1)))]
    if move.weight.is_zero:
        return []
    at = after * behind
    return [product((((at * at).mean(), 1), (as_factor(move.weight), 1), (rows, 1)))]
