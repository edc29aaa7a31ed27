"""The layers with a wanted χ₁ as a sheet and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from freeblock.correlation.wanted import Known, Solution, Wanted
from freeblock.formula.expression import CONSTANTS, symbol
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.correlation_sheet import STAR, error_bound, shown_number
from freeblock.report.gathered_roots import closed_form_text
from freeblock.report.sheet import Line, Mathematics, Sheet, formula

MODEL = ("`chi = sigma_w^2*E[f'(x)^2]` for x ~ N(0, q*), the slope of the correlation map at c = 1; q* is where "
         "`q = sigma_w^2*E[f(x)^2] + sigma_b^2`. Assumed [gaussian-pre-activation]: wide layers with fresh weights and "
         "biases.")


@dataclass(frozen=True, slots=True)
class EdgePage:
    """A network, the condition on it, and the solutions; those that are not admissible come last."""

    expression: str
    label: str
    """The network on one line."""
    condition: str
    wanted: Wanted
    solutions: tuple[Solution, ...]


def edge_sheet(page: EdgePage) -> Sheet:
    """The page."""
    lines, notes = [], []
    for one in page.solutions:
        if one.reason:
            values = " and ".join(f"`{name} ~ {_shown(known)}`" for name, known in one.values.items())
            notes.append(f"Not admissible: {values}, because {one.reason}.")
            continue
        lines += [_line(formula(symbol(name)), known) for name, known in one.values.items()]
        if one.q is not None:
            lines.append(_line(STAR, one.q, "the fixed point of the variance"))
    if any(one.q is None for one in page.solutions):
        notes.append("chi is the same at every variance of the pre-activations; where it is 1, every variance is a "
                     "fixed point." if page.wanted.bias.is_zero else "chi is the same at every variance.")
    if any(one.q is not None and one.q.value.is_zero for one in page.solutions):
        notes.append("At q* = 0 the signal itself has vanished: chi is that of small signals.")
    if page.wanted.q is not None and symbols(page.wanted.q) - CONSTANTS:
        notes.append("Required: what stands under the roots is not negative, and the fixed point attracts, "
                     "|dV/dq| < 1, which is decided with a number for it.")
    notes.append(MODEL)
    return Sheet(f"Solutions of `{page.condition}` for `{page.label}`", lines, None, notes)


def _line(left: Mathematics, known: Known, remark: str = "") -> Line:
    if known.error is None:
        closed = Mathematics(*(closed_form_text(known.value, notation) for notation in (PLAIN, LATEX, UNICODE)))
        return Line(left, "=", closed, remark)
    text = _shown(known)
    error = f"error below {error_bound(float(known.value.number() or 0), known.error)}"
    mantissa, exponent, power = text.partition("e")
    latex = rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else text
    return Line(left, "~", Mathematics(text, latex), f"{remark}, {error}" if remark else error)


def _shown(known: Known) -> str:
    if known.error is None:
        return print_expression(known.value, PLAIN)
    return shown_number(float(known.value.number() or 0))


def edge_data(page: EdgePage) -> dict[str, Any]:
    """The JSON, with the keys of `freeblock solve`; `at` has the fixed point of each solution."""
    good = [one for one in page.solutions if not one.reason]
    exact = bool(page.solutions) and all(
        known.error is None for one in page.solutions for known in one.values.values())
    return {
        "expression": page.expression, "unknown": list(page.wanted.unknowns), "condition": page.condition,
        "conditions": [page.condition],
        "solutions": [_values(one) for one in good],
        "at": [{"q": None if one.q is None else _text(one.q),
                "errors": {name: known.error for name, known in one.values.items()}} for one in good],
        "exact": exact, "complete": exact,
        "inadmissible": [{**_values(one), "reason": one.reason} for one in page.solutions if one.reason],
        "assumed": ["gaussian-pre-activation"],
    }


def _values(solution: Solution) -> dict[str, str]:
    return {name: _text(known) for name, known in solution.values.items()}


def _text(known: Known) -> str:
    if known.error is not None:
        return repr(float(known.value.number() or 0))
    return closed_form_text(known.value, PYTHON)
