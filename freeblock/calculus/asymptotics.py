"""The leading behaviour of a formula as one symbol grows: base^L·L^power·(c_0·L^p + …), by series in 1/L."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from freeblock.formula.exponents import from_exponent
from freeblock.formula.expression import ONE, ZERO, Base, Exponent, Expression, Function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.rational import Rational
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols

DEPTH = 4
"""Terms below L^−4 of the leading one are left out."""
TERMS = 60

Series = dict[Fraction, Expression]
"""Exponent of L → coefficient."""


class NoExpansion(Exception):
    """The formula does not behave like a power times an exponential, or it cannot be seen to."""


@dataclass(frozen=True, slots=True)
class Leading:
    """coefficient·L^power·base^L."""

    base: Expression
    power: Expression
    coefficient: Expression

    def formula(self, name: str) -> Expression:
        """The leading term."""
        depth = symbol(name)
        return product(((self.coefficient, 1), (_raised(depth, self.power), 1), (_raised(self.base, depth), 1)))


@dataclass(frozen=True, slots=True)
class _Growing:
    """base^L·L^power·series."""

    base: Expression
    power: Expression
    series: Mapping[Fraction, Expression]


def leading(expression: Expression, name: str) -> Leading | None:
    """The leading term for large values of `name`; None where no expansion is found."""
    try:
        found = _Expansion(name).of(expression)
    except (NoExpansion, ArithmeticError, ValueError, RecursionError):
        return None
    place = max(found.series)
    return Leading(found.base, multiply_out(found.power + number(place)), found.series[place])


def _raised(base: Expression, exponent: Expression) -> Expression:
    plain = exponent.number()
    return power(base, exponent if plain is None else plain)


def _collected(terms: Iterable[tuple[Fraction, Expression]]) -> Series:
    parts: dict[Fraction, list[Expression]] = {}
    for place, value in terms:
        parts.setdefault(place, []).append(value)
    found = {place: multiply_out(total(values)) for place, values in parts.items()}
    found = {place: value for place, value in found.items() if not value.is_zero}
    if not found or len(found) > TERMS:
        raise NoExpansion
    top = max(found)
    return {place: value for place, value in found.items() if place > top - DEPTH}


def _times(one: Mapping[Fraction, Expression], other: Mapping[Fraction, Expression]) -> Series:
    return _collected((first + second, product(((a, 1), (b, 1))))
                      for first, a in one.items() for second, b in other.items())


class _Expansion:
    def __init__(self, name: str) -> None:
        self._name = name
        self._done: dict[Expression, _Growing] = {}

    def of(self, expression: Expression) -> _Growing:
        """The expansion of a sum: its terms have one exponential and one symbolic power."""
        known = self._done.get(expression)
        if known is not None:
            return known
        if self._name not in symbols(expression):
            return _Growing(ONE, ZERO, {Fraction(0): expression})
        terms = [self._term(Expression({monomial: value})) for monomial, value in expression.terms.items()]
        first = terms[0]
        if any(term.base != first.base or term.power != first.power for term in terms):
            raise NoExpansion
        series = _collected(item for term in terms for item in term.series.items())
        self._done[expression] = _Growing(first.base, first.power, series)
        return self._done[expression]

    def _term(self, term: Expression) -> _Growing:
        ((monomial, coefficient),) = term.terms.items()
        parts = [_Growing(ONE, ZERO, {Fraction(0): number(coefficient)})]
        gammas: dict[Expression, list[tuple[Expression, int]]] = {}
        powers: dict[Expression, _Growing] = {}  # (1 + c/L)^L is kept as (L + c)^L·L^(−L)
        for base, exponent in monomial:
            factor = Expression({frozenset(((base, exponent),)): 1})
            if self._name not in symbols(factor):
                parts.append(_Growing(ONE, ZERO, {Fraction(0): factor}))
            elif isinstance(base, Function) and base.name == "gamma" and isinstance(exponent, int):
                slope, shift = self._linear(base.arguments[0])
                gammas.setdefault(slope, []).append((shift, exponent))
            elif isinstance(base, Expression) and self._name not in symbols(base):
                parts.append(_to_series({Fraction(0): base}, self.of(multiply_out(from_exponent(exponent)))))
            elif isinstance(exponent, Expression) and self._name in symbols(exponent):
                shape, rate = _shape(exponent, powers)
                grown = self._power(base, rate)
                powers[shape] = _product(powers[shape], grown) if shape in powers else grown
            else:
                parts.append(self._power(base, exponent))
        parts += [_stirling(slope, items) for slope, items in gammas.items()]
        for shape, inner in powers.items():
            if not inner.base.is_one or not inner.power.is_zero:
                raise NoExpansion
            parts.append(_to_series(inner.series, self.of(multiply_out(shape))))
        return reduce(_product, parts)

    def _linear(self, expression: Expression) -> tuple[Expression, Expression]:
        """(a, b) of a·L + b."""
        found = self.of(multiply_out(expression))
        if not found.base.is_one or not found.power.is_zero or not found.series.keys() <= {Fraction(1), Fraction(0)}:
            raise NoExpansion
        return found.series.get(Fraction(1), ZERO), found.series.get(Fraction(0), ZERO)

    def _power(self, base: Base, exponent: Exponent) -> _Growing:
        """A base to an exponent without L."""
        if base == self._name:
            inner = _Growing(ONE, ZERO, {Fraction(1): ONE})
        elif isinstance(base, Function):
            raise NoExpansion
        else:
            inner = self.of(Expression({frozenset(((base, 1),)): 1}) if not isinstance(base, Expression) else base)
        return _to_constant(inner, from_exponent(exponent))


def _shape(exponent: Expression, known: Iterable[Expression]) -> tuple[Expression, Rational]:
    """A known exponent that this one is a multiple of; else this one without its number."""
    for shape in known:
        rate = (exponent / shape).number()
        if rate is not None:
            return shape, rate
    if len(exponent.terms) != 1:
        return exponent, 1
    ((monomial, rate),) = exponent.terms.items()
    return Expression({monomial: 1}), rate


def _product(one: _Growing, other: _Growing) -> _Growing:
    return _Growing(one.base * other.base, one.power + other.power, _times(one.series, other.series))


def _stirling(slope: Expression, items: Iterable[tuple[Expression, int]]) -> _Growing:
    """Γ(aL + b)/Γ(aL + c) → (aL)^(b − c); only where as many stand above as below."""
    pairs = list(items)
    if sum(exponent for _, exponent in pairs):
        raise NoExpansion
    rate = total(product(((shift, 1), (number(exponent), 1))) for shift, exponent in pairs)
    return _Growing(ONE, multiply_out(rate), {Fraction(0): _raised(slope, rate)})


def _split(series: Mapping[Fraction, Expression]) -> tuple[Fraction, Expression, Series]:
    """(p, c, δ) of c·L^p·(1 + δ)."""
    place = max(series)
    lead = series[place]
    return place, lead, {other - place: value / lead for other, value in series.items() if other != place}


def _to_constant(inner: _Growing, exponent: Expression) -> _Growing:
    place, lead, small = _split(inner.series)
    series = _binomial(small, exponent)
    plain = exponent.number()
    scaled = {at: value * _raised(lead, exponent) for at, value in series.items()}
    symbolic = inner.power * exponent
    if plain is None:
        symbolic = symbolic + number(place) * exponent
    else:
        scaled = {at + place * Fraction(plain): value for at, value in scaled.items()}
    return _Growing(_raised(inner.base, exponent), multiply_out(symbolic), scaled)


def _binomial(small: Series, exponent: Expression) -> Series:
    """(1 + δ)^exponent."""
    result: Series = {Fraction(0): ONE}
    term: Series = {Fraction(0): ONE}
    for k in range(1, DEPTH + 1 if small else 1):
        factor = (exponent - number(k - 1)) * number(Fraction(1, k))
        if factor.is_zero:
            break
        term = {at: value * factor for at, value in _times(term, small).items()}
        result = _collected((*result.items(), *term.items()))
    return result


def _to_series(series: Mapping[Fraction, Expression], outer: _Growing) -> _Growing:
    """S^(aL + b + c/L + …) for S = c_0·(1 + δ): c_0^(aL + b)·exp((aL + b + …)·log(1 + δ) + …)."""
    place, lead, small = _split(series)
    if place or not outer.base.is_one or not outer.power.is_zero or max(outer.series) > 1:
        raise NoExpansion
    logarithm = apply("log", [lead])
    exponents: list[tuple[Fraction, Expression]] = []
    base, constant = ONE, ONE
    for at, rate in outer.series.items():
        if at == 1:
            base = _raised(lead, rate)
        elif at == 0:
            constant = _raised(lead, rate)
        elif at > 0:
            raise NoExpansion
        elif not lead.is_one:
            exponents.append((at, rate * logarithm))
    if small:
        exponents += _times(outer.series, _log_series(small)).items()
    rest = _collected(exponents) if exponents else {}
    if any(at > 0 for at in rest):
        raise NoExpansion
    constant = constant * _raised(symbol("e"), rest.pop(Fraction(0), ZERO))
    return _Growing(base, ZERO, {at: value * constant for at, value in _exponential(rest).items()})


def _log_series(small: Series) -> Series:
    terms: list[tuple[Fraction, Expression]] = []
    current: Series = {Fraction(0): ONE}
    for k in range(1, DEPTH + 2):
        current = _times(current, small)
        terms += [(at, value * number(Fraction((-1) ** (k + 1), k))) for at, value in current.items()]
    return _collected(terms)


def _exponential(small: Series) -> Series:
    result: Series = {Fraction(0): ONE}
    term: Series = {Fraction(0): ONE}
    for k in range(1, DEPTH + 1 if small else 1):
        term = {at: value * number(Fraction(1, k)) for at, value in _times(term, small).items()}
        result = _collected((*result.items(), *term.items()))
    return result
