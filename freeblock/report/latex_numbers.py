"""Long numbers in formulas: kept as a power where they are one, rounded otherwise."""

from __future__ import annotations

from fractions import Fraction

from freeblock.formula.expression import Base, Exponent, Expression, Function
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.rational import Rational, factors
from freeblock.formula.traversal import bottom_up
from freeblock.report.latex_symbols import ROUNDED

SHORT = 9
"""A fraction with at most so many digits is printed as it is."""
DIGITS = 6
"""Significant digits of a rounded number."""
_TRIVIAL_BASE = 1000


def is_long(expression: Expression) -> bool:
    """Whether some number in the formula will be rounded."""
    return any(_must_round(coefficient) for part in bottom_up(expression) for coefficient in part.terms.values())


def shortened(expression: Expression) -> Expression:
    """The formula with each long number written as powers of small ones, or rounded."""
    parts = bottom_up(expression)
    if not any(_is_many(coefficient) for part in parts for coefficient in part.terms.values()):
        return expression
    done: dict[Expression, Expression] = {}
    for part in parts:
        done[part] = Expression(dict(_item(monomial, value, done) for monomial, value in part.terms.items()))
    return done[expression]


def rounded(value: Magnitude | Rational) -> str:
    """A number to six significant digits, as LaTeX."""
    size = value if isinstance(value, Magnitude) else Magnitude.of(value)
    logarithm = size.log10()
    if logarithm is None:
        return "0"
    exponent = int(logarithm // 1)
    if -5 < exponent < DIGITS + 2:
        number = size.to_float()
        places = max(0, DIGITS - 1 - exponent)
        text = f"{number:.{places}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = f"{10 ** (logarithm - exponent):.{DIGITS - 1}f}".rstrip("0").rstrip(".")
    sign = "-" if size.mantissa < 0 else ""
    return rf"{sign}{digits} \times 10^{{{exponent}}}"


def _is_many(value: Rational) -> bool:
    if type(value) is int:
        return abs(value) >= 10**SHORT
    return len(str(abs(value.numerator))) + len(str(value.denominator)) > SHORT


def _prime_powers(value: Rational) -> list[tuple[int, int]] | None:
    """The number as a product of few powers of small numbers; None where it is not."""
    fraction = Fraction(abs(value))
    found = [(base, count * sign) for part, sign in ((fraction.numerator, 1), (fraction.denominator, -1))
             if part > 1 for base, count in factors(part)]
    if len(found) > 2 or any(base >= _TRIVIAL_BASE for base, _ in found):
        return None
    return found


def _must_round(value: Rational) -> bool:
    return _is_many(value) and _prime_powers(value) is None


def _item(
    monomial: frozenset[tuple[Base, Exponent]], value: Rational, done: dict[Expression, Expression]
) -> tuple[frozenset[tuple[Base, Exponent]], Rational]:
    bases: dict[Base, Exponent] = {}
    for base, exponent in monomial:
        bases[_base(base, done)] = done[exponent] if isinstance(exponent, Expression) else exponent
    if not _is_many(value):
        return frozenset(bases.items()), value
    sign = 1 if value > 0 else -1
    powers = _prime_powers(value)
    if powers is None or any(base in bases for base, _ in powers):
        bases[ROUNDED + rounded(abs(value))] = 1
    else:
        bases.update(powers)
    return frozenset(bases.items()), sign


def _base(base: Base, done: dict[Expression, Expression]) -> Base:
    if isinstance(base, Expression):
        return done[base]
    if isinstance(base, Function):
        return Function(base.name, tuple(done[part] for part in base.arguments))
    return base
