"""The exact Taylor series of a function of x at 0, on each side of it: f(0+t) and f(0−t) in powers of t > 0.

Coefficients are formulas; symbols in them are positive. A series may be known to be a polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from freeblock.activation.tree import Apply, Choice, Constant, Power, Product, Sum, Tree, Variable, children_first
from freeblock.errors import DomainError, FreeblockError
from freeblock.formula.expression import ONE, ZERO, Expression, Function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.order import is_at_least
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.source import Span

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


def taylor(function: Tree, degree: int, span: Span) -> tuple[Series, Series]:
    """The series of f(t) and of f(−t) to the given degree. `span` is where f stands.

    Raises DomainError where f has no such series, or its coefficients are not known as formulas.
    """
    try:
        return _side(function, degree, 1), _side(function, degree, -1)
    except FreeblockError as error:
        error.span = error.span or span
        raise
    except (ArithmeticError, ValueError) as error:
        raise DomainError(f"no Taylor series at 0: {error}", span) from None


def _side(function: Tree, degree: int, sign: int) -> Series:
    done: dict[int, Series] = {}
    for part in children_first(function):
        done[id(part)] = _expand(part, done, degree, sign)
    return done[id(function)]


def _expand(tree: Tree, done: Mapping[int, Series], degree: int, sign: int) -> Series:
    match tree:
        case Constant(value):
            return _constant(value, degree)
        case Variable():
            return Series((ZERO, number(sign), *[ZERO] * (degree - 1)), True)
        case Sum(parts):
            added = [done[id(part)] for part in parts]
            columns = zip(*(one.coefficients for one in added), strict=True)
            return Series(tuple(map(total, columns)), all(one.ends for one in added))
        case Product(parts):
            result = done[id(parts[0])]
            for part in parts[1:]:
                result = _times(result, done[id(part)])
            return result
        case Power(base, exponent):
            return _power(done[id(base)], Fraction(exponent))
        case Choice(switch, above, below):
            return _chosen(done[id(switch)], done[id(above)], done[id(below)])
        case Apply(name, argument):
            return _FUNCTIONS[name](done[id(argument)])
    raise AssertionError(type(tree).__name__)


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


def _chosen(switch: Series, above: Series, below: Series) -> Series:
    """The branch that is taken next to 0."""
    order = switch.order
    if order == len(switch.coefficients):
        # The switch may differ from 0 further on, unless it ends.
        return Series(above.coefficients, above.ends and switch.ends)
    return above if _is_positive(switch.coefficients[order]) else below


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


def _sigmoid(inner: Series) -> Series:
    decay = _exp(_scaled(inner, number(-1)))
    return _reciprocal(_plus(_constant(ONE, len(inner.coefficients) - 1), decay, ONE))


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


def _arctan(inner: Series) -> Series:
    if not inner.coefficients[0].is_zero:
        raise ValueError("arctan of a constant other than 0 is not known as a formula")
    one = _constant(ONE, len(inner.coefficients) - 1)
    return _integrated(ZERO, _reciprocal(_plus(one, _times(inner, inner), ONE)), inner)


def _bell(inner: Series, name: str) -> Series:
    """erf or Phi: their derivatives are 2/√π·exp(−u²) and exp(−u²/2)/√(2π)."""
    half, pi = number(Fraction(1, 2)), symbol("pi")
    weight = number(2) * power(pi, -half) if name == "erf" else power(number(2) * pi, -half)
    exponent = _scaled(_times(inner, inner), number(-1) if name == "erf" else -half)
    return _integrated(apply(name, [inner.coefficients[0]]), _scaled(_exp(exponent), weight), inner)


_FUNCTIONS: dict[str, Callable[[Series], Series]] = {
    "exp": _exp, "log": _log, "sin": lambda u: _circular(u, 1), "cos": lambda u: _circular(u, 0),
    "sinh": lambda u: _hyperbolic(u, -1), "cosh": lambda u: _hyperbolic(u, 1), "tanh": _tanh, "arctan": _arctan,
    "sech": lambda u: _reciprocal(_hyperbolic(u, 1)), "sigmoid": _sigmoid,
    "erf": lambda u: _bell(u, "erf"), "Phi": lambda u: _bell(u, "Phi"),
}
