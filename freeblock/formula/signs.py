"""The sign of a formula for positive symbols, where it is certain: by its terms, by numbers, by stated facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

import mpmath

from freeblock.formula.exponents import from_exponent
from freeblock.formula.expression import ONE, Base, Exponent, Expression, Function, number
from freeblock.formula.order import Fact, is_at_least, is_greater
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.products import as_factor, product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols

LARGEST = 40
"""The highest power that is worked out to compare a product of powers with 1."""
DIGITS = 40
"""A number closer to 0 than 10^−30 of its largest term has no sign that is certain."""


@dataclass(frozen=True, slots=True)
class Known:
    """What signs are decided with: stated facts, symbols that are whole, symbols with a published value."""

    facts: Sequence[Fact] = ()
    whole: frozenset[str] = frozenset()
    constants: Mapping[str, Fraction] = field(default_factory=dict)


def sign_of(expression: Expression, known: Known) -> int | None:
    """−1, 0 or 1; None where positivity and the facts do not tell."""
    if expression.is_zero or multiply_out(expression).is_zero:
        return 0
    if not symbols(expression) - known.constants.keys():
        return _of_number(expression, known.constants)
    for candidate, sign in ((expression, 1), (-expression, -1)):
        if is_greater(candidate, number(0), known.facts, known.whole) or _exceeds(candidate, known):
            return sign
    if len(expression.terms) == 1:
        return _of_product(expression, known)
    compared = _of_logarithms(expression, known)
    return _of_parts(expression, known) if compared is None else compared


def open_part(expression: Expression, known: Known) -> Expression:
    """The factors whose sign is open, which are positive together where the formula is: 1 − x for 2^L·(1 − x)."""
    ((monomial, coefficient),) = as_factor(expression).terms.items()
    left = frozenset(item for item in monomial if _of_factor(*item, known) != 1)
    return product([(Expression({left: 1 if coefficient > 0 else -1}), 1)])


def is_not_negative(expression: Expression, known: Known) -> bool:
    """Whether the value is certain to be at least 0."""
    sign = sign_of(expression, known)
    return sign is not None and sign >= 0 or is_at_least(expression, number(0), known.facts, known.whole)


def _of_number(expression: Expression, constants: Mapping[str, Fraction]) -> int | None:
    try:
        value = evaluate_precisely(expression, constants, DIGITS)
        size = max(abs(evaluate_precisely(Expression({monomial: coefficient}), constants, 10))
                   for monomial, coefficient in expression.terms.items())
    except (ArithmeticError, ValueError):
        return None
    if abs(value) <= size * mpmath.mpf(10) ** (-DIGITS + 10):
        return None
    return 1 if value > 0 else -1


def _of_product(term: Expression, known: Known) -> int | None:
    ((monomial, coefficient),) = term.terms.items()
    result = 1 if coefficient > 0 else -1
    for base, exponent in monomial:
        sign = _of_factor(base, exponent, known)
        if sign is None:
            return None
        result *= sign
    return result


def _of_logarithms(expression: Expression, known: Known) -> int | None:
    """log a − log b has the sign of a − b, and so on for several, each counted up to four times."""
    sides: tuple[list[tuple[Expression, int]], list[tuple[Expression, int]]] = ([], [])
    for monomial, coefficient in expression.terms.items():
        ((base, exponent), *more) = monomial or ((1, 1),)
        if more or exponent != 1 or not (isinstance(base, Function) and base.name == "log") or \
                not isinstance(coefficient, int) or abs(coefficient) > 4:
            return None
        sides[coefficient < 0].append((as_factor(base.arguments[0]), abs(coefficient)))
    return sign_of(product(sides[0]) - product(sides[1]), known)


def _of_function(base: Base, single: Expression, known: Known) -> int | None:
    if isinstance(base, Function) and base.name == "log":
        return sign_of(base.arguments[0] - ONE, known)
    return None if symbols(single) - known.constants.keys() else _of_number(single, known.constants)


def _of_factor(base: Base, exponent: Exponent, known: Known) -> int | None:
    if isinstance(base, str) or (isinstance(base, int) and base > 0):
        return 1
    single = Expression({frozenset(((base, 1),)): 1})
    sign = 1 if is_manifestly_positive(single) else (
        sign_of(base, known) if isinstance(base, Expression) else _of_function(base, single, known))
    if sign == -1:
        # A negative base has a real value with whole exponents only.
        return (-1 if exponent % 2 else 1) if isinstance(exponent, int) else None
    if sign is None and isinstance(exponent, Fraction):
        return 1 if exponent.numerator % 2 and not exponent.denominator % 2 else None
    return sign


def _of_parts(expression: Expression, known: Known) -> int | None:
    """One sign of all: of each term with a root or a sum in it, and of the plain rest taken together."""
    plain = {}
    signs = []
    for monomial, coefficient in expression.terms.items():
        if all(isinstance(base, (str, int)) and isinstance(exponent, int) for base, exponent in monomial):
            plain[monomial] = coefficient
        else:
            signs.append(_of_product(Expression({monomial: coefficient}), known))
    if plain and signs:
        signs.append(sign_of(Expression(plain), known))
    return signs[0] if signs and signs[0] is not None and all(sign == signs[0] for sign in signs) else None


def _exceeds(expression: Expression, known: Known) -> bool:
    """Whether a difference of two terms is positive because their quotient is a power above 1: 2^(1/L) − 1."""
    if len(expression.terms) != 2:
        return False
    (one, first), (other, second) = expression.terms.items()
    if (first > 0) == (second > 0):
        return False
    if first < 0:
        one, first, other, second = other, second, one, first
    if any(_of_product(Expression({monomial: 1}), known) not in (1, None) for monomial in (one, other)):
        return False
    quotient = product(((Expression({one: first}), 1), (Expression({other: -second}), -1)))
    return _is_above_one(quotient, known)


def _is_above_one(quotient: Expression, known: Known) -> bool:
    """Factors with one exponent are taken together: 11^(1/L)·10^(−1/L) is (11/10)^(1/L)."""
    if len(quotient.terms) != 1:
        return False
    ((monomial, coefficient),) = quotient.terms.items()
    if coefficient <= 0:
        return False
    parts: dict[Expression, list[tuple[Expression, Fraction]]] = {ONE: [(number(coefficient), Fraction(1))]}
    for base, exponent in monomial:
        if isinstance(base, str) and base in known.whole and isinstance(exponent, int) and exponent > 0:
            continue  # a whole symbol is at least 1
        shape, rate = _shape(from_exponent(exponent))
        parts.setdefault(shape, []).append((Expression({frozenset(((base, 1),)): 1}), rate))
    if parts.keys() == {ONE} and all(rate.denominator == 1 for _, rate in parts[ONE]):
        return False  # whole powers: the difference says as much
    compared = [(shape, _against_one(members, known)) for shape, members in parts.items()]
    return any(sign == 1 or sign == -1 for _, sign in compared) and all(
        sign == 0 or (sign is not None and sign_of(shape if sign > 0 else -shape, known) == 1)
        for shape, sign in compared)


def _against_one(members: Sequence[tuple[Expression, Fraction]], known: Known) -> int | None:
    """The sign of Π base^rate − 1, by what the whole powers of it come to."""
    common = lcm(*(rate.denominator for _, rate in members))
    if any(abs(rate * common) > LARGEST for _, rate in members):
        return None
    over = product((base, int(rate * common)) for base, rate in members if rate > 0)
    under = product((base, int(-rate * common)) for base, rate in members if rate < 0)
    return sign_of(over - under, known)


def _shape(exponent: Expression) -> tuple[Expression, Fraction]:
    """An exponent without its number: 3/(2L) is 1/L, three halves of it."""
    if len(exponent.terms) != 1:
        return exponent, Fraction(1)
    ((monomial, coefficient),) = exponent.terms.items()
    return Expression({monomial: 1}), Fraction(coefficient)
