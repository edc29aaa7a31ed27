"""Where an inequality in one unknown holds: unions of ranges, and what two of them have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from freeblock.calculus.constraints import Constraints, positivity
from freeblock.calculus.equations import Reduced, reduced
from freeblock.calculus.numeric_roots import crossings, sign_at
from freeblock.calculus.polynomials import root_of_power, value_of
from freeblock.calculus.roots import DIGITS, real_roots, rounded
from freeblock.calculus.solutions import Range, Value
from freeblock.calculus.solving import Comparison, check_numbers
from freeblock.errors import DomainError
from freeblock.formula.expression import Expression, number
from freeblock.formula.functions import apply
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.precise import evaluate_precisely, fraction_of
from freeblock.formula.products import product
from freeblock.formula.signs import Known, is_not_negative, sign_of
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols
from freeblock.network.wording import in_words


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range, and what has to hold for it to be one."""

    range: Range
    requires: tuple[str, ...] = ()


EVERYTHING = Stretch(Range(None, None))


def stretches(condition: Comparison, unknown: str, constraints: Constraints) -> tuple[list[Stretch], bool]:
    """Where left < right (or <=, >, >=) among positive values, and whether that is certain.

    Raises DomainError where the signs of other symbols' formulas do not tell.
    """
    if condition.operator in {">", ">="}:
        condition = Comparison(condition.right, condition.operator.replace(">", "<"), condition.left, condition.text)
    known = constraints.known
    if _is_everywhere(condition, known):
        return [EVERYTHING], True
    free = (symbols(condition.left) | symbols(condition.right)) - known.constants.keys()
    if unknown not in free:
        return [Stretch(EVERYTHING.range, (f"{in_words(condition.left)} {condition.operator} "
                                           f"{in_words(condition.right)}",))], True
    step = reduced(condition.left, condition.right, unknown, known)
    flipped = False
    if step is not None and step.polynomial is None:
        return ([EVERYTHING] if condition.operator == "<=" else []), True
    if step is None:
        step = reduced(condition.right, condition.left, unknown, known)
        flipped = step is not None
    if free <= {unknown}:
        return _by_signs(condition, unknown, step, constraints)
    found = None if step is None else _symbolic(condition, step, known, flipped)
    if found is None:
        check_numbers(condition, unknown, constraints)
        raise DomainError(f"where this holds cannot be told for every `{unknown}`")
    return found, True


def _is_everywhere(condition: Comparison, known: Known) -> bool:
    """A positive side against a number that is not: no unknown has a say."""
    if condition.left.is_zero or sign_of(condition.left, known) == -1:
        return is_manifestly_positive(condition.right)
    sign = sign_of(condition.right - condition.left, known)
    return sign == 1 or (condition.operator == "<=" and is_not_negative(condition.right - condition.left, known))


# Numbers

def _by_signs(
    condition: Comparison, unknown: str, step: Reduced | None, constraints: Constraints
) -> tuple[list[Stretch], bool]:
    """Tests one point between every two neighbours among roots and poles."""
    known = constraints.known
    marks = None if step is None or step.polynomial is None else _marks(step, unknown, known)
    complete = marks is not None
    if marks is None:
        found = crossings(condition.left, condition.right, unknown, known.constants)
        marks = [(Value(number(value), DIGITS), True) for value in found.roots]
        marks += [(Value(number(value), DIGITS), False) for value in found.jumps]
    ordered = sorted(((_float(value, known), value, is_root) for value, is_root in marks), key=lambda item: item[0])
    included = condition.operator == "<="
    ends: list[tuple[Value | None, bool]] = [(None, False), *((value, included and is_root)
                                                            for _, value, is_root in ordered), (None, False)]
    places = [place for place, _, _ in ordered]
    holds = [(sign_at(condition.left, condition.right, {**known.constants, unknown: point}) or 0) < 0
             for point in _between(places)]
    return [Stretch(one) for one in _joined(ends, holds)], complete


