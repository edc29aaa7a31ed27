"""Whole numbers at the positions of an image times a common fraction: exact, and cheap where the axes separate."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from freeblock.calculus.positions.axis_maps import AxisMap, rows_summed

MOST_POSITIONS = 100_000
"""Of images of which the axes do not separate."""


class TooMuch(Exception):
    """Too many positions, or too many formulas, for a result that anyone would wait for."""


Rows = Sequence[Sequence[int]]


class Grid:
    """scale·(u vᵀ), or scale·rows where the two axes do not separate."""

    __slots__ = ("scale", "axes", "rows")

    def __init__(
        self, scale: Fraction, axes: tuple[Sequence[int], Sequence[int]] | None = None, rows: Rows | None = None
    ) -> None:
        self.scale = scale
        self.axes = axes
        self.rows = rows

    @classmethod
    def ones(cls, height: int, width: int) -> Grid:
        """1 at every position."""
        return cls(Fraction(1), ([1] * height, [1] * width))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        if self.axes is not None:
            return len(self.axes[0]), len(self.axes[1])
        assert self.rows is not None
        return len(self.rows), len(self.rows[0])

    def _dense(self) -> Rows:
        if self.rows is not None:
            return self.rows
        assert self.axes is not None
        first, second = self.axes
        if len(first) * len(second) > MOST_POSITIONS:
            raise TooMuch
        return [[one * other for other in second] for one in first]

    @property
    def is_constant(self) -> bool:
        """Whether all positions have one value."""
        if self.axes is not None:
            return len(set(self.axes[0])) == 1 == len(set(self.axes[1]))
        return len({one for row in self._dense() for one in row}) == 1

    def times(self, factor: Fraction) -> Grid:
        """Every value multiplied."""
        return Grid(self.scale * factor, self.axes, self.rows)

    def mapped(self, maps: tuple[AxisMap, AxisMap], *, adjoint: bool = False) -> Grid:
        """The map of each axis applied, or its transpose."""
        first, second = maps
        scale = self.scale * first.scale * second.scale
        if self.axes is not None:
            one, other = self.axes
            return Grid(scale, (first.adjoint(one), second.adjoint(other)) if adjoint
                        else (first.forward(one), second.forward(other)))
        rows = self._dense()
        if not first.is_identity:
            rows = _vertically(rows, first, adjoint)
        if not second.is_identity:
            rows = [second.adjoint(row) if adjoint else second.forward(row) for row in rows]
        return Grid(scale, None, rows)

    def __add__(self, other: Grid) -> Grid:
        if self.axes is not None and other.axes is not None and \
                list(self.axes[0]) == list(other.axes[0]) and list(self.axes[1]) == list(other.axes[1]):
            return Grid(self.scale + other.scale, self.axes)
        if not self.scale:
            return other
        ratio = other.scale / self.scale
        up, down = ratio.numerator, ratio.denominator
        rows = [[one * down + two * up for one, two in zip(row, beside, strict=True)]
                for row, beside in zip(self._dense(), other._dense(), strict=True)]
        return Grid(self.scale / down, None, rows)

    def __mul__(self, other: Grid) -> Grid:
        """The product position by position."""
        scale = self.scale * other.scale
        if self.axes is not None and other.axes is not None:
            first, second = (tuple([one * two for one, two in zip(mine, theirs, strict=True)])
                             for mine, theirs in zip(self.axes, other.axes, strict=True))
            return Grid(scale, (first, second))
        return Grid(scale, None, [[one * two for one, two in zip(row, beside, strict=True)]
                                  for row, beside in zip(self._dense(), other._dense(), strict=True)])

    def mean(self) -> Fraction:
        """The mean over all positions."""
        height, width = self.size
        if self.axes is not None:
            whole = sum(self.axes[0]) * sum(self.axes[1])
        else:
            whole = sum([sum(row) for row in self._dense()])
        return self.scale * Fraction(whole, height * width)


def _vertically(rows: Rows, axis: AxisMap, adjoint: bool) -> Rows:
    if axis.weights is None:
        return rows_summed(rows, axis.backward if adjoint else axis.reads)
    if adjoint:
        rows = [[one * weight for one in row] for row, weight in zip(rows, axis.weights, strict=True)]
        return rows_summed(rows, axis.backward)
    return [[one * weight for one in row]
            for row, weight in zip(rows_summed(rows, axis.reads), axis.weights, strict=True)]


