"""What one component does to the energies at the positions of an image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.calculus.positions.axis_maps import AxisMap, enlarging_map, whole_map, window_map
from freeblock.calculus.positions.profile import Profile
from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.network.nodes import Block, Leaf

Maps = tuple[AxisMap, AxisMap]


class Move:
    """One component: its gain without borders, the maps of both axes, and its share at order two."""

    def __init__(
        self, leaf: Leaf, maps: Maps | None, gain: Expression, channels: Expression, weight: Expression,
        copies: Expression = ONE,
    ) -> None:
        self.leaf = leaf
        self.maps = maps
        self.gain = gain
        """The factor on energies, the maps apart."""
        self.channels = channels
        """Channels after by channels before."""
        self.weight = weight
        """What the component adds to the second moment, by the square of the energies behind it."""
        self.copies = copies
        """For how many positions each of the ring stands in the window."""

    @property
    def chooses(self) -> bool:
        """Whether the data choose one position of each window."""
        return self.leaf.geometry is not None and self.leaf.geometry.over == "one"

    @property
    def averages(self) -> bool:
        """Whether it adds up the positions of each window without weights of its own."""
        geometry = self.leaf.geometry
        return geometry is not None and geometry.axes is not None and geometry.over == "sum" \
            and self.leaf.rule.depends_on != "weights"

    def forward(self, energies: Profile) -> Profile:
        """The energies behind the component."""
        maps = self.maps
        if maps is not None:
            energies = energies.each(lambda grid: grid.mapped(maps))
        return energies.times(self.gain)

    def backward(self, energies: Profile) -> Profile:
        """The energies of the transposed network before the component."""
        maps = self.maps
        if maps is not None:
            energies = energies.each(lambda grid: grid.mapped(maps, adjoint=True))
        return energies.times(product(((self.gain, 1), (self.channels, 1))))


class Moves:
    """Makes the moves of components; those that are alike share one law."""

    def __init__(self, laws: Mapping[Block, Law], *, ring: bool, gains: bool = True) -> None:
        self._laws = laws
        self._ring = ring
        """Whether borders are neglected."""
        self._gains = gains
        """Without them only the maps are of use."""
        self._free: dict[tuple[object, ...], Law] = {}

    def of(self, leaf: Leaf, size: tuple[int, int]) -> Move:
        """The move of a leaf on an image of so many positions."""
        geometry = leaf.geometry
        if geometry is None or (geometry.axes is None and geometry.enlarge.is_one):
            return self._of_any(leaf, size)
        after = geometry.after
        channels = (leaf.rows if after is None else after.channels) / geometry.before.channels
        if geometry.axes is None:
            factor = geometry.enlarge.number()
            step = factor if isinstance(factor, int) else 1
            return Move(leaf, (enlarging_map(size[0], step), enlarging_map(size[1], step)), ONE, ONE, ZERO)
        maps = (window_map(geometry.axes[0], size[0], ring=self._ring),
                window_map(geometry.axes[1], size[1], ring=self._ring))
        if geometry.over == "one":
            return Move(leaf, (maps[0].averaging(), maps[1].averaging()), ONE, ONE, ZERO)
        if not self._gains:
            return Move(leaf, maps, ONE, ONE, ZERO)
        law = self._free_law(leaf)
        area = geometry.axes[0].kernel * geometry.axes[1].kernel
        gain, back, copies = product(((law.phi, 1), (area, -1))), channels, ONE
        for axis, one in zip(geometry.axes, maps, strict=True):
            if axis.is_whole:
                # On a ring the window is the ring, whatever the size stands for.
                turn = axis.kernel / number(one.size)
                gain, back, copies = gain * turn, back / turn, copies * turn
        return Move(leaf, maps, gain, back, _weight(law, channels), copies)

    def _of_any(self, leaf: Leaf, size: tuple[int, int]) -> Move:
        """A component that treats all positions alike, or a weight on the whole vector."""
        if not self._gains:
            whole = leaf.rule.acts_on == "vector"
            return Move(leaf, (whole_map(size[0]), whole_map(size[1])) if whole else None, ONE, ONE, ZERO)
        law = self._laws[leaf]
        ratio = leaf.rows / leaf.columns
        weight = _weight(law, ratio)
        if leaf.rule.acts_on == "vector" and size != (1, 1):
            gain = law.phi / number(size[0] * size[1])
            return Move(leaf, (whole_map(size[0]), whole_map(size[1])), gain, ratio * number(size[0] * size[1]), weight)
        return Move(leaf, None, law.phi, ratio, weight)

    def _free_law(self, leaf: Leaf) -> Law:
        """The law far from borders and without a stride."""
        geometry = leaf.geometry
        assert geometry is not None and geometry.axes is not None
        area = geometry.axes[0].kernel * geometry.axes[1].kernel
        square = area ** number(2)
        arguments = {**leaf.arguments, **geometry.free, "taps": area, "taps_squared": square, "reads_squared": square,
                     "shrink": ONE}
        key = (id(leaf.rule), *arguments.items())
        known = self._free.get(key)
        if known is None:
            before = geometry.before.channels
            after = leaf.rows if geometry.after is None else geometry.after.channels
            known = self._free[key] = leaf_law(
                replace(leaf, arguments=arguments, jacobian=leaf.rule.jacobian, rows=after, columns=before), 2)
        return known


def _weight(law: Law, channels: Expression) -> Expression:
    """1 + κ − (channels after by channels before): what is left of κ when the input's share is taken off."""
    return ZERO if law.kappa is None else ONE + law.kappa - channels


def selection_share(move: Move, energies: Profile, behind: Profile) -> Expression:
    """⟨b²·(A e² − (A∘A) e²)⟩ for a window A that chooses each of its positions equally often."""
    assert move.maps is not None
    maps = move.maps
    squares = maps[0].squared(), maps[1].squared()
    energy = energies * energies
    spread = energy.each(lambda grid: grid.mapped(maps)) + energy.each(
        lambda grid: grid.mapped(squares).times(Fraction(-1)))
    return (spread * (behind * behind)).mean()


def average_share(move: Move, energies: Profile, behind: Profile) -> Expression:
    """⟨b²·((A e)² − A e²)⟩ for a window A that adds up positions, taken as independent."""
    assert move.maps is not None
    maps = move.maps
    added = energies.each(lambda grid: grid.mapped(maps))
    alone = (energies * energies).each(lambda grid: grid.mapped(maps).times(Fraction(-1)))
    spread = added * added + alone.times(ONE / move.copies)
    return (spread.times(product(((move.gain, 2),))) * (behind * behind)).mean()
