"""Where a function of x has kinks, and where it changes fast: the places at which an integral is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import mpmath

from freeblock.activation.numeric import NumericFunction, TooLargeError, Value
from freeblock.activation.tree import Apply, Choice, Power, Tree, children_first

_STEEP = 4
"""A part that changes by 1 within a standard deviation over this is steep."""
_SCAN = 1_000
"""Places at which a part is looked at for changes of sign and turning points."""
_PLACES = 500
"""More places are not cut at."""
_EVEN = 40
"""Even steps resolve a place that is as wide as a standard deviation over this."""


class TooManyPlacesError(Exception):
    """The function has more kinks and steep places than are cut at."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Places to cut an integral at: kinks, and points that close in on each steep place."""

    places: list[Value]
    smooth: bool
    """Whether there is no kink, and no place so steep that even steps would be too many."""


def cuts_of(function: NumericFunction, deviation: Value, reach: Value) -> Cuts:
    """The cuts between −reach and reach. Raises TooManyPlacesError, and what the function raises at a pole."""
    search = _Search(function, deviation, reach)
    for part in children_first(function.tree):
        search.look_at(part)
        if len(search.found) > _PLACES:
            raise TooManyPlacesError
    places = sorted(place for place in search.found if abs(place) < reach)
    return Cuts(places, not search.kinked and search.narrowest > deviation / _EVEN)


class _Search:
    def __init__(self, function: NumericFunction, deviation: Value, reach: Value) -> None:
        self._function, self._deviation, self._reach = function, deviation, reach
        self._grid = [reach * (2 * mpmath.mpf(k) / _SCAN - 1) for k in range(_SCAN + 1)]
        self.found: set[Value] = set()
        self.kinked = False
        self.narrowest = deviation

    def look_at(self, part: Tree) -> None:
        """Note the places at which a part makes the function kink or change fast."""
        if isinstance(part, Choice):
            inner = part.switch
        elif isinstance(part, Apply):
            inner = part.argument
        elif isinstance(part, Power) and part.exponent < 0:
            inner = part.base
        else:
            return
        values = [self._value(inner, x) for x in self._grid]
        for place in self._zeros(inner, values):
            if isinstance(part, Choice):
                self.found.add(place)
                self.kinked = True
            self._close_in(inner, place)
        if not isinstance(part, Choice):
            for place in self._turning_points(inner, values):
                self._close_in(inner, place)

    def _value(self, part: Tree, x: Value) -> Value:
        try:
            return self._function.part(part, x)
        except TooLargeError:
            return mpmath.inf

    def _zeros(self, part: Tree, values: list[Value]) -> Iterator[Value]:
        """Where a part changes its sign, as exactly as numbers are, and where it becomes or ceases to be 0."""
        for place, (first, second) in enumerate(pairwise(values)):
            if not first and second:
                yield self._grid[place]
            elif first and not second:
                yield self._grid[place + 1]
            elif first and (first > 0) != (second > 0):
                yield self._bisected(part, self._grid[place], self._grid[place + 1], bool(first > 0))

    def _bisected(self, part: Tree, low: Value, high: Value, positive: bool) -> Value:
        first, second = self._value(part, low), self._value(part, high)
        straight = low - (high - low) * first / (second - first)
        if low < straight < high and not self._value(part, straight):
            return straight
        for _ in range(mpmath.mp.prec + 10):
            middle = (low + high) / 2
            value = self._value(part, middle)
            if not value:
                return middle
            if (value > 0) == positive:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _turning_points(self, part: Tree, values: list[Value]) -> Iterator[Value]:
        """Where the size of a part is least between places that it passes."""
        sizes = [abs(value) for value in values]
        for place in range(1, len(sizes) - 1):
            if not sizes[place - 1] > sizes[place] <= sizes[place + 1]:
                continue
            low, high = self._grid[place - 1], self._grid[place + 1]
            for _ in range(80):
                left, right = low + (high - low) / 3, high - (high - low) / 3
                if abs(self._value(part, left)) < abs(self._value(part, right)):
                    high = right
                else:
                    low = left
            yield (low + high) / 2

    def _close_in(self, part: Tree, place: Value) -> None:
        """Points around a place, each four times as far as the one before, if the part is steep there."""
        here, width = self._value(part, place), self._reach
        while width > self._deviation / 10**15 and max(
                abs(self._value(part, place + side * width) - here) for side in (1, -1)) > 1:
            width /= 4
        if width >= self._deviation / _STEEP:
            return
        self.narrowest = min(self.narrowest, width)
        self.found.add(place)
        while width < self._reach:
            self.found.update((place - width, place + width))
            width *= 4
