"""The solutions of conditions as JSON data: formulas are Python expressions over `symbols`."""

from __future__ import annotations

from typing import Any

from freeblock.calculus.quantities import symbols_of
from freeblock.calculus.roots import DIGITS
from freeblock.calculus.solutions import Range, Solution, Value
from freeblock.formula.notations import LATEX, PYTHON, python_name
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.gathered_roots import closed_form_text
from freeblock.report.solutions import Page, shown_text, solution_lines
from freeblock.report.values import constant_values


def solutions_data(page: Page) -> dict[str, Any]:
    """The contract of docs/solve.md."""
    outcome, derivation = page.outcome, page.derivation
    constants = constant_values(derivation)
    entering = frozenset() if page.mean_square is None else symbols(page.mean_square)
    names = sorted((symbols_of(derivation) | entering) - constants.keys())
    return {
        "expression": page.expression,
        "unknown": list(outcome.unknowns),
        "condition": " and ".join(outcome.conditions),
        "conditions": list(outcome.conditions),
        "side": page.side,
        "q": None if page.mean_square is None else print_expression(page.mean_square, PYTHON),
        "phi": None if derivation.phi is None else print_expression(derivation.phi, PYTHON),
        "solutions": [solution_values(solution) for solution in outcome.solutions],
        "shown": [{text: shown_text(values[place], page, PYTHON) for text, values in page.shown}
                  for place in range(len(outcome.solutions))],
        "requires": [list(solution.requires) for solution in outcome.solutions],
        "exact": outcome.exact,
        "digits": None if outcome.exact else DIGITS,
        "complete": outcome.complete,
        "every_value": outcome.every,
        "inadmissible": [{**solution_values(solution), "reason": solution.reason} for solution in outcome.inadmissible],
        "growth": [{"of": growth.of, "depth": growth.depth, "words": growth.words,
                    "formula": None if growth.formula is None else print_expression(growth.formula, PYTHON)}
                   for growth in page.growth],
        "definitions": {python_name(name): str(value) for name, value in constants.items()},
        "symbols": {python_name(name): {"latex": LATEX.name(name)[0], "assumptions":
                                        ["integer", "positive"] if name in derivation.network.whole else ["positive"]}
                    for name in names},
        "assumed": [{"name": item.name, "because": item.because, "blocks": list(item.blocks)}
                    for item in derivation.hypotheses if item.status == "assumed"],
        "latex": [solution_lines(solution, derivation, LATEX, sign=r"\approx", less=r"\le")
                  for solution in outcome.solutions],
    }


def solution_values(solution: Solution) -> dict[str, Any]:
    """Unknown → formula or number as text; a range as an object."""
    return {name: _range(value) if isinstance(value, Range) else _text(value)
            for name, value in solution.values.items()}


def _text(value: Value) -> str:
    if value.digits is not None:
        return f"{float(value.formula.number() or 0):.{value.digits}g}"
    return closed_form_text(value.formula, PYTHON)


def _range(value: Range) -> dict[str, Any]:
    return {"from": "0" if value.low is None else _text(value.low), "from_included": value.low_included,
            "to": None if value.high is None else _text(value.high), "to_included": value.high_included}
