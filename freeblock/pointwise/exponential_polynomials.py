"""Activations that are sums of c·x^n·e^(ax), such as sin, cos, sinh and polynomials: their Gaussian moments, exactly.

With z standard normal, E (αz)^n e^(aαz) = α^n e^(a²α²/2)·E (z + aα)^n. Frequencies a and coefficients c are complex
numbers with rational parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from math import comb
from typing import NamedTuple

from freeblock.formula.expression import Expression, number, symbol
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import total
from freeblock.pointwise.activation import Activation, Operation

LONGEST = 200
"""Terms of a sum, at most."""
STEEPEST = 24
"""Powers of x, at most."""


class Complex(NamedTuple):
    """A complex number with rational parts."""

    real: Fraction
    imaginary: Fraction = Fraction(0)

    def plus(self, other: Complex) -> Complex:
        """The sum."""
        return Complex(self.real + other.real, self.imaginary + other.imaginary)

    def times(self, other: Complex) -> Complex:
        """The product."""
        return Complex(self.real * other.real - self.imaginary * other.imaginary,
                       self.real * other.imaginary + self.imaginary * other.real)


Sum = Mapping[tuple[int, Complex], Complex]
"""(n, a) → c."""
ZERO, ONE = Complex(Fraction(0)), Complex(Fraction(1))
_HALF = Fraction(1, 2)
# sin u = (e^{iu} − e^{−iu})/2i and its like: the factors of u in the two exponents, and their coefficients.
_PAIRS = {
    "sin": ((Complex(Fraction(0), Fraction(1)), Complex(Fraction(0), -_HALF)),
            (Complex(Fraction(0), Fraction(-1)), Complex(Fraction(0), _HALF))),
    "cos": ((Complex(Fraction(0), Fraction(1)), Complex(_HALF)), (Complex(Fraction(0), Fraction(-1)), Complex(_HALF))),
    "sinh": ((ONE, Complex(_HALF)), (Complex(Fraction(-1)), Complex(-_HALF))),
    "cosh": ((ONE, Complex(_HALF)), (Complex(Fraction(-1)), Complex(_HALF))),
    "exp": ((ONE, ONE),),
}


def exact_moments(activation: Activation, gain: str) -> tuple[Expression, Expression, Expression] | None:
    """E f(αz), E f(αz)² and E f′(αz)² as formulas in the gain, None for an activation of another kind."""
    results: list[Sum | None] = []
    for operation in activation.operations:
        arguments = [results[place] for place in operation.arguments]
        found = _value(operation, arguments)
        results.append(found if found is None or len(found) <= LONGEST else None)
    value = results[-1]
    if value is None or max((n for n, _ in value), default=0) > STEEPEST:
        return None
    slope = _derivative(value)
    moments = [_expectation(each, gain) for each in (value, _product(value, value), _product(slope, slope))]
    mean, square, slope_square = moments
    return None if mean is None or square is None or slope_square is None else (mean, square, slope_square)


def _value(operation: Operation, arguments: list[Sum | None]) -> Sum | None:
    if operation.value is not None:
        constant = operation.value.number()
        return None if constant is None else {(0, ZERO): Complex(Fraction(constant))}
    if operation.name == "variable":
        return {(1, ZERO): ONE}
    known = [each for each in arguments if each is not None]
    if len(known) < len(arguments):
        return None
    if operation.name in ("sum", "negate"):
        sign = Complex(Fraction(-1)) if operation.name == "negate" else ONE
        return _collected([(key, value.times(sign)) for each in known for key, value in each.items()])
    if operation.name == "product":
        result = known[0]
        for other in known[1:]:
            result = _product(result, other)
            if len(result) > LONGEST:
                return None
        return result
    if operation.name == "power":
        return _power(known[0], known[1])
    if operation.name == "reciprocal":
        return _reciprocal(known[0])
    return _exponentials(operation.name, known[0])


def _collected(terms: list[tuple[tuple[int, Complex], Complex]]) -> Sum:
    found: dict[tuple[int, Complex], Complex] = defaultdict(lambda: ZERO)
    for key, value in terms:
        found[key] = found[key].plus(value)
    return {key: value for key, value in found.items() if value != ZERO}


def _product(first: Sum, second: Sum) -> Sum:
    return _collected([((n + m, a.plus(b)), c.times(d)) for (n, a), c in first.items() for (m, b), d in second.items()])


def _power(base: Sum, exponent: Sum) -> Sum | None:
    count = exponent.get((0, ZERO), ZERO).real
    if count.denominator != 1 or not 0 <= count <= STEEPEST:
        return None
    result: Sum = {(0, ZERO): ONE}
    for _ in range(int(count)):
        result = _product(result, base)
        if len(result) > LONGEST:
            return None
    return result


def _reciprocal(inner: Sum) -> Sum | None:
    """Of a number, and of one exponential."""
    if len(inner) != 1:
        return None
    (((n, a), c),) = inner.items()
    if n or c.imaginary:
        return None
    return {(0, a.times(Complex(Fraction(-1)))): Complex(1 / c.real)}


def _exponentials(name: str, inner: Sum) -> Sum | None:
    """exp, sin … of a multiple of x."""
    if name not in _PAIRS or set(inner) - {(1, ZERO)}:
        return None
    slope = inner.get((1, ZERO), ZERO)
    return _collected([((0, factor.times(slope)), weight) for factor, weight in _PAIRS[name]])


def _derivative(value: Sum) -> Sum:
    return _collected([((n - 1, a), c.times(Complex(Fraction(n)))) for (n, a), c in value.items() if n]
                      + [((n, a), c.times(a)) for (n, a), c in value.items()])


def _expectation(value: Sum, gain: str) -> Expression | None:
    """E of the sum at αz; None where a frequency has a square that is not real."""
    found: dict[tuple[int, Fraction], Complex] = defaultdict(lambda: ZERO)
    for (n, a), c in value.items():
        square = a.times(a)
        if square.imaginary:
            return None
        shift = ONE
        for k in range(n + 1):
            weight = Complex(Fraction(comb(n, k) * _moment(n - k)))
            key = (n + k, square.real)
            found[key] = found[key].plus(c.times(shift).times(weight))
            shift = shift.times(a)
    variable = symbol(gain)
    terms = []
    for (degree, square_of), coefficient in found.items():
        if coefficient.real:
            growth = power(symbol("e"), number(square_of * _HALF) * variable * variable)
            terms.append(product(((number(coefficient.real), 1), (variable, degree), (growth, 1))))
    return total(terms)


def _moment(order: int) -> int:
    """E z^m."""
    result = 0 if order % 2 else 1
    for factor in range(order - 1, 1, -2):
        result *= factor
    return result
