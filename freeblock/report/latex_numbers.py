"""Long numbers in formulas: kept as a power where they are one; else every constant part is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE_MONOMIAL, Base, Exponent, Expression, Function, Monomial, number
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.products import product
from freeblock.formula.rational import Rational, bits, factors
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import symbols
from freeblock.report.latex_symbols import ROUNDED

DIGITS = 6
"""Significant digits of a rounded number."""
_SHORT_BITS = 30
"""A fraction whose parts have together no more bits than this (nine digits) is printed as it is."""
_SMALL_BASE = 1000
_LARGEST_BASE = 1_000_000
"""A power of a larger number is rounded."""


@lru_cache(maxsize=512)
def is_long(expression: Expression) -> bool:
    """Whether some number in the formula will be rounded."""
    return any(_is_hard(part) for part in bottom_up(expression))


def shortened(expression: Expression) -> Expression:
    """The formula with long numbers written as powers of small ones, or with its constant parts rounded."""
    parts = bottom_up(expression)
    if any(_is_hard(part) for part in parts):
        return _Folding(parts).done[expression]
    if not any(_is_many(coefficient) for part in parts for coefficient in part.terms.values()):
        return expression
    done: dict[Expression, Expression] = {}
    for part in parts:
        terms: dict[Monomial, Rational] = {}
        for monomial, value in part.terms.items():
            key, rest = _opened(_rebuilt(monomial, done), value)
            terms[key] = rest
        done[part] = Expression(terms)
    return done[expression]


def rounded(value: Magnitude, most: int = DIGITS) -> str:
    """A number to `most` significant digits, as LaTeX."""
    logarithm = value.log10()
    if logarithm is None:
        return "0"
    exponent = int(logarithm // 1)
    if -5 < exponent < DIGITS + 2:
        text = f"{value.to_float():.{max(0, most - 1 - exponent)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = f"{10 ** (logarithm - exponent):.{most - 1}f}".rstrip("0").rstrip(".")
    sign = "-" if value.mantissa < 0 else ""
    return rf"{sign}{digits} \times 10^{{{exponent}}}"


def _is_hard(part: Expression) -> bool:
    """Whether the formula holds a number that is neither short nor a power of small ones."""
    return any(_must_round(value) for value in part.terms.values()) or any(
        type(base) is int and base > _LARGEST_BASE for monomial in part.terms for base, _ in monomial)


def _is_many(value: Rational) -> bool:
    if type(value) is int:
        return value.bit_length() > _SHORT_BITS
    return value.numerator.bit_length() + value.denominator.bit_length() > _SHORT_BITS


def _must_round(value: Rational) -> bool:
    return _is_many(value) and _prime_powers(value) is None


def _prime_powers(value: Rational) -> list[tuple[int, int]] | None:
    """The number as a product of at most two powers of small numbers; None where it is not."""
    if bits(value) > 20 * _SHORT_BITS:
        return None
    fraction = abs(Fraction(value))
    found = [(base, count * sign) for part, sign in ((fraction.numerator, 1), (fraction.denominator, -1))
             if part > 1 for base, count in factors(part)]
    if len(found) > 2 or any(base >= _SMALL_BASE for base, _ in found):
        return None
    return found


def _opened(monomial: Monomial, value: Rational) -> tuple[Monomial, Rational]:
    """The coefficient as powers of small numbers, where it is long and they are few."""
    powers = _prime_powers(value) if _is_many(value) else None
    known = {base for base, _ in monomial}
    if not powers or any(base in known for base, _ in powers):
        return monomial, value
    return monomial | frozenset(powers), 1 if value > 0 else -1


def _rebuilt(monomial: Monomial, done: dict[Expression, Expression]) -> Monomial:
    return frozenset((_base(base, done), done[exponent] if isinstance(exponent, Expression) else exponent)
                     for base, exponent in monomial)


def _base(base: Base, done: dict[Expression, Expression]) -> Base:
    if isinstance(base, Expression):
        return done[base]
    if isinstance(base, Function):
        return Function(base.name, tuple(done[part] for part in base.arguments))
    return base


class _Folding:
    """Rounds the constant factors and terms of every part; exact short coefficients of symbols stay."""

    def __init__(self, parts: list[Expression]) -> None:
        self.done: dict[Expression, Expression] = {}
        for part in parts:
            self.done[part] = self._folded(part)

    def _folded(self, part: Expression, *, scaled: bool = True) -> Expression:
        sums: dict[Monomial, Magnitude] = {}
        exact: dict[Monomial, Rational | None] = {}
        for monomial, coefficient in part.terms.items():
            if scaled:
                monomial, coefficient = self._scaled(monomial, coefficient)
            constant, rest = self._divided(monomial)
            value = _value(constant, coefficient)
            if value is None:
                # A constant beyond evaluation stays as it is, behind its coefficient.
                constant, rest = ONE_MONOMIAL, _rebuilt(monomial, self.done)
                value = Magnitude.of(coefficient)
            is_exact = not constant and not _must_round(coefficient)
            sums[rest] = sums[rest] + value if rest in sums else value
            known = exact.get(rest, 0)
            exact[rest] = known + coefficient if is_exact and known is not None else None
        terms: dict[Monomial, Rational] = {}
        for rest, value in sums.items():
            key, coefficient = _written(rest, value, exact[rest])
            if coefficient:
                terms[key] = coefficient
        return Expression(terms)

    def _scaled(self, monomial: Monomial, coefficient: Rational) -> tuple[Monomial, Rational]:
        """10⁻¹⁸·(10¹⁸ + x) is (1 + 10⁻¹⁸ x): a long number in front of one sum goes into it."""
        sums = [base for base, exponent in monomial
                if isinstance(base, Expression) and exponent == 1 and symbols(base)]
        if len(sums) != 1 or not _is_many(coefficient):
            return monomial, coefficient
        opened = product(((number(coefficient), 1), (sums[0], 1)))
        if len(opened.terms) < 2:
            return monomial, coefficient
        # Not further in: sums within sums within sums would be opened anew along every path.
        self.done[opened] = self._folded(opened, scaled=False)
        return monomial - {(sums[0], 1)} | {(opened, 1)}, 1

    def _divided(self, monomial: Monomial) -> tuple[Monomial, Monomial]:
        """The constant factors as they are, and the others with what is inside them folded."""
        constant = frozenset(item for item in monomial if not symbols(Expression({frozenset((item,)): 1})))
        others = monomial - constant
        powers = [(base, exponent) for base, exponent in others
                  if isinstance(exponent, Expression) and not isinstance(base, str) and not symbols(_alone(base))]
        rest = _rebuilt(others - frozenset(powers), self.done)
        if any(_is_hard(_alone(base)) or isinstance(base, Expression) for base, _ in powers):
            return constant, rest | frozenset(_merged(powers))
        return constant, rest | frozenset(powers)


def _alone(base: Base) -> Expression:
    return base if isinstance(base, Expression) else Expression({frozenset(((base, 1),)): 1})


def _merged(powers: Sequence[tuple[Base, Expression]]) -> list[tuple[Base, Exponent]]:
    """Powers of numbers with proportional exponents, as one power of a rounded number."""
    exponent = min((exponent for _, exponent in powers), key=lambda exponent: (
        len(exponent.terms), abs(next(iter(exponent.terms.values())))))
    value = Magnitude(1.0)
    left: list[tuple[Base, Exponent]] = []
    for base, other in powers:
        ratio = (other / exponent).number()
        size = None if ratio is None else _power_value(base, ratio)
        if size is None:
            left.append((base, other))
        else:
            value = value * size
    return [*left, (ROUNDED + rounded(value), exponent)]


def _power_value(base: Base, exponent: Rational) -> Magnitude | None:
    return _value(frozenset(((base, exponent),)), 1)


def _value(constant: Monomial, coefficient: Rational) -> Magnitude | None:
    """The number a constant monomial stands for; None where it cannot be evaluated."""
    try:
        return evaluate(Expression({constant: coefficient}), {})
    except (ArithmeticError, ValueError):
        return None


def _written(rest: Monomial, value: Magnitude, exact: Rational | None) -> tuple[Monomial, Rational]:
    if exact is not None:
        return _opened(rest, exact)
    if not value.mantissa:
        return ONE_MONOMIAL, 0
    size = value if value.mantissa > 0 else -value
    text = rounded(size)
    sign = 1 if value.mantissa > 0 else -1
    return (rest if text == "1" else rest | {(ROUNDED + text, 1)}), sign
