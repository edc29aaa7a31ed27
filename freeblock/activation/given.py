"""An activation as a user gives it, beside what is asked of its function: values, kinks, means."""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

from freeblock.activation.arrays import Array, ArrayFunction
from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.derivative import derivative
from freeblock.activation.homogeneous import degree
from freeblock.activation.kinks import first_jump, kinks
from freeblock.activation.tree import Choice, Constant, Tree, children_first
from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, Expression
from freeblock.formula.rational import Rational
from freeblock.formula.traversal import symbols
from freeblock.source import Span

Dual: TypeAlias = tuple[Array, Array]
"""Values and derivatives."""
PRECISE = 1e-13
"""The error of a mean, relative to the size of the function, that is aimed at."""


class Activation:
    """A function of one real variable. `text` is what it is called, `span` where it stands."""

    def __init__(self, text: str, function: Tree, span: Span) -> None:
        self.text, self.function, self.span = text, function, span
        parts = children_first(function)
        self.branches = any(isinstance(part, Choice) for part in parts)
        """Whether max, min or abs occur in it."""
        self.symbols = frozenset().union(*(symbols(part.value) for part in parts if isinstance(part, Constant))) \
            - CONSTANTS

    @property
    def degree(self) -> Rational | None:
        """h where f(c·x) = c^h·f(x) for every c > 0 is plain from the formula, else None."""
        return degree(self.function)

    def values(self, points: Array) -> Dual:
        """f and f′ at the points; not finite where there is no real value. Raises DomainError: a symbol has none."""
        function, slope = self._arrays
        return function(points), slope(points)

    @cached_property
    def kinks(self) -> Array:
        """Where max, min or abs goes from one branch to another, in increasing order.

        Raises DomainError where a symbol has no value, and where f jumps.
        """
        places = kinks(self.function, self._value_of)
        jump = first_jump(self._arrays[0], places)
        if jump is not None:
            raise DomainError(f"`{self.text}` jumps at x = {jump:.6g}, where it has no derivative", self.span,
                              "give a continuous activation")
        return places

    @cached_property
    def means(self) -> CorrelatedMeans:
        """The Gaussian means of f and f′. Raises DomainError as `kinks` does; each mean RefusedError."""
        return CorrelatedMeans(self.function, self._value_of, goal=PRECISE, places=self.kinks,
                               span=self.span)

    @cached_property
    def _arrays(self) -> tuple[ArrayFunction, ArrayFunction]:
        return ArrayFunction(self.function, self._value_of), ArrayFunction(derivative(self.function), self._value_of)

    def _value_of(self, formula: Expression) -> float:
        try:
            return evaluate(formula, {}).to_float()
        except KeyError as error:
            raise DomainError(f"the symbol {error} has no value, and this is worked out in numbers", self.span,
                              f"add --set {error.args[0]}=1, or another number") from None
        except (ArithmeticError, ValueError) as error:
            raise DomainError(str(error), self.span) from None
