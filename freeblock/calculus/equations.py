"""An equation in one unknown as a polynomial in a power of it, by steps that keep the sign of the difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from freeblock.calculus.polynomials import InPower, Polynomial, in_one_power, quotient_in
from freeblock.formula.exponents import from_exponent
from freeblock.formula.expression import ONE, Base, Exponent, Expression, number
from freeblock.formula.functions import apply
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.products import as_factor, product
from freeblock.formula.rational import factors
from freeblock.formula.signs import Known, sign_of
from freeblock.formula.sort_keys import monomial_key
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols


@dataclass(frozen=True, slots=True)
class Reduced:
    """left − right has the sign of `orientation`·polynomial/denominators; None where it may be either."""

    polynomial: InPower | None
    """None where the difference is 0 for every value."""
    denominators: tuple[Polynomial, ...]
    orientation: int | None
    positive: tuple[Expression, ...] = ()
    """What has to be positive for the steps to be right."""


def reduced(left: Expression, right: Expression, name: str, known: Known) -> Reduced | None:
    """The equation as a polynomial one; None where no step brings it there."""
    orientation: int | None = 1
    positive: tuple[Expression, ...] = ()
    parts = _factors(left, right, name, known)
    if parts is not None:
        if not is_manifestly_positive(right) and sign_of(right, known) != 1:
            positive = (right,)
        found = _exponent_equation(parts, name)
        if found is not None:
            return replace(found, positive=positive)
        rooted = _without_power(parts, name, known)
        if rooted is not None:
            left, right, orientation = rooted
        else:
            positive = ()
    quotient = quotient_in(total((left, -right)), name)
    if quotient is None:
        return None
    if not quotient.numerator.terms:
        return Reduced(None, (), 1, positive)
    polynomial = in_one_power(quotient.numerator)
    if polynomial is None:
        return None
    odd = [factor for factor, count in quotient.denominator.items() if count % 2]
    if any(sign_of(coefficient, known) != 1 for factor in odd for coefficient in factor.terms.values()):
        orientation = None
    return Reduced(polynomial, tuple(quotient.denominator), orientation, positive)


Factors = list[tuple[Base, Exponent]]


def _factors(left: Expression, right: Expression, name: str, known: Known) -> Factors | None:
    """The factors of left/right; None where a side may be negative. A right side without the unknown is one factor."""
    if not is_manifestly_positive(left) or right.is_zero or sign_of(right, known) == -1:
        return None
    if is_manifestly_positive(right):
        ratio = product(((as_factor(left), 1), (as_factor(right), -1)))
    elif name in symbols(right):
        return None
    else:
        ratio = as_factor(left)
    if len(ratio.terms) != 1:
        return None
    ((monomial, coefficient),) = ratio.terms.items()
    # A set has no order of its own, and the answer reads the same in every run.
    found: Factors = sorted(monomial, key=lambda item: monomial_key(frozenset((item,))))
    for value, sign in ((coefficient.numerator, 1), (coefficient.denominator, -1)):
        found += [(base, sign * count) for base, count in factors(value)]
    if not is_manifestly_positive(right):
        found.append((right, -1))
    return found


def _single(base: Base, exponent: Exponent = 1) -> Expression:
    if isinstance(base, int):
        return power(number(base), exponent)
    return Expression({frozenset(((base, exponent),)): 1})


def _exponent_equation(parts: Factors, name: str) -> Reduced | None:
    """a^(s·x)·b = 1 for an unknown that stands in exponents alone: s·x·log a + log b = 0."""
    if any(name in symbols(_single(base)) for base, _ in parts):
        return None
    slopes: dict[Expression, list[Expression]] = {}
    constants: dict[Expression, list[Expression]] = {}
    for base, exponent in parts:
        inside = multiply_out(from_exponent(exponent))
        for monomial, coefficient in inside.terms.items():
            here = Expression({monomial: coefficient})
            if name not in symbols(here):
                constants.setdefault(_single(base), []).append(here)
            elif (name, 1) in monomial and name not in symbols(Expression({monomial - {(name, 1)}: 1})):
                slopes.setdefault(_single(base), []).append(Expression({monomial - {(name, 1)}: coefficient}))
            else:
                return None
    if not slopes:
        return None
    slope, constant = _logarithms(slopes), _logarithms(constants)
    if len(slopes) == 1 and constants.keys() <= slopes.keys():
        # One base alone: its logarithm cancels.
        ((base, rates),) = slopes.items()
        slope, constant = total(rates), total(constants.get(base, ()))
        sign = 1 if base == Expression({frozenset((("e", 1),)): 1}) or (base.number() or 0) > 1 else None
        return Reduced(InPower(number(0), ONE, (constant, slope)), (), sign)
    return Reduced(InPower(number(0), ONE, (constant, slope)), (), 1)


def _logarithms(rates: dict[Expression, list[Expression]]) -> Expression:
    return total(product(((total(values), 1), (apply("log", [base]), 1))) for base, values in rates.items())


def _without_power(parts: Factors, name: str, known: Known) -> tuple[Expression, Expression, int | None] | None:
    """B = r^(1/L) for B^L = r, where all factors with the unknown have one symbolic exponent, up to numbers."""
    inside = [(base, exponent) for base, exponent in parts if name in symbols(_single(base, exponent))]
    first = next((exponent for _, exponent in inside if isinstance(exponent, Expression)), None)
    if first is None:
        first = _common_number(inside)
        if first is None:
            return None
    if name in symbols(first):
        return None
    rates = [(from_exponent(exponent) / first).number() for _, exponent in inside]
    known_rates = [Fraction(rate) for rate in rates if rate is not None]
    if len(known_rates) < len(rates):
        return None
    scale = lcm(*(rate.denominator for rate in known_rates))
    common = Fraction(gcd(*(int(rate * scale) for rate in known_rates)), scale)
    first = first * number(common)
    left = [(_single(base), int(rate / common)) for (base, _), rate in zip(inside, known_rates, strict=True)]
    rest = [_single(base, exponent) for base, exponent in parts if name not in symbols(_single(base, exponent))]
    base, root = product(left), _root(rest, first)
    if is_manifestly_positive(base):
        return base, root, sign_of(first, known)
    # −B may do as well as B: both are found by their square, and put into the equation before they are printed.
    even = first.number()
    orientation = sign_of(first, known) if isinstance(even, int) and even % 2 == 0 else None
    return power(base, 2), power(root, 2), orientation


def _common_number(inside: Factors) -> Expression | None:
    """A whole number above 1 that all exponents are multiples of, or the fraction that is the only exponent."""
    exponents = [exponent for _, exponent in inside]
    if len(exponents) == 1 and isinstance(exponents[0], Fraction):
        return number(exponents[0])
    whole = [exponent for exponent in exponents if isinstance(exponent, int)]
    common = gcd(*whole) if len(whole) == len(exponents) else 0
    # x^2 alone is left to the polynomials, which see that −x will do too.
    return number(common) if common > 1 and any(not isinstance(base, str) for base, _ in inside) else None


def _root(rest: Iterable[Expression], exponent: Expression) -> Expression:
    """(1/rest)^(1/exponent), factor by factor, so that what has the exponent loses it."""
    outside = product((factor, 1) for factor in rest)
    return power(outside, as_number(-(ONE / exponent)))


def as_number(value: Expression) -> Exponent:
    """An exponent, as a number where it is one."""
    plain = value.number()
    return value if plain is None else plain
