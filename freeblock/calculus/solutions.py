"""What a condition leaves of its unknowns: values and ranges, admissible or not, exact or to so many digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from freeblock.formula.expression import Expression


@dataclass(frozen=True, slots=True)
class Value:
    """A formula, or a number to so many significant digits."""

    formula: Expression
    digits: int | None = None

    @property
    def exact(self) -> bool:
        """Whether it is a closed form."""
        return self.digits is None


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two; None is the open end, 0 or infinity."""

    low: Value | None
    high: Value | None
    low_included: bool = False
    high_included: bool = False


@dataclass(frozen=True, slots=True)
class Solution:
    """One value or range for every unknown, and what has to hold for it."""

    values: Mapping[str, Value | Range]
    requires: tuple[str, ...] = ()
    reason: str | None = None
    """Why it is not admissible; None for one that is."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All solutions found."""

    unknowns: tuple[str, ...]
    conditions: tuple[str, ...]
    solutions: tuple[Solution, ...]
    inadmissible: tuple[Solution, ...]
    complete: bool = True
    """Whether it is certain that there are no others; a search by numbers may miss some."""
    every: bool = False
    """Whether the conditions hold whatever the unknown is."""

    @property
    def exact(self) -> bool:
        """Whether every solution is a closed form."""
        return all(_is_exact(value) for solution in self.solutions for value in solution.values.values())


def _is_exact(value: Value | Range) -> bool:
    if isinstance(value, Value):
        return value.exact
    return all(end is None or end.exact for end in (value.low, value.high))
