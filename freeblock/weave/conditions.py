"""The solutions of a condition in a paper: values and ranges in its symbols, and what has to hold for them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal

from freeblock.calculus.conditions import read_condition, solve_conditions
from freeblock.calculus.solutions import Solution, Value
from freeblock.errors import RefusedError
from freeblock.formula.expression import symbol
from freeblock.formula.notations import PLAIN
from freeblock.language.names import spell
from freeblock.report.gathered_roots import closed_form_text
from freeblock.report.latex_numbers import is_long, rounded
from freeblock.report.latex_page import Page
from freeblock.report.requirements import latex_requirement
from freeblock.report.solutions import range_text, solution_lines
from freeblock.report.values import constant, constant_values
from freeblock.session import Result

DIGITS = 6
"""Of a value that has no closed form."""
SEARCHED = ("a search by numbers has found this, between 2^-40 and 2^40; a solution without a change of sign "
            "would be missed")
LONG = "a long number in this formula is rounded to six digits"


@dataclass(frozen=True, slots=True)
class Solved:
    """The solutions as LaTeX, and what has to be said of them."""

    latex: str
    remark: str | None = None


def solved_condition(result: Result, written: str, text: str, page: Page) -> Solved:
    """`σ_w = √2`, several joined by "or".

    Raises RefusedError where no value will do, where every one will, or where the result is refused, and what
    reading and solving raise.
    """
    unknown = spell(written)
    outcome = solve_conditions(result.derivation, [unknown], [read_condition(text)])
    if outcome.every:
        raise RefusedError(f"{text} holds whatever `{unknown}` is", hint="say so in words")
    if not outcome.solutions:
        found = "; ".join(f"{', '.join(solution_lines(one, result.derivation, PLAIN))}: {one.reason}"
                          for one in outcome.inadmissible)
        raise RefusedError(f"no positive `{unknown}` meets {text}" + (f" ({found})" if found else ""))
    several = len(outcome.solutions) > 1
    shown = [_solution(unknown, one, page, bracketed=several) for one in outcome.solutions]
    long = any(is_long(value.formula) for one in outcome.solutions for value in _values(one) if value.exact)
    remarks = [*([] if outcome.complete else [SEARCHED]), *([LONG] if long else [])]
    return Solved(r" \text{ or } ".join(shown), "; ".join(remarks) or None)


def _values(solution: Solution) -> list[Value]:
    found: list[Value] = []
    for value in solution.values.values():
        ends = [value] if isinstance(value, Value) else [value.low, value.high]
        found += [end for end in ends if end is not None]
    return found


def _solution(unknown: str, solution: Solution, page: Page, *, bracketed: bool) -> str:
    left, value = page.formulas.text(symbol(unknown)), solution.values[unknown]
    if isinstance(value, Value):
        relation = "=" if value.exact and not is_long(value.formula) else r"\approx"
        shown = f"{left} {relation} {_value(value, page)}"
    else:
        shown = range_text(left, value, lambda end: _value(end, page) if end.exact else _begun(end), r"\le")
    if not solution.requires:
        return shown
    needed = r" \text{ and } ".join(latex_requirement(text, page.formulas.notation) for text in solution.requires)
    return rf"{shown} \ (\text{{where }} {needed})" if bracketed else rf"{shown}, \text{{ where }} {needed}"


def _value(value: Value, page: Page) -> str:
    if value.exact and not is_long(value.formula):
        return closed_form_text(value.formula, page.formulas.notation)
    number = None if value.exact else constant(value.formula, constant_values(page.derivation))
    return page.formulas.text(value.formula) if number is None else rounded(number, DIGITS)


def _begun(value: Value) -> str:
    """The first digits of a number, not rounded: an inequality with them is true."""
    number = Decimal(repr(float(value.formula.number() or 0)))
    cut = Context(prec=DIGITS, rounding=ROUND_DOWN).create_decimal(number)
    exponent = cut.adjusted()
    if -5 < exponent < DIGITS:
        return rf"{cut:f}\ldots"
    return rf"{cut.scaleb(-exponent):f}\ldots \times 10^{{{exponent}}}"
