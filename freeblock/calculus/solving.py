"""The values of one unknown that meet equations: found, put back into every condition, and judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import mpmath

from freeblock.calculus.constraints import Constraints, positivity
from freeblock.calculus.equations import reduced
from freeblock.calculus.numeric_roots import crossings
from freeblock.calculus.points import sample_points
from freeblock.calculus.roots import DIGITS, Root, real_roots
from freeblock.calculus.solutions import Solution, Value
from freeblock.errors import DomainError
from freeblock.formula.expression import Expression, number
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.signs import Known, sign_of
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.wording import in_words

POINTS, TRIED = 3, 200
"""A solution with symbols is put in at so many points; so many are tried to find them."""
AGREEMENT = 20
"""Digits to which both sides have to agree there."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a condition, and how the condition reads."""

    left: Expression
    operator: str
    right: Expression
    text: str

    def at(self, values: dict[str, Expression]) -> Comparison:
        """The comparison with some unknowns replaced."""
        return Comparison(substitute(self.left, values), self.operator, substitute(self.right, values), self.text)


class EveryValue(Exception):
    """The equation holds whatever the unknown is."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The roots of one equation; `complete` where it is certain that there are no others."""

    found: tuple[Root, ...]
    complete: bool


def roots_of(equation: Comparison, unknown: str, constraints: Constraints) -> Roots:
    """Closed forms, else numbers. Raises EveryValue, and DomainError where neither can be given."""
    known = constraints.known
    step = reduced(equation.left, equation.right, unknown, known)
    found: list[Root] | None = None
    if step is not None:
        if step.polynomial is None:
            raise EveryValue
        found = real_roots(step.polynomial, known)
    if step is None or found is None:
        return _by_numbers(equation, unknown, constraints)
    roots = [Root(root.value, (*root.positive, *step.positive)) for root in found]
    return Roots(tuple(root for root in dict.fromkeys(roots) if _holds(equation, unknown, root, constraints)), True)


def _by_numbers(equation: Comparison, unknown: str, constraints: Constraints) -> Roots:
    check_numbers(equation, unknown, constraints)
    found = crossings(equation.left, equation.right, unknown, constraints.known.constants)
    return Roots(tuple(Root(Value(number(value), DIGITS)) for value in found.roots), False)


def check_numbers(equation: Comparison, unknown: str, constraints: Constraints) -> None:
    """Raise DomainError where another symbol stands in the way of a numerical solution."""
    others = sorted((symbols(equation.left) | symbols(equation.right)) - {unknown} - constraints.known.constants.keys())
    if others:
        raise DomainError(f"there is no closed form for `{unknown}`",
                          hint=f"give a number to {', '.join(f'`{name}`' for name in others)} for a numerical one")


def _holds(equation: Comparison, unknown: str, root: Root, constraints: Constraints) -> bool:
    """Whether the root meets the equation it was found for, exactly or at points.

    Raises DomainError where that cannot be seen at all: a solution is never printed unverified.
    """
    value = root.value.formula
    try:
        there = equation.at({unknown: value})
    except (ArithmeticError, ValueError):
        return False
    if root.value.exact and sign_of(there.left - there.right, constraints.known) == 0:
        return True
    names = (symbols(there.left) | symbols(there.right) | symbols(value)) - constraints.known.constants.keys()
    met = 0
    for point in islice(sample_points(names, constraints), TRIED):
        verdict = _agrees(there, root, point)
        if verdict is False:
            return False
        met += verdict is True
        if met == POINTS or (met and not names):
            return True
    if not names:
        return False
    raise DomainError(f"the solution `{unknown} = {in_words(value)}` could not be verified",
                      hint="give numbers to the other symbols")


def check_met(
    equation: Comparison, values: Mapping[str, Expression], positive: Sequence[Expression], constraints: Constraints
) -> None:
    """Raise DomainError where closed forms do not meet an equation, or cannot be seen to."""
    *names, last = values
    reduced_equation = equation.at({name: values[name] for name in names})
    if not _holds(reduced_equation, last, Root(Value(values[last]), tuple(positive)), constraints):
        raise DomainError("a solution could not be verified", hint="give numbers to the other symbols")


def _agrees(there: Comparison, root: Root, point: dict[str, Fraction]) -> bool | None:
    """Both sides at a point; None where the solution is not real there."""
    try:
        if any(evaluate_precisely(part, point, AGREEMENT) <= 0 for part in root.positive):
            return None
        first, second = (evaluate_precisely(part, point, 2 * AGREEMENT) for part in (there.left, there.right))
    except (ArithmeticError, ValueError):
        return None
    digits = AGREEMENT if root.value.exact else DIGITS - 5
    return bool(abs(first - second) <= (abs(first) + abs(second)) * mpmath.mpf(10) ** -digits)


def judged(
    values: dict[str, Value], positive: Sequence[Expression], conditions: Sequence[Comparison],
    constraints: Constraints,
) -> Solution:
    """A solution with its standing: what it requires, or why it is not admissible."""
    formulas = {name: value.formula for name, value in values.items()}
    requires: list[str] = []
    for part in positive:
        sign = sign_of(part, constraints.known)
        if sign is not None and sign <= 0:
            return Solution(values, (), f"`{positivity(part, constraints.known)}` does not hold")
        if sign is None and part not in formulas.values():
            requires.append(positivity(part, constraints.known))
    reason, needed = constraints.judge(formulas)
    if reason is not None:
        return Solution(values, (), reason)
    for condition in conditions:
        verdict = _meets(condition, values, constraints)
        if verdict is False:
            return Solution(values, (), f"`{condition.text}` does not hold")
        if verdict is None:
            there = condition.at(formulas)
            needed.append(f"{in_words(there.left)} {condition.operator} {in_words(there.right)}")
    return Solution(values, tuple(dict.fromkeys((*requires, *needed))))


def holds(comparison: Comparison, known: Known) -> bool | None:
    """Whether a comparison is certain, or certainly wrong; None where signs do not tell."""
    sign = sign_of(comparison.left - comparison.right, known)
    if sign is None:
        return None
    return {"=": sign == 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[comparison.operator]


def _meets(condition: Comparison, values: dict[str, Value], constraints: Constraints) -> bool | None:
    try:
        there = condition.at({name: value.formula for name, value in values.items()})
    except (ArithmeticError, ValueError):
        return False
    if not (symbols(there.left) | symbols(there.right)) - constraints.known.constants.keys():
        # Numbers are equal to the digits they have.
        exact = all(value.exact for value in values.values())
        agrees = _agrees(there, Root(Value(number(0), None if exact else DIGITS)), dict(constraints.known.constants))
        if agrees:
            return condition.operator in {"=", "<=", ">="}
    return holds(there, constraints.known)
