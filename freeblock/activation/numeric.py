"""A function of x at numbers of mpmath; at a kink it takes the value on the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from freeblock.activation.tree import Apply, Choice, Constant, Power, Product, Sum, Tree, Variable, children_first
from freeblock.formula.precise import evaluate_precisely

Value = Any
"""A number of mpmath, which has no types."""
Real = Callable[[Value], Value]

HUGE = mpmath.mpf(2) ** 4000
"""exp of more is not worked out."""
_FLAT = 10**6
"""Beyond it the error function is 1 to 10^11 digits."""


class TooLargeError(ArithmeticError):
    """A value beyond everything that can be worked out."""


class NumericFunction:
    """A function with numbers for its parameters, at the working precision of mpmath.

    Raises KeyError for a parameter without a value.
    """

    def __init__(self, tree: Tree, values: Mapping[str, Fraction], digits: int) -> None:
        self.tree = tree
        self._constants = {id(part): evaluate_precisely(part.value, values, digits)
                           for part in children_first(tree) if isinstance(part, Constant)}

    def __call__(self, x: Value) -> Value:
        """The value. Raises ZeroDivisionError, ValueError (not real), TooLargeError."""
        return self.part(self.tree, x)

    def part(self, wanted: Tree, x: Value) -> Value:
        """The value of one part of the function."""
        done: dict[int, Value] = {}
        return self._value(wanted, x, done)

    def _value(self, tree: Tree, x: Value, done: dict[int, Value]) -> Value:
        known = done.get(id(tree))
        if known is None:
            known = done[id(tree)] = self._new(tree, x, done)
        return known

    def _new(self, tree: Tree, x: Value, done: dict[int, Value]) -> Value:
        match tree:
            case Constant():
                return self._constants[id(tree)]
            case Variable():
                return x
            case Sum(parts):
                return mpmath.fsum(self._value(part, x, done) for part in parts)
            case Product(parts):
                return _multiplied([self._value(part, x, done) for part in parts])
            case Power(base, exponent):
                return _power(self._value(base, x, done), exponent)
            case Choice(switch, above, below):
                return self._value(above if self._value(switch, x, done) >= 0 else below, x, done)
            case Apply(name, argument):
                return _FUNCTIONS[name](self._value(argument, x, done))
        raise AssertionError(type(tree).__name__)


def _multiplied(values: list[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result


def _power(base: Value, exponent: int | Fraction) -> Value:
    if not base and exponent < 0:
        raise ZeroDivisionError("division by zero")
    if isinstance(exponent, int):
        return base**exponent
    if base < 0:
        raise ValueError("a negative number to a fractional power")
    return base ** (mpmath.mpf(exponent.numerator) / exponent.denominator)


def _exp(x: Value) -> Value:
    if x > HUGE:
        raise TooLargeError("a number is too large")
    return mpmath.exp(x) if x > -HUGE else mpmath.mpf(0)


def _log(x: Value) -> Value:
    if x <= 0:
        raise ValueError("the logarithm of a number that is not positive")
    return mpmath.log(x)


def _sech(x: Value) -> Value:
    decay = _exp(-abs(x))
    return 2 * decay / (1 + decay * decay)


def _tanh(x: Value) -> Value:
    decay = _exp(-2 * abs(x))
    size = mpmath.tanh(abs(x)) if abs(x) < 1 else (1 - decay) / (1 + decay)
    return size if x >= 0 else -size


def _sigmoid(x: Value) -> Value:
    decay = _exp(-abs(x))
    return 1 / (1 + decay) if x >= 0 else decay / (1 + decay)


def _periodic(function: Real) -> Real:
    def value(x: Value) -> Value:
        if abs(x) > HUGE:
            raise TooLargeError("a number is too large")
        return function(x)

    return value


_FUNCTIONS: dict[str, Real] = {
    "exp": _exp, "log": _log, "sech": _sech, "tanh": _tanh, "sigmoid": _sigmoid,
    "sinh": lambda x: (_exp(x) - _exp(-x)) / 2 if abs(x) > 1 else mpmath.sinh(x),
    "cosh": lambda x: (_exp(x) + _exp(-x)) / 2,
    "sin": _periodic(mpmath.sin), "cos": _periodic(mpmath.cos),
    "arctan": mpmath.atan,
    "erf": lambda x: mpmath.sign(x) if abs(x) > _FLAT else mpmath.erf(x),
    "Phi": lambda x: mpmath.mpf(x > 0) if abs(x) > _FLAT else mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
}
