"""A signal at one place of a network, for two inputs that are alike: what is known of its units, as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isclose
from typing import NamedTuple


class Group(NamedTuple):
    """Units of one law: their share of the width; mean square, covariance of two inputs, and mean of a unit."""

    share: float
    q: float
    covariance: float
    mean: float


class Signal(NamedTuple):
    """Units in groups, with the laws of a group alike."""

    groups: tuple[Group, ...]
    gaussian: bool
    """A unit at two inputs is a Gaussian pair of mean 0."""
    forks: float = inf
    """Forks passed since the last weight, with nothing but numbers in between; at 0 it is uncorrelated with all that is
    beside it.
    """

    @property
    def q(self) -> float:
        """The mean square over all units."""
        return sum(group.share * group.q for group in self.groups)

    @property
    def covariance(self) -> float:
        """The mean product of a unit at two inputs."""
        return sum(group.share * group.covariance for group in self.groups)

    @property
    def mean(self) -> float:
        """The mean over units."""
        return sum(group.share * group.mean for group in self.groups)

    @property
    def correlation(self) -> float | None:
        """c, None for a signal that is 0."""
        q = self.q
        return self.covariance / q if q else None

    def mapped(self, map_of: Callable[[Group], Group], *, gaussian: bool, forks: float) -> Signal:
        """Each group on its own."""
        if len(self.groups) == 1:
            return Signal((map_of(self.groups[0]),), gaussian, forks)
        return Signal(tuple([map_of(group) for group in self.groups]), gaussian, forks)

    def forked(self) -> Signal:
        """At the beginning of a branch."""
        return self._replace(forks=self.forks + 1)


def input_signal(q: float, c: float) -> Signal:
    """Data: Gaussian units of mean 0."""
    return Signal((Group(1.0, q, c * q, 0.0),), True)


def added(parts: Sequence[Signal]) -> Signal | None:
    """The sum of uncorrelated signals from one fork; None where several of them have groups."""
    grouped = [part for part in parts if len(part.groups) > 1]
    if len(grouped) > 1:
        return None
    base = grouped[0] if grouped else parts[0]
    others = [part.groups[0] for part in parts if part is not base]
    groups = tuple([
        Group(group.share, group.q + sum(other.q for other in others),
              group.covariance + sum(other.covariance for other in others),
              group.mean + sum(other.mean for other in others))
        for group in base.groups])
    return Signal(groups, all(part.gaussian for part in parts), joined([part.forks for part in parts]))


def stacked(parts: Sequence[tuple[float, Signal]]) -> Signal:
    """Signals one above the other, each with its share of the width; groups that are alike become one."""
    groups = [group._replace(share=share * group.share) for share, part in parts for group in part.groups]
    first = groups[0]
    if all(_alike(first, group) for group in groups):
        groups = [first._replace(share=1.0)]
    return Signal(tuple(groups), all(part.gaussian for _, part in parts),
                  joined([part.forks for _, part in parts]))


def joined(forks: Sequence[float]) -> float:
    """Forks since the last weight behind branches that end here."""
    return max([max(one - 1, 0) for one in forks])


def _alike(first: Group, second: Group) -> bool:
    return all(isclose(one, other, rel_tol=1e-12, abs_tol=1e-300)
               for one, other in zip(first[1:], second[1:], strict=True))
