"""The solutions of a condition, drawn in two dimensions where there is room."""

from __future__ import annotations

import re

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.solutions import Outcome, Range, Solution, Value
from freeblock.formula.drawing import Drawing, beside, row
from freeblock.formula.expression import symbol
from freeblock.formula.notations import UNICODE
from freeblock.formula.printing import Printer, print_expression
from freeblock.formula.two_dimensional import TWO_DIMENSIONAL, Shape
from freeblock.report.gathered_roots import closed_form
from freeblock.report.requirements import unicode_requirement
from freeblock.report.solutions import range_parts, solution_lines
from freeblock.report.values import constant, constant_values, decimal

INDENT = "  "
_ROOT = re.compile(r"√\d+")
"""Needs no bar."""


def drawn_outcome(outcome: Outcome, derivation: Derivation, width: int) -> str:
    """Each solution with what it requires, no wider than the screen if that can be."""
    lines = []
    for solution in outcome.solutions:
        drawn = _drawn(solution, derivation)
        if drawn.width > width:
            shown = solution_lines(solution, derivation, UNICODE, sign="≈", less="≤")
            lines.append(INDENT + ", ".join(shown))
        else:
            lines += [line.rstrip() for line in drawn.rows]
        if solution.requires:
            lines.append(f"{INDENT}where {' and '.join(map(unicode_requirement, solution.requires))}")
    if not outcome.exact:
        lines.append(f"{INDENT}no closed form: numbers to 15 significant digits"
                     + ("" if outcome.complete else ", found between 2^-40 and 2^40;"))
    if not outcome.complete:
        lines.append(f"{INDENT}a solution without a change of sign would be missed")
    return "\n".join(lines)


def _drawn(solution: Solution, derivation: Derivation) -> Drawing:
    ((name, value),) = solution.values.items()
    left = print_expression(symbol(name), UNICODE)
    if isinstance(value, Value):
        parts = [row(f"{INDENT}{left} = "), *_value(value, derivation, approximate=True)]
    else:
        parts = [row(INDENT), *_range(left, value, derivation)]
    return beside(parts)


def _range(left: str, value: Range, derivation: Derivation) -> list[Drawing]:
    """The value of an end or the text between two, as `range_text` has them."""
    found: list[Drawing] = []
    for part in range_parts(left, value, "≤"):
        found += _value(part, derivation) if isinstance(part, Value) else [row(part)]
    return found


def _value(value: Value, derivation: Derivation, *, approximate: bool = False) -> list[Drawing]:
    if value.digits is not None:
        return [row(f"{float(value.formula.number() or 0):.{value.digits}g}")]
    shape: object = Printer(TWO_DIMENSIONAL).piece(closed_form(value.formula, UNICODE))[0]
    assert isinstance(shape, Shape)
    number = constant(value.formula, constant_values(derivation)) if approximate else None
    shown = "" if number is None else decimal(number)
    plain = shape.line[0].lstrip("-−").isdecimal() or shown == shape.line[0]
    drawing = row(shape.line[0]) if _ROOT.fullmatch(shape.line[0]) else shape.drawing
    return [drawing, *([] if not shown or plain else [row(f" ≈ {shown}")])]