def _marks(step: Reduced, unknown: str, known: Known) -> list[tuple[Value, bool]] | None:
    assert step.polynomial is not None
    roots = real_roots(step.polynomial, known)
    if roots is None:
        return None
    marks = [(root.value, True) for root in roots if sign_of(root.value.formula, known) == 1]
    for factor in step.denominators:
        pole = reduced(value_of(factor, unknown), number(0), unknown, known)
        found = real_roots(pole.polynomial, known) if pole is not None and pole.polynomial is not None else None
        if found is None:
            return None
        marks += [(root.value, False) for root in found if sign_of(root.value.formula, known) == 1]
    return list(dict.fromkeys(marks))


def _float(value: Value, known: Known) -> Fraction:
    try:
        return fraction_of(evaluate_precisely(value.formula, known.constants, 30))
    except (ArithmeticError, ValueError):
        raise DomainError(f"`{in_words(value.formula)}` is too large or too small to be compared") from None


def _between(places: Sequence[Fraction]) -> list[Fraction]:
    """One point below, between and above."""
    if not places:
        return [Fraction(1)]
    inner = [(low + high) / 2 for low, high in zip(places, places[1:], strict=False)]
    return [places[0] / 2, *inner, places[-1] * 2]


def _joined(ends: Sequence[tuple[Value | None, bool]], holds: Sequence[bool]) -> list[Range]:
    """Neighbouring stretches that hold are one where the mark between them holds too; a mark may hold alone."""
    found: list[Range] = []
    start: tuple[Value | None, bool] | None = None
    for place, inside in enumerate(holds):
        low, high = ends[place], ends[place + 1]
        if inside and start is None:
            start = low
        if not inside and not (place and holds[place - 1]) and low[1]:
            found.append(Range(low[0], low[0], True, True))
        following = place + 1 < len(holds) and holds[place + 1]
        if inside and not (following and high[1]):
            assert start is not None
            found.append(Range(start[0], high[0], start[1], high[1]))
            start = None
    return found


# Symbols

def _symbolic(condition: Comparison, step: Reduced, known: Known, flipped: bool) -> list[Stretch] | None:
    """From the signs of the coefficients of a polynomial of degree 1 or 2 in a power of the unknown."""
    polynomial = step.polynomial
    if polynomial is None or step.orientation is None or not 1 <= polynomial.degree <= 2:
        return None
    rising = sign_of(polynomial.step, known)
    leading = sign_of(polynomial.coefficients[-1], known)
    if rising is None or not leading:
        return None
    negative = (leading * step.orientation > 0) != flipped  # below a single root
    included = condition.operator == "<="
    base = tuple(positivity(part, known) for part in step.positive)
    if polynomial.degree == 1:
        low, high = (-polynomial.coefficients[0] / polynomial.coefficients[1]), None
    else:
        pair = _pair(polynomial.coefficients, known)
        if pair is None:
            return None
        low, high = pair
    return _cut(low, high, polynomial.step, rising, negative, included, base, known)


def _pair(coefficients: Sequence[Expression], known: Known) -> tuple[Expression, Expression | None] | None:
    """The positive roots of a quadratic: one where its ends have different signs. A negative one says there is none."""
    c, b, a = coefficients
    first, middle, last = (sign_of(value, known) for value in (c, b, a))
    if first is None or last is None or not last:
        return None
    inside = multiply_out(total((product(((b, 2),)), product(((number(-4), 1), (a, 1), (c, 1))))))
    if first * last > 0 and middle is not None and middle * last >= 0:
        return number(-1), None
    if first * last < 0:
        root = power(inside, Fraction(1, 2)) * number(last)
        return multiply_out((root - b) / a * number(Fraction(1, 2))), None
    if sign_of(inside, known) != 1 or middle is None or not first:
        return None
    root = power(inside, Fraction(1, 2)) * number(last)
    half = number(Fraction(1, 2))
    return multiply_out((-root - b) / a * half), multiply_out((root - b) / a * half)


