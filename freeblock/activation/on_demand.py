"""Functions of x, loaded when a rule or a network has one.

Most networks have none; to read one takes a few modules, and its numbers need mpmath.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING

from freeblock.formula.expression import Expression
from freeblock.language.nodes import Node

if TYPE_CHECKING:
    from freeblock.activation.means import UnitFunction
    from freeblock.activation.tree import Tree

VARIABLE = "x"
"""The variable of a function, in `function` and `derivative` and in the argument of `activation`."""


def read_function(node: Node, scope: Mapping[str, Expression], *, free: bool, jumps: bool) -> Tree:
    """The function of x that a formula states; `reading` says how, and what it raises."""
    tree: Tree = import_module("freeblock.activation.reading").read_function(node, scope, free=free, jumps=jumps)
    return tree


def unit_function(function: Tree | None, slope: Tree | None, constants: Mapping[str, Fraction]) -> UnitFunction:
    """The function with its means; f, or f′ where only that is stated."""
    made: UnitFunction = import_module("freeblock.activation.means").UnitFunction(function, slope, constants)
    return made


def weighted_sum(terms: Sequence[tuple[Expression, UnitFunction | None]]) -> UnitFunction:
    """Σ c·f(x) over the pairs (c, f), where None is x itself."""
    made: UnitFunction = import_module("freeblock.activation.means").weighted_sum(terms)
    return made


def signature(tree: Tree) -> str:
    """A text that is the same for the same function."""
    text: str = import_module("freeblock.activation.signature").signature(tree)
    return text
