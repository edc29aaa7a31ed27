"""What a gain α before an activation does to the growth g(α) = α²E f′(αz)²/E f(αz)² of squared gradients per layer.

Near 0 everything follows from the Taylor series of f on each side: if p is the first nonlinear degree, the terms of
lower order cancel by Stein's lemma, and g − 1 ~ c·α^(2(p−1)) with c > 0. Where the normalization subtracts the mean
(`centred`), the variance of f stands in the place of E f².
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from freeblock.activation.closed_means import closed_mean
from freeblock.activation.derivative import derivative
from freeblock.activation.given import Activation
from freeblock.activation.integrals import InfiniteMeanError
from freeblock.activation.kernels import NoClosedFormError
from freeblock.activation.taylor import Series, taylor
from freeblock.activation.tree import Apply, children_first, raised
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol
from freeblock.formula.order import is_at_least
from freeblock.formula.powers import power
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.products import product
from freeblock.formula.rational import Rational
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols

GAIN = "alpha"
DEGREE = 12
"""A nonlinear term is looked for up to this degree."""
LONGEST = 12
"""Powers of α beyond the leading one that a series is asked for, at most."""
_HYPERBOLIC = ("tanh", "sech", "sigmoid")
"""Functions whose closed means are no more than a name for them."""
_DIGITS, _TINY = 40, 1e-25

Kind = Literal["homogeneous", "threshold", "flat", "diverges", "vanishes"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What happens as α → 0.

    `homogeneous`: g does not depend on α; `threshold`: Σ log g(l^(−κ)) converges iff κ > 1/(2(p−1)); `flat`: f is
    straight near 0 and every κ > 0 does; `diverges`: g tends to more than 1; `vanishes`: g tends to 0.
    """

    kind: Kind
    first_nonlinear: int | None
    limit: Expression
    series: tuple[tuple[int, Expression], ...]
    exact: Expression | None
    because: str
    nonzero: tuple[Expression, ...] = ()
    """Coefficients with symbols that are taken not to be 0."""

    @property
    def is_constant_one(self) -> bool:
        """Whether g = 1 for every gain."""
        return self.kind == "homogeneous" and self.limit.is_one

    @property
    def threshold(self) -> Fraction | None:
        """κ is to be larger than this, None where no κ will do."""
        if self.kind == "threshold":
            assert self.first_nonlinear is not None
            return Fraction(1, 2 * (self.first_nonlinear - 1))
        return Fraction(0) if self.kind == "flat" else None


def shape_of(activation: Activation, centred: bool, terms: int = 2) -> Shape:
    """What a gain does. `terms`: how many terms of g after the first, where there are so many.

    Raises DomainError where f has no Taylor series at 0, RefusedError where the first nonlinear degree is not found.
    """
    if GAIN in activation.symbols:
        raise DomainError(f"`{GAIN}` is the gain itself", activation.span, "choose another letter in the formula")
    sides = taylor(activation.function, DEGREE, activation.span)
    constants = [side.coefficients[0] for side in sides]
    if not _is_zero(constants[0] - constants[1], activation):
        raise DomainError("the activation jumps at 0", activation.span, "give a continuous activation")
    degree = activation.degree
    lead = _first(sides, 1, activation)
    if lead is None and degree is None:
        raise RefusedError(f"f − f(0) has no term up to degree {DEGREE} at 0", activation.span)
    if not centred and not _is_zero(constants[0], activation):
        return Shape("vanishes", None, ZERO, (), None,
                     "f(0) is not 0: E f² tends to f(0)², g to 0, and gradients vanish; a normalization that subtracts "
                     "the mean takes f(0) away (--centred)")
    if degree is not None:
        if lead is None:
            raise RefusedError(f"the degree of a homogeneous activation is a whole number up to {DEGREE} here",
                               activation.span)
        limit = _limit(sides, lead, centred)
        return Shape("homogeneous", None, limit, ((0, limit),), limit,
                     f"f(αx) = α{_superscript(degree)}f(x) for every α > 0, so that g does not depend on α: "
                     "a gain does nothing")
    assert lead is not None
    exact = _exact(activation, sides, centred)
    if lead > 1:
        limit = _limit(sides, lead, centred)
        return Shape("diverges", lead, limit, ((0, limit),), exact,
                     f"f has no linear term: near 0 it is like x^{lead}, whose g is more than 1 for every α")
    slopes = [sides[0].coefficients[1], -sides[1].coefficients[1]]
    if centred and not _is_zero(slopes[0] - slopes[1], activation):
        limit = _limit(sides, 1, centred)
        return Shape("diverges", 1, limit, ((0, limit),), exact,
                     "the slopes of f on the two sides of 0 differ: near 0 it is like leaky relu, whose g is "
                     "more than 1")
    first = _first(sides, 2, activation)
    if first is None:
        if not all(side.ends for side in sides):
            raise RefusedError(f"f has no nonlinear term up to degree {DEGREE} at 0, and may have a later one",
                               activation.span)
        return Shape("flat", None, ONE, ((0, ONE),), exact,
                     "f is straight near 0: g − 1 falls faster than every power of α")
    return Shape("threshold", first, ONE, _series(activation, first, centred, terms), exact,
                 f"the first nonlinear Taylor degree is p = {first}: `g - 1 ~ c*alpha^{2 * (first - 1)}`, c > 0",
                 (*_open(sides, 1), *_open(sides, first)))


