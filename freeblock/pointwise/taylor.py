"""The exact Taylor series of an activation at 0, on each side of it: f(0+t) and f(0−t) in powers of t > 0.

Coefficients are formulas; symbols in them are positive. A series may be known to be a polynomial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from freeblock.errors import DomainError, FreeblockError
from freeblock.formula.expression import ONE, ZERO, Expression, Function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.order import is_at_least
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.pointwise.activation import Activation, Operation

LONGEST = 60
"""Terms of a coefficient, at most."""


@dataclass(frozen=True, slots=True)
class Series:
    """c₀ + c₁t + … + c_Nt^N, and that is all of it where it `ends`."""

    coefficients: tuple[Expression, ...]
    ends: bool = False

    @property
    def order(self) -> int:
        """The index of the first coefficient that is not 0; N + 1 where all are."""
        return next((place for place, value in enumerate(self.coefficients) if not value.is_zero),
                    len(self.coefficients))


def taylor(activation: Activation, degree: int) -> tuple[Series, Series]:
    """The series of f(t) and of f(−t) to the given degree.

    Raises DomainError where f has no such series, or its coefficients are not known as formulas.
    """
    return _side(activation, degree, 1), _side(activation, degree, -1)


def _side(activation: Activation, degree: int, sign: int) -> Series:
    results: list[Series] = []
    for operation in activation.operations:
        arguments = [results[place] for place in operation.arguments]
        try:
            results.append(_expand(operation, arguments, degree, sign))
        except FreeblockError:
            raise
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"no Taylor series at 0: {error}", operation.span) from None
    return results[-1]


def _expand(operation: Operation, arguments: list[Series], degree: int, sign: int) -> Series:
    if operation.value is not None:
        return _constant(operation.value, degree)
    if operation.name == "variable":
        return Series((ZERO, number(sign), *[ZERO] * (degree - 1)), True)
    if operation.name == "sum":
        columns = zip(*(one.coefficients for one in arguments), strict=True)
        return Series(tuple(map(total, columns)), all(one.ends for one in arguments))
    if operation.name == "product":
        result = arguments[0]
        for other in arguments[1:]:
            result = _times(result, other)
        return result
    if operation.name == "power":
        return _power(arguments[0], _exponent(arguments[1]))
    if operation.name in ("max", "min"):
        result = arguments[0]
        for other in arguments[1:]:
            result = _extreme(operation.name, result, other)
        return result
    return _FUNCTIONS[operation.name](arguments[0])


def _constant(value: Expression, degree: int) -> Series:
    return Series((value, *[ZERO] * degree), True)


def _times(first: Series, second: Series) -> Series:
    size = len(first.coefficients)
    coefficients = [_sum_of_products([(first.coefficients[k], second.coefficients[place - k])
                                      for k in range(place + 1)]) for place in range(size)]
    ends = first.ends and second.ends and _last(first) + _last(second) < size
    return Series(tuple(coefficients), ends)


def _last(series: Series) -> int:
    return max((place for place, value in enumerate(series.coefficients) if not value.is_zero), default=0)


def _sum_of_products(pairs: list[tuple[Expression, Expression]]) -> Expression:
    terms = [product(((one, 1), (other, 1))) for one, other in pairs if not (one.is_zero or other.is_zero)]
    result = total([multiply_out(term) for term in terms]) if terms else ZERO
    if len(result.terms) > LONGEST:
        raise ValueError(f"a coefficient has more than {LONGEST} terms")
    return result


def _scaled(series: Series, factor: Expression) -> Series:
    return Series(tuple(multiply_out(value * factor) for value in series.coefficients), series.ends)


def _exponent(series: Series) -> Fraction:
    value = series.coefficients[0].number()
    if value is None:
        raise ValueError("an exponent is no number")
    return Fraction(value)


def _power(base: Series, exponent: Fraction) -> Series:
    """base^r: t^(mr) times the power of what begins with a constant."""
    if exponent.denominator == 1 and 0 <= exponent < len(base.coefficients):
        result = _constant(ONE, len(base.coefficients) - 1)
        for _ in range(int(exponent)):
            result = _times(result, base)
        return result
    order = base.order
    size = len(base.coefficients)
    shift = order * exponent
    if order == size or shift.denominator != 1 or shift < 0:
        raise ValueError("a power of something that is 0 there, or a root")
    if shift >= size:
        return Series((ZERO,) * size)
    lowered = base.coefficients[order:]
    first = lowered[0]
    # y = u^r fulfils u·y′ = r·u′·y.
    found = [power(first, exponent)]
    for place in range(1, len(lowered)):
        terms = [(number(exponent * k - (place - k)) * lowered[k], found[place - k]) for k in range(1, place + 1)]
        found.append(multiply_out(_sum_of_products(terms) / (number(place) * first)))
    # The last `order` coefficients would need a base that is known further: the caller asks for more than it uses.
    padded = [ZERO] * int(shift) + found
    if len(padded) < size:
        raise ValueError("a power of something that is 0 there")
    return Series(tuple(padded[:size]))


def _extreme(name: str, first: Series, second: Series) -> Series:
    difference = Series(tuple(one - other for one, other in zip(first.coefficients, second.coefficients, strict=True)))
    order = difference.order
    if order == len(difference.coefficients):
        # They may differ further on, unless both end.
        return Series(first.coefficients, first.ends and second.ends)
    larger = _is_positive(difference.coefficients[order])
    return first if larger == (name == "max") else second


def _absolute(inner: Series) -> Series:
    order = inner.order
    if order == len(inner.coefficients) or _is_positive(inner.coefficients[order]):
        return inner
    return _scaled(inner, number(-1))


def _is_positive(value: Expression) -> bool:
    if is_at_least(value, ZERO):
        return True
    if is_at_least(ZERO, value):
        return False
    raise ValueError("which branch is taken is open; give its symbols values with --set")


def _integrated(start: Expression, outer: Series, inner: Series) -> Series:
    """y with y(0) = start and y′ = outer·inner′."""
    size = len(inner.coefficients)
    slopes = (*(number(k) * inner.coefficients[k] for k in range(1, size)), ZERO)
    rate = _times(outer, Series(tuple(slopes)))
    return Series((start, *(multiply_out(rate.coefficients[k - 1] * number(Fraction(1, k))) for k in range(1, size))))


def _exp(inner: Series) -> Series:
    # y′ = u′·y, so each coefficient needs only those before.
    size = len(inner.coefficients)
    found = [_exponential(inner.coefficients[0])]
    for place in range(1, size):
        terms = [(number(Fraction(k, place)) * inner.coefficients[k], found[place - k]) for k in range(1, place + 1)]
        found.append(_sum_of_products(terms))
    return Series(tuple(found))


def _exponential(value: Expression) -> Expression:
    """e^value; of a multiple of one logarithm the power itself, so that e^log 2 is 2."""
    if len(value.terms) == 1:
        ((monomial, coefficient),) = value.terms.items()
        if len(monomial) == 1:
            ((base, exponent),) = monomial
            if isinstance(base, Function) and base.name == "log" and exponent == 1:
                return power(base.arguments[0], Fraction(coefficient))
    return power(symbol("e"), value)


def _reciprocal(inner: Series) -> Series:
    if inner.coefficients[0].is_zero:
        raise ValueError("division by something that is 0 there")
    return _power(inner, Fraction(-1))


def _log(inner: Series) -> Series:
    return _integrated(apply("log", [inner.coefficients[0]]), _reciprocal(inner), inner)


def _plus(first: Series, second: Series, factor: Expression) -> Series:
    """first + factor·second."""
    scaled = _scaled(second, factor)
    return Series(tuple(one + other for one, other in zip(first.coefficients, scaled.coefficients, strict=True)))


def _hyperbolic(inner: Series, sign: int) -> Series:
    half = number(Fraction(1, 2))
    return _plus(_scaled(_exp(inner), half), _exp(_scaled(inner, number(-1))), number(sign) * half)


def _tanh(inner: Series) -> Series:
    return _times(_hyperbolic(inner, -1), _reciprocal(_hyperbolic(inner, 1)))


def _circular(inner: Series, first: int) -> Series:
    """sin (first = 1) or cos (first = 0) of what is 0 at 0, by their own series."""
    if not inner.coefficients[0].is_zero:
        raise ValueError("sin and cos of a constant other than 0 are not known as formulas")
    size = len(inner.coefficients)
    square = _times(inner, inner)
    term = inner if first else _constant(ONE, size - 1)
    result, place = term, first
    while place < size:
        term = _scaled(_times(term, square), number(Fraction(-1, (place + 1) * (place + 2))))
        result, place = _plus(result, term, ONE), place + 2
    return result


def _atan(inner: Series) -> Series:
    if not inner.coefficients[0].is_zero:
        raise ValueError("atan of a constant other than 0 is not known as a formula")
    one = _constant(ONE, len(inner.coefficients) - 1)
    return _integrated(ZERO, _reciprocal(_plus(one, _times(inner, inner), ONE)), inner)


def _bell(inner: Series, name: str) -> Series:
    """erf or Phi: their derivatives are 2/√π·exp(−u²) and exp(−u²/2)/√(2π)."""
    half, pi = number(Fraction(1, 2)), symbol("pi")
    weight = number(2) * power(pi, -half) if name == "erf" else power(number(2) * pi, -half)
    exponent = _scaled(_times(inner, inner), number(-1) if name == "erf" else -half)
    return _integrated(apply(name, [inner.coefficients[0]]), _scaled(_exp(exponent), weight), inner)


_FUNCTIONS: dict[str, Callable[[Series], Series]] = {
    "negate": lambda u: _scaled(u, number(-1)), "reciprocal": _reciprocal, "abs": _absolute, "exp": _exp, "log": _log,
    "sqrt": lambda u: _power(u, Fraction(1, 2)), "sin": lambda u: _circular(u, 1), "cos": lambda u: _circular(u, 0),
    "sinh": lambda u: _hyperbolic(u, -1), "cosh": lambda u: _hyperbolic(u, 1), "tanh": _tanh, "atan": _atan,
    "erf": lambda u: _bell(u, "erf"), "Phi": lambda u: _bell(u, "Phi"),
}
