"""An activation as it was given, and what is known of a layer that ends with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import NamedTuple

from freeblock.activation.tree import Constant, Tree, children_first
from freeblock.correlation.analysis import Analysis
from freeblock.correlation.kernel import ClosedKernel
from freeblock.correlation.layer import Layer
from freeblock.errors import DomainError, OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, Expression
from freeblock.formula.traversal import symbols


@dataclass(frozen=True, slots=True)
class Function:
    """An activation as a user gave it."""

    text: str
    tree: Tree
    constants: Mapping[str, Fraction]
    """The symbols that have a published value."""

    @property
    def symbols(self) -> frozenset[str]:
        """Those without a value."""
        values = [part.value for part in children_first(self.tree) if isinstance(part, Constant)]
        return frozenset().union(*map(symbols, values)) - self.constants.keys() - CONSTANTS

    def value_of(self, formula: Expression) -> float:
        """The number of a constant. Raises OptionError for a symbol without a value."""
        return number_of(formula, self.constants)

    def layer(self, weight: float, bias: float) -> Layer:
        """The layer with these variances. Raises OptionError, DomainError, RefusedError."""
        return Layer(self.tree, weight, bias, self.value_of)


class EdgeRow(NamedTuple):
    """One layer at the edge of chaos, and whether its fixed point attracts."""

    bias: float
    weight: float
    q: float
    stable: bool
    error: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """What is known of one layer; `analysis` where all symbols have values."""

    function: Function
    weight: Expression
    bias: Expression
    kernel: ClosedKernel | None
    analysis: Analysis | None
    edge: tuple[EdgeRow, ...] = ()
    """The edge of chaos, where the variances are symbols and f has none."""


def number_of(formula: Expression, known: Mapping[str, Fraction]) -> float:
    """The value of a formula. Raises OptionError for a symbol without one, DomainError beyond floats."""
    missing = sorted(symbols(formula) - known.keys() - CONSTANTS)
    if missing:
        raise OptionError(f"`{missing[0]}` has no value, and this is worked out in numbers",
                          hint=f"add --set {missing[0]}=1, or another number")
    try:
        value = evaluate(formula, known).to_float()
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error) or "a formula has no real value") from None
    if not isfinite(value):
        raise DomainError("a number is too large")
    return value
