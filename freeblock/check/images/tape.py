"""What a forward pass leaves behind: the linear maps of the Jacobian in order, run forwards or backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from freeblock.check.images.maps import LinearMap
from freeblock.check.jacobian import Array
from freeblock.check.plan import Branch, Fork, Join


@dataclass(frozen=True, slots=True)
class Joined:
    """Branches come together; where they are stacked, the number of rows of each."""

    join: Join
    rows: tuple[int, ...]


Entry = LinearMap | Fork | Branch | Joined


@dataclass(slots=True)
class Tape:
    """One entry for each step of the plan."""

    entries: list[Entry] = field(default_factory=list)

    def forward(self, vectors: Array) -> Array:
        """J·x for each column."""
        forks: list[tuple[Array, list[Array]]] = []
        for entry in self.entries:
            match entry:
                case Fork():
                    forks.append((vectors, []))
                case Branch():
                    forks[-1][1].append(vectors)
                    vectors = forks[-1][0]
                case Joined(join, _):
                    parts = forks.pop()[1]
                    vectors = np.sum(parts, axis=0) if join.kind == "sum" else np.concatenate(parts)
                case _:
                    vectors = entry.forward(vectors)
        return vectors

    def backward(self, vectors: Array, cuts: Sequence[int] = ()) -> tuple[Array, dict[int, Array]]:
        """Jᵀ·y for each column; and at each cut, before so many steps, the squared length that arrives there."""
        wanted, lengths = frozenset(cuts), {}
        joins: list[_Open] = []
        for place in range(len(self.entries), -1, -1):
            if place in wanted:
                lengths[place] = np.einsum("ij,ij->j", vectors, vectors)
            if not place:
                break
            match self.entries[place - 1]:
                case Joined(join, rows):
                    joins.append(_Open(_shares(vectors, join, rows)))
                case Branch():
                    vectors = joins[-1].next_branch(vectors)
                case Fork():
                    vectors = joins.pop().collected(vectors)
                case entry:
                    vectors = entry.backward(vectors)
        return vectors, lengths


class _Open:
    """Branches that are being walked backwards, the last one first."""

    def __init__(self, shares: list[Array]) -> None:
        self._shares = shares
        self._sum: Array | None = None
        self._begun = False

    def next_branch(self, arrived: Array) -> Array:
        """What the next branch is given; `arrived` is what the one behind it gave back, if there was one."""
        if self._begun:
            self._sum = arrived if self._sum is None else self._sum + arrived
        self._begun = True
        return self._shares.pop()

    def collected(self, arrived: Array) -> Array:
        """The sum over all branches."""
        return arrived if self._sum is None else self._sum + arrived


def _shares(vectors: Array, join: Join, rows: tuple[int, ...]) -> list[Array]:
    if join.kind == "sum":
        return [vectors] * len(rows)
    return np.split(vectors, np.cumsum(rows)[:-1])
