"""What has to hold for a solution, printed in a notation: `b - 1 > 0` of a message as a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from freeblock.errors import FreeblockError
from freeblock.formula.expression import symbol
from freeblock.formula.notations import LATEX, UNICODE
from freeblock.formula.printing import Notation, print_expression
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Relation
from freeblock.language.parser import parse_formula
from freeblock.report.latex_text import escape
from freeblock.report.values import constant, decimal
from freeblock.source import Source

_WORDS = (" is a whole number", " is any number")


def latex_requirement(text: str, notation: Notation = LATEX) -> str:
    """The requirement in formula mode."""
    return _printed(text, notation, {"<=": r"\le", ">=": r"\ge"}, lambda words: rf"\text{{{escape(words)}}}")


def unicode_requirement(text: str) -> str:
    """The requirement on a screen."""
    return _printed(text, UNICODE, {"<=": "≤", ">=": "≥"}, str)


def value_of_bound(text: str, constants: Mapping[str, Fraction]) -> str | None:
    """The number that bounds a symbol, where the requirement has it as a formula: `epsilon < exp(2)` is 7.389…"""
    try:
        relation = parse_formula(Source("requirement", text))
        if not isinstance(relation, Relation) or len(relation.parts) != 2:
            return None
        bound = to_expression(relation.parts[1], {}, free=True)
    except (FreeblockError, ArithmeticError, ValueError):
        return None
    value = None if bound.number() is not None else constant(bound, constants)
    return None if value is None else decimal(value)


def _printed(text: str, notation: Notation, signs: dict[str, str], words: Callable[[str], str]) -> str:
    said = next((one for one in _WORDS if text.endswith(one)), None)
    if said is not None:
        return print_expression(symbol(text.removesuffix(said)), notation) + words(said)
    try:
        relation = parse_formula(Source("requirement", text))
        if not isinstance(relation, Relation):
            return words(text)
        shown, *others = (print_expression(to_expression(part, {}, free=True), notation) for part in relation.parts)
    except (FreeblockError, ArithmeticError, ValueError):
        return words(text)  # a formula too long to be spelled out
    for operator, part in zip(relation.operators, others, strict=True):
        shown += f" {signs.get(operator, operator)} {part}"
    return shown
