"""How many outputs each part of a network has far from borders, where sizes change by strides and factors alone."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.calculus.positions.program import Instruction, NoProgram
from freeblock.formula.expression import Expression, number
from freeblock.formula.products import product
from freeblock.formula.sums import total
from freeblock.network.image import Image
from freeblock.network.nodes import Leaf, Stack

Count = tuple[Expression, bool]
"""Channels at so many positions of the ring, or the coordinates of a vector (False)."""


class Counts:
    """The outputs behind each instruction of a program, and the inputs.

    An image that ends as a vector has there the positions that it really has, and before it as many more as strides
    skipped. Without padding there are more of them in truth: borders are what takes the others away.
    """

    def __init__(self, program: Sequence[Instruction], sizes: Sequence[tuple[int, int]], image: Image) -> None:
        """`sizes` are those of the ring, the input's first. Raises NoProgram where two ends do not fit together."""
        self._ends: list[Expression] = []
        self._counts: list[Count] = [(image.channels * number(_area(sizes[0])), True)]
        forks: list[tuple[Count, list[Count]]] = []
        for place, (kind, block) in enumerate(program):
            here, size = self._counts[-1], sizes[place + 1]
            if kind == "leaf":
                assert isinstance(block, Leaf)
                here = self._behind(block, here, size)
            elif kind == "fork":
                forks.append((here, []))
            elif kind != "scale":
                before, ends = forks[-1]
                ends.append(here)
                here = before
                if kind == "join":
                    forks.pop()
                    here = (total(end for end, _ in ends), ends[0][1]) if isinstance(block, Stack) else ends[0]
            self._counts.append(here)
        if any(end != self._ends[0] for end in self._ends[1:]):
            raise NoProgram("its branches end at images of different sizes")

    def _behind(self, leaf: Leaf, here: Count, size: tuple[int, int]) -> Count:
        geometry = leaf.geometry
        if geometry is None and leaf.rule.acts_on != "vector":
            return here
        if geometry is not None and geometry.after is not None:
            return geometry.after.channels * number(_area(size)), True
        if here[1]:
            self._ends.append(product(((leaf.columns, 1), (here[0], -1))))
        return leaf.rows, False

    def share(self, place: int) -> Expression:
        """The outputs behind so many instructions, by those of the whole network."""
        return product(((self._whole(self._counts[place]), 1), (self._whole(self._counts[-1]), -1)))

    def _whole(self, count: Count) -> Expression:
        return product(((count[0], 1), (self._ends[0], 1))) if count[1] and self._ends else count[0]


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]
