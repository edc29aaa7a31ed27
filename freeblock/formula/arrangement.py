"""How a formula is laid out before any notation is chosen: ordered terms, each a fraction of powers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import NamedTuple, TypeVar

from freeblock.formula.content import split_content
from freeblock.formula.expression import ONE_MONOMIAL, Base, Exponent, Expression, Monomial, number
from freeblock.formula.products import product
from freeblock.formula.rational import Rational, divide, whole
from freeblock.formula.sort_keys import base_key, exponent_key, monomial_key
from freeblock.formula.sums import total
from freeblock.formula.traversal import symbols

Item = TypeVar("Item")


class Factor(NamedTuple):
    """base^exponent with exponent > 0 (a number) or symbolic; `base` may be a fraction or sum as a whole."""

    base: Base
    exponent: Exponent


class Term(NamedTuple):
    """sign · numerator / denominator; the whole numbers come before the factors."""

    negative: bool
    top: int
    bottom: int
    numerator: tuple[Factor, ...]
    denominator: tuple[Factor, ...]


def arrange(expression: Expression) -> list[Term]:
    """The terms in display order, the first one positive if any is; the list is empty for 0."""
    return [arrange_term(monomial, coefficient) for monomial, coefficient in in_order(expression)]


LONG = 100
"""The layout of a longer term or sum is remembered for a moment: it is printed in several notations in turn."""


def in_order(expression: Expression) -> Sequence[tuple[Monomial, Rational]]:
    """The monomials and coefficients in display order."""
    if len(expression.terms) < 2:
        return list(expression.terms.items())
    return _ordered(expression) if len(expression.terms) <= LONG else _long_ordered(expression)


def _ordered(expression: Expression) -> Sequence[tuple[Monomial, Rational]]:
    terms = list(expression.terms.items())
    ordered = _by_names(terms, lambda item: item[0]) if len(terms) > LONG else None
    ordered = ordered or sorted(terms, key=lambda item: monomial_key(item[0]))
    if ordered[0][1] < 0:
        first = next((place for place, (_, coefficient) in enumerate(ordered) if coefficient > 0), 0)
        ordered.insert(0, ordered.pop(first))
    return ordered


_long_ordered = lru_cache(maxsize=4)(_ordered)


def _by_names(items: Sequence[Item], factors: Callable[[Item], Iterable[tuple[Base, Exponent]]]) -> list[Item] | None:
    """The items by the names in them, which costs less than keys of all they hold; None where two have the same."""
    keys: dict[tuple[str, ...], Item] = {}
    for item in items:
        names: frozenset[str] = frozenset()
        for base, exponent in factors(item):
            if isinstance(base, str):
                found = frozenset((base,))
            elif isinstance(base, Expression) and not isinstance(exponent, Expression):
                found = symbols(base)
            else:
                return None
            names = names | found if names else found
        keys[tuple(sorted(names))] = item
    return [keys[key] for key in sorted(keys)] if len(keys) == len(items) else None


def _plain_term(monomial: Monomial, coefficient: Rational) -> Term | None:
    """Most terms are products of symbols: nothing to group or to open. None for all others."""
    numerator: list[Factor] = []
    denominator: list[Factor] = []
    for base, exponent in monomial:
        if type(base) is not str or isinstance(exponent, Expression):
            return None
        if exponent > 0:
            numerator.append(Factor(base, exponent))
        else:
            denominator.append(Factor(base, -exponent))
    if len(numerator) > 1:
        numerator.sort(key=_symbol_of)
    if len(denominator) > 1:
        denominator.sort(key=_symbol_of)
    top, bottom = (coefficient, 1) if type(coefficient) is int else (coefficient.numerator, coefficient.denominator)
    return Term(top < 0, abs(top), bottom, tuple(numerator), tuple(denominator))


def _symbol_of(factor: Factor) -> str:
    assert isinstance(factor.base, str)
    return factor.base


def arrange_term(monomial: Monomial, coefficient: Rational) -> Term:
    """One term, laid out."""
    arrange_here = _arranged if len(monomial) <= LONG else _long_arranged
    return arrange_here(monomial, coefficient)


def _arranged(monomial: Monomial, coefficient: Rational) -> Term:
    plain = _plain_term(monomial, coefficient)
    if plain is not None:
        return plain
    opened = _open_power(monomial, coefficient)
    if opened is not None:
        return Term(False, 1, 1, *opened)
    fraction = Fraction(coefficient)
    numerator: list[Factor] = []
    denominator: list[Factor] = []
    groups: dict[Expression | None, list[tuple[Base, Rational]]] = {}
    for base, exponent in _split_exponents(monomial):
        if isinstance(exponent, Expression):
            content, direction = _direction(exponent)
            groups.setdefault(direction, []).append((base, content))
        elif isinstance(base, int) and type(exponent) is int and abs(exponent) > 1:
            groups.setdefault(None, []).append((base, exponent))
        elif exponent > 0:
            numerator.append(Factor(base, exponent))
        else:
            denominator.append(Factor(base, -exponent))
    for key, members in groups.items():
        _place_group(key, members, numerator, denominator)
    return Term(fraction < 0, abs(fraction.numerator), fraction.denominator, _in_order(numerator),
                _in_order(denominator))


def _in_order(factors: list[Factor]) -> tuple[Factor, ...]:
    ordered = _by_names(factors, lambda factor: (factor,)) if len(factors) > LONG else None
    return tuple(ordered or sorted(factors, key=_factor_key))


_long_arranged = lru_cache(maxsize=4)(_arranged)


def _split_exponents(monomial: Monomial) -> list[tuple[Base, Exponent]]:
    """x^(1−2L) beside other powers in L is x·x^(−2L), so that the powers in L can be shown as one."""
    symbolic = sum([isinstance(exponent, Expression) for _, exponent in monomial])
    if not symbolic:
        return list(monomial)
    items: list[tuple[Base, Exponent]] = []
    for base, exponent in monomial:
        constant = exponent.terms.get(ONE_MONOMIAL) if isinstance(exponent, Expression) else None
        if constant and isinstance(exponent, Expression) and (symbolic > 1 or not isinstance(base, str)):
            items += [(base, constant), (base, exponent - number(constant))]
        else:
            items.append((base, exponent))
    return items


def _direction(exponent: Expression) -> tuple[Rational, Expression]:
    """(r, E) with exponent = r·E and E the same for proportional exponents."""
    if len(exponent.terms) == 1:
        ((monomial, coefficient),) = exponent.terms.items()
        return coefficient, Expression({monomial: 1})
    content, shared, primitive = split_content(exponent)
    return content, product(((Expression({shared: 1}), 1), (primitive, 1)))


def _place_group(
    key: Expression | None, members: list[tuple[Base, Rational]],
    numerator: list[Factor], denominator: list[Factor],
) -> None:
    """Bases that share a symbolic exponent become one power of a fraction: σ^(2L)·2^(−L) is (σ²/2)^L."""
    step = Fraction(gcd(*(Fraction(count).numerator for _, count in members)),
                    lcm(*(Fraction(count).denominator for _, count in members)))
    if key is None and (step == 1 or len(members) == 1):
        for base, power_of in members:
            (numerator if power_of > 0 else denominator).append(Factor(base, power_of if power_of > 0 else -power_of))
        return
    side = numerator
    if all(power_of < 0 for _, power_of in members):
        step, side = -step, denominator
    inner = product((Expression({frozenset(((base, divide(count, step)),)): 1}), 1) for base, count in members)
    inner = _opened_sum(inner) or inner
    shown: Exponent = whole(abs(step)) if key is None else number(abs(step)) * key
    if len(inner.terms) == 1:
        ((monomial, coefficient),) = inner.terms.items()
        if coefficient == 1 and len(monomial) == 1:
            ((base, count),) = monomial
            if count == 1:
                side.append(Factor(base, shown))
                return
        elif not monomial and type(coefficient) is int and coefficient > 0:
            side.append(Factor(coefficient, shown))
            return
    side.append(Factor(inner, shown))


def _opened_sum(inner: Expression) -> Expression | None:
    """A simple factor times one sum, multiplied out, where that gives a sum with a constant: 1 + σ²/2."""
    if len(inner.terms) != 1:
        return None
    opened = total((inner, number(0), number(0)))
    return opened if len(opened.terms) > 1 and ONE_MONOMIAL in opened.terms else None


def _open_power(monomial: Monomial, coefficient: Rational) -> tuple[tuple[Factor, ...], tuple[Factor, ...]] | None:
    """(2+σ²)⁴/16 is shown as (1+σ²/2)⁴: one sum to a whole power, the rest a perfect power of that order."""
    sums = [(base, exponent) for base, exponent in monomial if isinstance(base, Expression)]
    if len(sums) != 1 or coefficient <= 0 or type(sums[0][1]) is not int or abs(sums[0][1]) < 2:
        return None
    base, exponent = sums[0]
    assert isinstance(exponent, int)
    rest = [(other, count) for other, count in monomial if other is not base]
    if any(not isinstance(other, str) or type(count) is not int or count % exponent for other, count in rest):
        return None
    root = _exact_root(Fraction(coefficient), abs(exponent))
    if root is None or (exponent < 0 and rest):
        return None
    if exponent < 0:
        root = 1 / root
    simple = product([(number(root), 1)] + [(Expression({frozenset(((other, 1),)): 1}), count // exponent)
                                            for other, count in rest if isinstance(count, int)])
    inner = _opened_sum(simple * Expression({frozenset(((base, 1),)): 1}))
    if inner is None:
        return None
    factor = (Factor(inner, abs(exponent)),)
    return (factor, ()) if exponent > 0 else ((), factor)


def _exact_root(value: Fraction, order: int) -> Fraction | None:
    parts = []
    for part in (value.numerator, value.denominator):
        if part.bit_length() > 900:
            return None
        root = round(part ** (1 / order))
        if root**order != part:
            return None
        parts.append(root)
    return Fraction(parts[0], parts[1])


def _factor_key(factor: Factor) -> tuple[object, ...]:
    symbolic = isinstance(factor.exponent, Expression)
    return (symbolic and not isinstance(factor.base, int), base_key(factor.base), exponent_key(factor.exponent))
