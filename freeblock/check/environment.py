"""Numbers for the symbols of a network, and the value of a formula at them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite

from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.traversal import symbols
from freeblock.source import Span

Value = float | int | Fraction

ROUNDING = 1e-9
"""Relative distance from a whole number that floating point may cause."""


class Environment:
    """What every free symbol of a network is worth; immutable."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values: dict[str, Magnitude] = {name: Magnitude.of(value) for name, value in values.items()}

    def bind(self, name: str, value: Value) -> Environment:
        """The same values, but for one name."""
        bound = Environment({})
        bound._values = {**self._values, name: Magnitude.of(value)}
        return bound

    def knows(self, expression: Expression) -> bool:
        """Whether every symbol of the formula has a value."""
        return symbols(expression) <= self._values.keys()

    def real(self, expression: Expression, what: str, span: Span) -> float:
        """The value of a formula as a finite float.

        Raises DomainError where a symbol has no value or the formula has none at these values.
        """
        try:
            value = evaluate(expression, self._values).to_float()
        except KeyError as missing:
            name = missing.args[0]
            raise DomainError(
                f"{what} depends on `{name}`, which has no value", span, f"give it one with --set {name}=…"
            ) from None
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"{what} has no value here: {error}", span) from None
        if not isfinite(value):
            raise DomainError(f"{what} is not a finite number here", span)
        return value

    def whole(self, expression: Expression, what: str, span: Span) -> int:
        """The value of a formula that must be a whole number. Raises DomainError where it is not."""
        value = self.real(expression, what, span)
        nearest = round(value)
        if abs(value - nearest) > ROUNDING * max(1.0, abs(value)):
            raise DomainError(f"{what} is {value:.6g}, not a whole number", span)
        return nearest
