"""A formula that a paper asks for, as LaTeX: from a derivation and the printed names of the paper's symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.conditions import EXAMPLE
from freeblock.errors import RefusedError, UnknownNameError
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.report.latex import latex_passage
from freeblock.report.latex_numbers import is_long, rounded
from freeblock.report.latex_page import Page
from freeblock.report.latex_width import LINE
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation
from freeblock.report.values import constant, constant_values
from freeblock.session import Result, require
from freeblock.weave.conditions import LONG, solved_condition
from freeblock.weave.wishes import QUANTITIES, Request

CITED = "fb:"
"""Begins the keys of the works that derivations cite."""
NARROW = 220.0
"""The width of a column of an article in two columns, in points of a letter of ten."""
_CITATION = re.compile(r"\\cite\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Formula:
    """What LaTeX puts in the place of a request, and what has to be said of it."""

    latex: str
    refused: str | None = None
    """Why the formula is not given."""
    hint: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Print:
    """How a paper prints symbols: its notation, and the printed name of each symbol of its networks."""

    notation: PaperNotation
    names: Mapping[str, str]


def write_formula(request: Request, result: Result, shown: Print, *, narrow: bool = False) -> Formula:
    """The formula of one request, a derivation in lines of a page or of a narrow column.

    Raises UnknownNameError, DomainError or LanguageError, placed by the caller.
    """
    if request.kind == "derivation":
        return _derivation(request, result, shown, NARROW if narrow else LINE)
    try:
        if request.kind == "condition":
            return _condition(request, result, Page(result.derivation, shown.notation, names=shown.names))
        value = _quantity(result, request.detail)
    except RefusedError as error:
        letter = getattr(Letters(shown.notation), _refused_quantity(request, result))
        return Formula(rf"\fbrefused{{{letter}}}", error.message, error.hint)
    if request.kind == "value":
        return Formula(_number(value, result, request))
    page = Page(result.derivation, shown.notation, names=shown.names)
    return Formula(page.formulas.text(value), remark=LONG if is_long(value) else None)


def _refused_quantity(request: Request, result: Result) -> str:
    if result.derivation.phi is None:
        return "phi"
    return request.detail if request.detail in QUANTITIES else "variance"


def _quantity(result: Result, name: str) -> Expression:
    """φ, ϕ or κ. Raises RefusedError where it is not given."""
    require(result, "phi" if name == "phi" else "variance")
    value: Expression | None = getattr(result.derivation, name)
    if value is None:
        raise RefusedError(f"{name} has no value: the block is zero")
    return value


def _number(value: Expression, result: Result, request: Request) -> str:
    known = constant_values(result.derivation)
    missing = sorted(symbols(value) - known.keys())
    if missing:
        raise UnknownNameError(f"`{missing[0]}` needs a value",
                               hint=f"write {', '.join(f'{name}=…' for name in missing)} in the second pair of braces")
    exact = value.number()
    if exact is not None and isinstance(exact, int) and abs(exact) < 10 ** max(request.digits, 7):
        return str(exact)
    number = constant(value, known)
    if number is None:
        raise RefusedError("the number is too large to be evaluated")
    return rounded(number, request.digits)


def _derivation(request: Request, result: Result, shown: Print, line: float) -> Formula:
    steps: Any = request.detail
    refused = hint = None
    try:
        require(result, "variance")
    except RefusedError as error:
        refused, hint = error.message, error.hint
    passage = latex_passage(result.derivation, notation=shown.notation, names=shown.names, steps=steps, line=line)
    return Formula(_CITATION.sub(lambda found: _own_keys(found[1]), passage), refused, hint)


def _own_keys(keys: str) -> str:
    r"""The \cite of our works; the author's bibliography may have another `chen2020`."""
    return rf"\cite{{{','.join(CITED + key for key in keys.split(','))}}}"


def _condition(request: Request, result: Result, page: Page) -> Formula:
    condition = request.settings.get("condition")
    solved = solved_condition(result, request.detail, condition.text if condition is not None else EXAMPLE, page)
    return Formula(solved.latex, remark=solved.remark)
