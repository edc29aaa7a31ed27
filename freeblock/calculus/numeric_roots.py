"""Solutions by numbers: every change of sign on a grid of logarithms, polished until its digits are certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import Any

import mpmath

from freeblock.calculus.roots import CARRIED, DIGITS, rounded
from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression, Function
from freeblock.formula.functions import BOUND
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.precise import STEPS as STEPS_OF_A_FORM
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.structure import bottom_up

PATIENCE = 6.0
"""Seconds after which a search is given up."""
OCTAVES, STEPS = 40, 4
"""Solutions are looked for between 2^−40 and 2^40, in four steps for each power of 2."""

PROVED = Fraction(1, 10**18)
"""A sign differs this far, relatively, below and above a root that is given."""

Difference = Callable[[Fraction], Any]
Values = Mapping[str, Fraction | int]


@dataclass(frozen=True, slots=True)
class Crossings:
    """Where left − right changes its sign: through zero, or by a jump."""

    roots: tuple[Fraction, ...]
    jumps: tuple[Fraction, ...]


def crossings(left: Expression, right: Expression, unknown: str, known: Values) -> Crossings:
    """The places where left = right, to 15 digits that are certain, and those where a side has a pole."""
    if any(_is_long(side) for side in (left, right)):
        raise DomainError("a sum or product here is too long for a search by numbers", hint="take fewer terms")
    end = monotonic() + PATIENCE

    def difference(value: Fraction) -> Any:
        if monotonic() > end:
            raise DomainError("the search for a solution by numbers takes too long", hint="take a simpler condition")
        return _difference(left, right, {**known, unknown: value})

    points = [Fraction(2) ** (step // STEPS) * Fraction(2.0 ** (step % STEPS / STEPS)).limit_denominator(10**6)
              for step in range(-OCTAVES * STEPS, OCTAVES * STEPS + 1)]
    roots: list[Fraction] = []
    jumps: list[Fraction] = []
    before: tuple[Fraction, int] | None = None
    for point in points:
        sign = _quick_sign(left, right, {**known, unknown: point})
        if sign == 0:
            exact = difference(point)
            sign = None if exact is None else (exact > 0) - (exact < 0)
            if sign == 0:
                roots.append(point)
        if before is not None and sign and before[1] != sign:
            found = _polished(difference, before[0], point)
            if found is not None:
                (roots if _meets(left, right, {**known, unknown: found}) else jumps).append(found)
        before = (point, sign) if sign else None if sign == 0 else before
    return Crossings(tuple(roots), tuple(jumps))


def _is_long(expression: Expression) -> bool:
    """Whether a sum or product over an index has more terms than are evaluated."""
    for part in bottom_up(expression):
        for monomial in part.terms:
            for base, _ in monomial:
                if isinstance(base, Function) and base.name in BOUND:
                    length = (base.arguments[3] - base.arguments[2]).number()
                    if length is not None and length >= STEPS_OF_A_FORM:
                        return True
    return False


def sign_at(left: Expression, right: Expression, at: Values) -> int | None:
    """The sign of left − right at a point; None where it has no value."""
    difference = _difference(left, right, at)
    return None if difference is None else (difference > 0) - (difference < 0)


def _difference(left: Expression, right: Expression, at: Values) -> Any:
    """left − right, 0 where they agree to all digits carried; None where it has no value."""
    try:
        first, second = (evaluate_precisely(part, at, CARRIED + 10) for part in (left, right))
    except (ArithmeticError, ValueError):
        return None
    if abs(first - second) <= (abs(first) + abs(second)) * mpmath.mpf(10) ** (-CARRIED - 5):
        return mpmath.mpf(0)
    return first - second


def _quick_sign(left: Expression, right: Expression, at: Values) -> int | None:
    """The same in double precision; 0 where that does not tell."""
    try:
        first, second = evaluate(left, at), evaluate(right, at)
        difference = first - second
    except (ArithmeticError, ValueError):
        return None
    if not difference.mantissa or difference.exponent < _larger(first, second).exponent - 36:
        return 0
    return 1 if difference.mantissa > 0 else -1


def _polished(difference: Difference, low: Fraction, high: Fraction) -> Fraction | None:
    """Regula falsi with halved ends (Illinois) until two points 10^−18 apart have different signs."""
    at_low, at_high = difference(low), difference(high)
    if at_low is None or at_high is None or (at_low > 0) == (at_high > 0):
        return None
    before = low
    for turn in range(8 * DIGITS):
        share = Fraction(1, 2) if turn % 4 == 3 else Fraction(float(at_low / (at_low - at_high)))
        middle = rounded(low + (high - low) * share)
        near = abs(middle - before) <= middle / 10**DIGITS
        if near and _encloses(difference, middle) or high - low <= high * PROVED:
            return middle
        before = middle
        value = difference(middle)
        if value is None or not value:
            return middle
        if (value > 0) == (at_low > 0):
            low, at_low, at_high = middle, value, at_high / 2
        else:
            high, at_high, at_low = middle, value, at_low / 2
    return rounded((low + high) / 2)


def _encloses(difference: Difference, place: Fraction) -> bool:
    ends = [difference(place * (1 + side * PROVED)) for side in (-1, 1)]
    return None not in ends and (ends[0] > 0) != (ends[1] > 0)


def _meets(left: Expression, right: Expression, at: Values) -> bool:
    """Whether the sides are near each other there, as they are on both sides of a root and of no pole."""
    try:
        first, second = (evaluate_precisely(part, at, CARRIED) for part in (left, right))
    except (ArithmeticError, ValueError):
        return False
    return bool(abs(first - second) <= (abs(first) + abs(second)) / 10**6)


def _larger(first: Magnitude, second: Magnitude) -> Magnitude:
    return max((first, second), key=lambda value: (bool(value.mantissa), value.exponent, abs(value.mantissa)))
