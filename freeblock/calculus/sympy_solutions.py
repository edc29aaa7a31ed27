"""The solutions of one unknown as sympy has them."""

from __future__ import annotations

from typing import Any

import sympy

from freeblock.calculus.solutions import Outcome, Range, Value
from freeblock.errors import DomainError
from freeblock.formula.sympy_bridge import to_sympy


def sympy_solutions(outcome: Outcome, whole: frozenset[str]) -> list[Any]:
    """Expressions, numbers as Float, ranges as Interval. Raises DomainError where every value is a solution."""
    (unknown,) = outcome.unknowns
    if outcome.every:
        raise DomainError(f"the condition holds whatever `{unknown}` is")
    return [_one(solution.values[unknown], whole) for solution in outcome.solutions]


def _one(value: Value | Range, whole: frozenset[str]) -> Any:
    if isinstance(value, Value):
        exact = to_sympy(value.formula, whole)
        return exact if value.digits is None else sympy.Float(exact, value.digits)
    low = sympy.Integer(0) if value.low is None else _one(value.low, whole)
    high = sympy.oo if value.high is None else _one(value.high, whole)
    return sympy.Interval(low, high, not value.low_included, not value.high_included)
