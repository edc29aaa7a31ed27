"""The derivative of a function of x, rule by rule; at a kink it is left open."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from freeblock.activation.tree import (
    NOTHING,
    UNIT,
    Apply,
    Choice,
    Constant,
    Power,
    Product,
    Sum,
    Tree,
    Variable,
    added,
    constant,
    multiplied,
    negated,
    raised,
)
from freeblock.formula.expression import Expression, number, symbol


def derivative(tree: Tree) -> Tree:
    """f′ for a function of bounded depth."""
    return _Derivatives().of(tree)


class _Derivatives:
    """Parts that occur several times are differentiated once."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[Tree, Tree]] = {}

    def of(self, tree: Tree) -> Tree:
        known = self._done.get(id(tree))
        if known is None:
            known = self._done[id(tree)] = tree, self._new(tree)
        return known[1]

    def _new(self, tree: Tree) -> Tree:
        match tree:
            case Constant():
                return NOTHING
            case Variable():
                return UNIT
            case Sum(parts):
                return added([self.of(part) for part in parts])
            case Product(parts):
                return added([multiplied((*parts[:place], self.of(part), *parts[place + 1:]))
                              for place, part in enumerate(parts)])
            case Power(base, exponent):
                return multiplied((constant(exponent), raised(base, exponent - 1), self.of(base)))
            case Choice(switch, above, below):
                return _chosen(switch, self.of(above), self.of(below))
            case Apply(name, argument):
                return multiplied((_OUTER[name](argument), self.of(argument)))
        raise AssertionError(type(tree).__name__)


def _chosen(switch: Tree, above: Tree, below: Tree) -> Tree:
    alike = isinstance(above, Constant) and isinstance(below, Constant) and above.value == below.value
    return above if alike else Choice(switch, above, below)


def _square(tree: Tree) -> Tree:
    return raised(tree, 2)


_HALF = Fraction(1, 2)
_BELL: Expression = number(2) * symbol("pi") ** -_HALF
"""erf′(0)."""
_DENSITY: Expression = (number(2) * symbol("pi")) ** -_HALF
"""Φ′(0)."""

_OUTER: dict[str, Callable[[Tree], Tree]] = {
    "exp": lambda u: Apply("exp", u),
    "log": lambda u: raised(u, -1),
    "tanh": lambda u: _square(Apply("sech", u)),
    "sech": lambda u: negated(multiplied((Apply("sech", u), Apply("tanh", u)))),
    "sinh": lambda u: Apply("cosh", u),
    "cosh": lambda u: Apply("sinh", u),
    "sin": lambda u: Apply("cos", u),
    "cos": lambda u: negated(Apply("sin", u)),
    "arctan": lambda u: raised(added((UNIT, _square(u))), -1),
    "erf": lambda u: multiplied((Constant(_BELL), Apply("exp", negated(_square(u))))),
    "Phi": lambda u: multiplied((Constant(_DENSITY), Apply("exp", multiplied((constant(-_HALF), _square(u)))))),
    "sigmoid": lambda u: _square(multiplied((constant(_HALF), Apply("sech", multiplied((constant(_HALF), u)))))),
}
