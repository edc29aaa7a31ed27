"""A function of x on arrays of floats: what samplers evaluate."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from freeblock.activation.error_function import error_function
from freeblock.activation.tree import Apply, Choice, Constant, Power, Product, Sum, Tree, Variable, children_first
from freeblock.formula.expression import Expression

Array = NDArray[np.float64]


class ArrayFunction:
    """A tree with floats for its constants. At a kink it takes the value on the right."""

    def __init__(self, tree: Tree, value_of: Callable[[Expression], float]) -> None:
        """`value_of` gives the value of each constant, and raises what it does where there is none."""
        self._tree = tree
        self._order = children_first(tree)
        self._constants = {id(part): value_of(part.value) for part in self._order if isinstance(part, Constant)}

    def __call__(self, x: Array) -> Array:
        """The values at x, in its shape; not finite where a float cannot hold them or there is none."""
        done: dict[int, Array] = {}
        with np.errstate(all="ignore"):
            for part in self._order:
                done[id(part)] = self._value(part, x, done)
        return done[id(self._tree)]

    def _value(self, tree: Tree, x: Array, done: dict[int, Array]) -> Array:
        match tree:
            case Constant():
                return np.full_like(x, self._constants[id(tree)])
            case Variable():
                return x
            case Sum(parts):
                return reduce(np.add, [done[id(part)] for part in parts])
            case Product(parts):
                return reduce(np.multiply, [done[id(part)] for part in parts])
            case Power(base, exponent):
                raised: Array = done[id(base)] ** float(exponent)
                return raised
            case Choice(switch, above, below):
                chosen: Array = np.where(done[id(switch)] >= 0, done[id(above)], done[id(below)])
                return chosen
            case Apply(name, argument):
                return _FUNCTIONS[name](done[id(argument)])
        raise AssertionError(type(tree).__name__)


_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "sin": np.sin, "cos": np.cos,
    "arctan": np.arctan, "erf": error_function,
    "sech": lambda x: 1 / np.cosh(x),
    "Phi": lambda x: (1 + error_function(x / sqrt(2))) / 2,
    "sigmoid": lambda x: (1 + np.tanh(x / 2)) / 2,
}
