"""Formulas as quotients of polynomials in one symbol, with coefficients that are formulas without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from freeblock.formula.exponents import from_exponent
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.notations import PLAIN
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.products import product
from freeblock.formula.sort_keys import monomial_key
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols

TERMS, POWER = 200, 64
"""A polynomial has no more terms, and nothing is multiplied out to a higher power."""


class TooLarge(Exception):
    """The formula is no quotient of polynomials of a reasonable size."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """Exponent of the symbol → coefficient; exponents are numbers or formulas without the symbol."""

    terms: Mapping[Expression, Expression]

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def times(self, other: Polynomial) -> Polynomial:
        """The product, in normal form."""
        if len(self.terms) * len(other.terms) > TERMS**2:
            raise TooLarge
        return _collected((first + second, product(((one, 1), (two, 1))))
                          for first, one in self.terms.items() for second, two in other.terms.items())

    def plus(self, other: Polynomial) -> Polynomial:
        """The sum, in normal form."""
        return _collected((*self.terms.items(), *other.terms.items()))

    def to_the(self, exponent: int) -> Polynomial:
        """The power, exponent ≥ 0."""
        if exponent > POWER:
            raise TooLarge
        result = UNIT
        for _ in range(exponent):
            result = result.times(self)
        return result

    def scaled(self, factor: Expression) -> Polynomial:
        """Every coefficient times a formula."""
        return _collected((key, product(((value, 1), (factor, 1)))) for key, value in self.terms.items())


UNIT = Polynomial({number(0): ONE})


def _collected(terms: Iterable[tuple[Expression, Expression]]) -> Polynomial:
    found: dict[Expression, list[Expression]] = {}
    for key, value in terms:
        found.setdefault(key, []).append(value)
    if len(found) > TERMS:
        raise TooLarge
    sums = {key: multiply_out(total(values)) for key, values in found.items()}
    return Polynomial({key: value for key, value in sums.items() if not value.is_zero})


@dataclass(frozen=True, slots=True)
class Quotient:
    """A numerator over a product of powers of polynomials."""

    numerator: Polynomial
    denominator: Mapping[Polynomial, int]


def quotient_in(expression: Expression, name: str) -> Quotient | None:
    """The formula as a quotient of polynomials in `name`; None where it is none, or too large."""
    try:
        return _quotient(expression, name, {})
    except TooLarge:
        return None


def _quotient(expression: Expression, name: str, done: dict[Expression, Quotient]) -> Quotient:
    known = done.get(expression)
    if known is None:
        if len(done) > TERMS:
            raise TooLarge
        known = done[expression] = _sum([_term(Expression({monomial: value}), name, done)
                                         for monomial, value in expression.terms.items()])
    return known


def _term(term: Expression, name: str, done: dict[Expression, Quotient]) -> Quotient:
    ((monomial, coefficient),) = term.terms.items()
    top = Polynomial({number(0): number(coefficient)})
    bottom: dict[Polynomial, int] = {}
    rest = []
    for base, exponent in monomial:
        factor = Expression({frozenset(((base, exponent),)): 1})
        if name not in symbols(factor):
            rest.append((factor, 1))
        elif base == name:
            if isinstance(exponent, Expression) and name in symbols(exponent):
                raise TooLarge
            top = top.times(Polynomial({from_exponent(exponent): ONE}))
        elif isinstance(base, Expression) and isinstance(exponent, int) and abs(exponent) <= POWER:
            inner = _quotient(base, name, done)
            over, under = ([(inner.numerator, 1)], list(inner.denominator.items()))
            if exponent < 0:
                over, under = under, over
            for part, count in over:
                top = top.times(part.to_the(count * abs(exponent)))
            for part, count in under:
                bottom[part] = bottom.get(part, 0) + count * abs(exponent)
        else:
            raise TooLarge
    return Quotient(top.scaled(product(rest)), bottom)


def _sum(parts: list[Quotient]) -> Quotient:
    bottom: dict[Polynomial, int] = {}
    for part in parts:
        for factor, count in part.denominator.items():
            bottom[factor] = max(bottom.get(factor, 0), count)
    top = Polynomial({})
    for part in parts:
        lifted = part.numerator
        for factor, count in bottom.items():
            lifted = lifted.times(factor.to_the(count - part.denominator.get(factor, 0)))
        top = top.plus(lifted)
    return Quotient(top, bottom)


@dataclass(frozen=True, slots=True)
class InPower:
    """x^shift·(c_0 + c_1·u + … + c_d·u^d) with u = x^step and c_0, c_d ≠ 0."""

    shift: Expression
    step: Expression
    coefficients: tuple[Expression, ...]

    @property
    def degree(self) -> int:
        """d."""
        return len(self.coefficients) - 1


def in_one_power(polynomial: Polynomial) -> InPower | None:
    """The polynomial in the power of the symbol that it is a polynomial of; None where there is none, or it is 0."""
    keys = sorted(polynomial.terms, key=lambda key: print_expression(key, PLAIN))
    if not keys:
        return None
    first = min(keys, key=lambda key: Fraction(key.number() or 0)) if all(
        key.number() is not None for key in keys) else keys[0]
    gaps = {key: multiply_out(key - first) for key in keys}
    unit = next((gap for gap in gaps.values() if not gap.is_zero), None)
    if unit is None:
        return InPower(first, number(1), (polynomial.terms[first],))
    rates: dict[Expression, Fraction] = {}
    for key, gap in gaps.items():
        rate = (gap / unit).number()
        if rate is None:
            return None
        rates[key] = Fraction(rate)
    common = lcm(*(rate.denominator for rate in rates.values()))
    counts = {key: int(rate * common) for key, rate in rates.items()}
    shared = gcd(*counts.values())
    low = min(counts.values())
    if (max(counts.values()) - low) // shared > 4096:
        return None
    places = {(count - low) // shared: key for key, count in counts.items()}
    shift = next(key for key, count in counts.items() if count == low)
    coefficients = tuple(polynomial.terms[places[place]] if place in places else number(0)
                         for place in range(max(places) + 1))
    return InPower(shift, unit * number(Fraction(shared, common)), coefficients)


def root_of_power(value: Expression, step: Expression) -> Expression:
    """x > 0 with x^step = value, where that is positive. Raises ValueError where it is plainly not."""
    exponent = ONE / step
    plain = exponent.number()
    return power(_number_in_front(value), exponent if plain is None else plain)


def _number_in_front(value: Expression) -> Expression:
    """A product whose number is positive: −1/(1 − a) as 1/(a − 1), which has the root that the other is denied."""
    if len(value.terms) != 1:
        return value
    ((monomial, coefficient),) = value.terms.items()
    if coefficient > 0:
        return value
    for base, exponent in sorted(monomial, key=lambda item: monomial_key(frozenset((item,)))):
        if isinstance(base, Expression) and isinstance(exponent, int) and exponent % 2 and \
                not is_manifestly_positive(base):
            turned = Expression({monomial_: -weight for monomial_, weight in base.terms.items()})
            return Expression({monomial - {(base, exponent)} | {(turned, exponent)}: -coefficient})
    return value


def value_of(polynomial: Polynomial, name: str) -> Expression:
    """The polynomial as a formula again."""
    return total(product(((coefficient, 1), (power(symbol(name), exponent), 1)))
                 for exponent, coefficient in polynomial.terms.items())
