"""The functions of x whose Gaussian means are known in closed form, and their products.

A kernel is x^n·e^(ax + bx²)·(cos wx or sin wx)·sech^j(cx)·(1 or tanh cx); a `Terms` is a sum of multiples of kernels.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol

TERMS = 400
"""A product with more terms than this is not looked at."""
_HALF = number(Fraction(1, 2))


class Kernel(NamedTuple):
    """One kernel by its n, a, b, w, whether it is the sine, j, c, and whether tanh is there."""

    power: int = 0
    linear: Expression = ZERO
    square: Expression = ZERO
    frequency: Expression = ZERO
    sine: bool = False
    sech: int = 0
    rate: Expression = ZERO
    tanh: bool = False

    @property
    def is_polynomial(self) -> bool:
        """Whether it is x^n."""
        return not (self.is_periodic or self.is_hyperbolic) and self.linear.is_zero and self.square.is_zero

    @property
    def is_periodic(self) -> bool:
        """Whether it has a sine or cosine."""
        return self.sine or not self.frequency.is_zero

    @property
    def is_hyperbolic(self) -> bool:
        """Whether it has a sech or tanh."""
        return self.tanh or self.sech > 0


Terms: TypeAlias = dict[Kernel, Expression]
PLAIN = Kernel()


class NoClosedFormError(Exception):
    """The rules of this room give no closed form; there may be one."""


def single(coefficient: Expression, kernel: Kernel = PLAIN) -> Terms:
    """One multiple of a kernel."""
    return {} if coefficient.is_zero else {kernel: coefficient}


def sum_of(many: Iterable[Terms]) -> Terms:
    """The sum. Raises NoClosedFormError for one that is too long."""
    result: Terms = {}
    for terms in many:
        for kernel, coefficient in terms.items():
            together = result.get(kernel, ZERO) + coefficient
            if together.is_zero:
                result.pop(kernel, None)
            else:
                result[kernel] = together
        if len(result) > TERMS:
            raise NoClosedFormError
    return result


def product_of(first: Terms, second: Terms) -> Terms:
    """The product. Raises NoClosedFormError where it is no such sum, or too long."""
    if len(first) * len(second) > TERMS:
        raise NoClosedFormError
    return sum_of(
        {kernel: one * other * factor}
        for left, one in first.items() for right, other in second.items() for kernel, factor in _times(left, right))


def power_of(terms: Terms, exponent: int) -> Terms:
    """A whole power from 0. Raises NoClosedFormError as the product does."""
    result = single(ONE)
    for _ in range(exponent):
        result = product_of(result, terms)
    return result


def exponential(terms: Terms) -> Terms:
    """exp of a polynomial of degree 2 at most. Raises NoClosedFormError for anything else."""
    coefficients = polynomial(terms)
    if len(coefficients) > 3:
        raise NoClosedFormError
    constant, linear, square = [*coefficients, ZERO, ZERO, ZERO][:3]
    return single(symbol("e") ** constant, Kernel(linear=linear, square=square))


def slope(terms: Terms) -> Expression:
    """c where the terms are cx. Raises NoClosedFormError for anything else."""
    coefficients = polynomial(terms)
    if len(coefficients) > 2 or not coefficients or not coefficients[0].is_zero:
        raise NoClosedFormError
    return coefficients[1]


def polynomial(terms: Terms) -> list[Expression]:
    """The coefficients from the constant on. Raises NoClosedFormError for what is no polynomial."""
    if not all(kernel.is_polynomial for kernel in terms):
        raise NoClosedFormError
    degree = max((kernel.power for kernel in terms), default=-1)
    return [terms.get(Kernel(power), ZERO) for power in range(degree + 1)]


def _times(left: Kernel, right: Kernel) -> list[tuple[Kernel, Expression]]:
    if left.is_hyperbolic and right.is_hyperbolic and left.rate != right.rate:
        raise NoClosedFormError
    common = Kernel(left.power + right.power, left.linear + right.linear, left.square + right.square,
                    sech=left.sech + right.sech, rate=left.rate if left.is_hyperbolic else right.rate,
                    tanh=left.tanh != right.tanh)
    products = [(common._replace(frequency=frequency, sine=sine), factor)
                for frequency, sine, factor in _oscillations(left, right)]
    if left.tanh and right.tanh:
        # tanh² = 1 − sech²
        products += [(kernel._replace(sech=kernel.sech + 2), -factor) for kernel, factor in products]
    if not common.is_hyperbolic:
        products = [(kernel._replace(rate=ZERO) if not kernel.is_hyperbolic else kernel, factor)
                    for kernel, factor in products]
    return products


def _oscillations(left: Kernel, right: Kernel) -> list[tuple[Expression, bool, Expression]]:
    """(frequency, sine?, factor) of a product of sines and cosines."""
    if not left.is_periodic:
        return [(right.frequency, right.sine, ONE)]
    if not right.is_periodic:
        return [(left.frequency, left.sine, ONE)]
    if left.sine != right.sine:
        wave, other = (left, right) if left.sine else (right, left)
        found = [(wave.frequency + other.frequency, True, _HALF), (wave.frequency - other.frequency, True, _HALF)]
        return [item for item in found if not item[0].is_zero]
    sign = -_HALF if left.sine else _HALF
    return [(left.frequency - right.frequency, False, _HALF), (left.frequency + right.frequency, False, sign)]