def _open(sides: tuple[Series, Series], power: int) -> list[Expression]:
    """The coefficient of a power, if its symbols may make it 0 on both sides."""
    values = [side.coefficients[power] for side in sides if not side.coefficients[power].is_zero]
    signs = [is_at_least(value, ZERO) or is_at_least(ZERO, value) for value in values]
    return [] if any(signs) or not any(symbols(value) - {"pi", "e"} for value in values) else values[:1]


def _superscript(degree: Rational) -> str:
    return "" if degree == 1 else f"^{degree}"


def _is_zero(value: Expression, activation: Activation) -> bool:
    """Whether a coefficient is 0. Raises RefusedError where its form says no and its value yes."""
    if value.is_zero:
        return True
    sample = {name: Fraction(place + 7, 5) for place, name in enumerate(sorted(symbols(value) - {"pi", "e"}))}
    try:
        found = evaluate_precisely(value, sample, _DIGITS)
    except (ArithmeticError, ValueError):
        return False
    if abs(found) < _TINY:
        raise RefusedError("whether a Taylor coefficient is 0 is not decided", activation.span,
                           "write the formula in a simpler form")
    return False


def _first(sides: tuple[Series, Series], start: int, activation: Activation) -> int | None:
    return next((k for k in range(start, DEGREE + 1)
                 if not all(_is_zero(side.coefficients[k], activation) for side in sides)), None)


def _moment(order: int) -> Expression:
    """E |z|^m: (m−1)!! for even m, √(2/π)·(m−1)!! for odd m."""
    value = 1
    for factor in range(order - 1, 1, -2):
        value *= factor
    if order % 2 == 0:
        return number(value)
    return number(value) * power(number(2) / symbol("pi"), Fraction(1, 2))


def _convolved(first: list[Expression], second: list[Expression], place: int) -> Expression:
    pairs = [(first[k], second[place - k]) for k in range(max(0, place - len(second) + 1), min(place + 1, len(first)))]
    return total([multiply_out(product(((one, 1), (other, 1)))) for one, other in pairs])


def _averages(
    sides: tuple[Series, Series], centred: bool, last: int
) -> tuple[list[Expression], list[Expression]]:
    """The coefficients of α^j, j = 2 … last, in α²E f′(αz)² and in E f(αz)², f(0) left out."""
    half = number(Fraction(1, 2))
    slopes, squares = [], []
    plain = [[ZERO, *side.coefficients[1:]] for side in sides]
    sloped = [[number(k) * value for k, value in enumerate(side)] for side in plain]
    means = [multiply_out(half * _moment(k) * (one + other)) for k, (one, other) in enumerate(zip(*plain, strict=True))]
    for place in range(2, last + 1):
        slope = total([_convolved(side, side, place) for side in sloped])
        square = total([_convolved(side, side, place) for side in plain])
        slopes.append(multiply_out(half * slope * _moment(place - 2)))
        squares.append(multiply_out(half * square * _moment(place)))
        if centred:
            squares[-1] = squares[-1] - _convolved(means, means, place)
    return slopes, squares


def _limit(sides: tuple[Series, Series], lead: int, centred: bool) -> Expression:
    """g at α → 0 where f − f(0) begins with the power `lead`."""
    slopes, squares = _averages(sides, centred, 2 * lead)
    return slopes[-1] / squares[-1]


def _series(activation: Activation, first: int, centred: bool, terms: int) -> tuple[tuple[int, Expression], ...]:
    """1 and the next terms of g: their exponents, and their coefficients that are not 0."""
    last = 2 * (first - 1) + min(2 * terms, LONGEST)
    slopes, squares = _averages(taylor(activation.function, last + 1, activation.span), centred, last + 2)
    found: list[Expression] = []
    for place in range(last + 1):
        known = total([multiply_out(found[k] * squares[place - k]) for k in range(place)])
        found.append(multiply_out((slopes[place] - known) / squares[0]))
    kept = [(place, value) for place, value in enumerate(found)
            if place == 0 or (place >= 2 * (first - 1) and not value.is_zero)]
    return tuple(kept[:terms + 1])


def _exact(activation: Activation, sides: tuple[Series, Series], centred: bool) -> Expression | None:
    """g as a formula in α, where f is a polynomial, or its Gaussian means are elementary, or in Φ."""
    if activation.branches or not all(side.ends for side in sides):
        return _of_closed_means(activation, centred)
    last = 2 * max(k for side in sides for k, value in enumerate(side.coefficients) if not value.is_zero)
    slopes, squares = _averages(_padded(sides, last), centred, last)
    gain = symbol(GAIN)
    top, bottom = (total([product(((value, 1), (gain, place))) for place, value in enumerate(values)])
                   for values in (slopes, squares))
    return top / bottom


def _of_closed_means(activation: Activation, centred: bool) -> Expression | None:
    if any(isinstance(part, Apply) and part.name in _HYPERBOLIC for part in children_first(activation.function)):
        return None
    variance = power(symbol(GAIN), 2)
    trees = activation.function, raised(activation.function, 2), raised(derivative(activation.function), 2)
    try:
        mean, square, slope = (multiply_out(closed_mean(tree, variance, {})) for tree in trees)
    except (NoClosedFormError, InfiniteMeanError):
        return None
    below = square - multiply_out(mean * mean) if centred else square
    return product(((variance, 1), (slope, 1), (below, -1)))


def _padded(sides: tuple[Series, Series], degree: int) -> tuple[Series, Series]:
    longer = [ZERO] * (degree + 1 - DEGREE - 1)
    right, left = (Series((*side.coefficients, *longer), True) for side in sides)
    return right, left