def _cut(
    low: Expression, high: Expression | None, step: Expression, rising: int, below: bool, included: bool,
    base: tuple[str, ...], known: Known,
) -> list[Stretch] | None:
    """The stretches below a root (between two: above the first and below the second the other way round)."""
    sign = sign_of(low, known)
    if sign is not None and sign <= 0:
        # No positive root: one sign throughout.
        return [] if below else [Stretch(EVERYTHING.range, base)]
    requires = base if sign == 1 else (*base, positivity(low, known))
    first = Value(root_of_power(low, step))
    if high is None:
        upper = below == (rising > 0)
        found = Range(None, first, False, included) if upper else Range(first, None, included, False)
        return [Stretch(found, requires)]
    second = Value(root_of_power(high, step))
    if rising < 0:
        first, second = second, first
    if not below:
        return [Stretch(Range(None, first, False, included), requires),
                Stretch(Range(second, None, included, False), requires)]
    return [Stretch(Range(first, second, included, included), requires)]


# Both at once

def common(first: Iterable[Stretch], second: Sequence[Stretch], known: Known) -> list[Stretch]:
    """What lies in both unions."""
    found = []
    for one in first:
        for other in second:
            both = _common(one, other, known)
            if both is not None:
                found.append(both)
    return found


def _common(one: Stretch, other: Stretch, known: Known) -> Stretch | None:
    low, low_in = _end(one.range.low, one.range.low_included, other.range.low, other.range.low_included, known, "max")
    high, high_in = _end(one.range.high, one.range.high_included, other.range.high, other.range.high_included, known,
                         "min")
    requires = tuple(dict.fromkeys((*one.requires, *other.requires)))
    if low is not None and high is not None:
        sign = 0 if low == high else _order(high, low, known)
        if sign == -1 or (sign == 0 and not (low_in and high_in)):
            return None
        if sign is None:
            requires = (*requires, f"{in_words(low.formula)} <= {in_words(high.formula)}")
    return Stretch(Range(low, high, low_in, high_in), requires)


def _order(first: Value, second: Value, known: Known) -> int | None:
    if first.exact and second.exact:
        return sign_of(first.formula - second.formula, known)
    one, other = _float(first, known), _float(second, known)
    if abs(one - other) <= abs(one) / 10**DIGITS:
        return 0
    return 1 if one > other else -1


def _end(
    one: Value | None, one_in: bool, other: Value | None, other_in: bool, known: Known, kind: str
) -> tuple[Value | None, bool]:
    if one is None or other is None:
        return (other, other_in) if one is None else (one, one_in)
    if one == other:
        return one, one_in and other_in
    sign = _order(one, other, known)
    if sign is None:
        return Value(apply(kind, [one.formula, other.formula])), one_in and other_in
    if sign == 0:
        return one, one_in and other_in
    return (one, one_in) if (sign > 0) == (kind == "max") else (other, other_in)


def whole_numbers(stretch: Stretch, known: Known) -> Stretch | None:
    """The whole numbers from 1 in a range, where its ends are numbers; None where there is none."""
    low, high = stretch.range.low, stretch.range.high
    if any(end is not None and symbols(end.formula) - known.constants.keys() for end in (low, high)):
        return stretch
    first = 1
    if low is not None:
        place = _float(low, known)
        first = max(1, ceil(place))
        if first == place and not stretch.range.low_included:
            first += 1
    result = replace(stretch.range, low=Value(number(first)), low_included=True)
    if high is not None:
        place = rounded(_float(high, known))
        last = floor(place)
        if last == place and not stretch.range.high_included:
            last -= 1
        if last < first:
            return None
        result = replace(result, high=Value(number(last)), high_included=True)
    return replace(stretch, range=result)
