"""Functions of x for the tests of this folder."""

from __future__ import annotations

from freeblock.activation.means import UnitFunction
from freeblock.activation.reading import read_function
from freeblock.activation.tree import Tree
from freeblock.formula.expression import number
from freeblock.language.parser import parse_formula
from freeblock.source import Source


def tree(text: str, *, jumps: bool = False) -> Tree:
    """The function that a text states; its other names are symbols."""
    return read_function(parse_formula(Source("test", text)), {}, free=True, jumps=jumps)


def unit(text: str) -> UnitFunction:
    return UnitFunction(tree(text), None, {})


def float_of(value) -> float:
    known = value.value.number()
    return float(known) if known is not None else evaluated(value.value)


def evaluated(expression) -> float:
    from freeblock.formula.evaluation import evaluate

    return evaluate(expression, {}).to_float()


Q = number
