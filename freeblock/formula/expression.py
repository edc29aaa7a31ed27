"""The normal form of a formula: a sum of monomials with exact coefficients and symbolic exponents.

A monomial is a counter base → exponent. A base is a symbol (a positive real), a whole number ≥ 2 (or −1),
a function value, or a *wrapped* expression: a sum is multiplied by being carried as one factor, so that
a product of L sums has L factors and never 2^L terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Union

from freeblock.formula.rational import CHUNK_BITS, POWER_BITS, Rational, bits, divide, factors, whole

Exponent = Union[int, Fraction, "Expression"]
Base = Union[str, int, "Function", "Expression"]
Monomial = frozenset[tuple[Base, Exponent]]

CONSTANTS = frozenset({"pi", "e"})
ONE_MONOMIAL: Monomial = frozenset()

DISTRIBUTE_TERMS = 40
"""A sum with more terms than this is wrapped, not multiplied out, when it meets a monomial."""


COMMON_DENOMINATOR_TERMS = 8
"""Sums of up to so many terms are put over the common denominator of their symbols when wrapped."""


DISTRIBUTE_FACTORS = 200
"""The same for the number of factors in all its terms: a polynomial in many symbols is wrapped sooner."""


class Function:
    """The value of a named function at expressions; `product` and `sum` bind their first argument."""

    __slots__ = ("_hash", "arguments", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...]) -> None:
        self.name = name
        self.arguments = arguments
        self._hash = hash((name, arguments))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Function)
            and self._hash == other._hash
            and self.name == other.name
            and self.arguments == other.arguments
        )


class Expression:
    """An exact formula over positive symbols. Immutable; equal normal forms are equal and hash alike."""

    __slots__ = ("_hash", "_key", "free", "terms")

    def __init__(self, terms: dict[Monomial, Rational]) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._key: tuple[object, ...] | None = None
        self.free: frozenset[str] | None = None
        """The free symbols and constants, once they have been asked for."""

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expression) or hash(self) != hash(other):
            return False
        if self.terms is not other.terms:
            if self.terms != other.terms:
                return False
            # Equal parts are compared once: in a formula that shares its parts there are too many paths to them.
            self.terms = other.terms
        return True

    def __repr__(self) -> str:
        return f"Expression({self.terms!r})"

    @property
    def is_zero(self) -> bool:
        """Whether the normal form is 0."""
        return not self.terms

    @property
    def is_one(self) -> bool:
        """Whether the normal form is 1."""
        return self.terms == _ONE_TERMS

    def number(self) -> Rational | None:
        """The exact value if the formula is one rational number, else None."""
        if not self.terms:
            return 0
        if len(self.terms) == 1:
            return self.terms.get(ONE_MONOMIAL)
        return None

    def __add__(self, other: Expression) -> Expression:
        return total((self, other))

    def __sub__(self, other: Expression) -> Expression:
        return total((self, other * MINUS_ONE))

    def __neg__(self) -> Expression:
        return self * MINUS_ONE

    def __mul__(self, other: Expression) -> Expression:
        return product(((self, 1), (other, 1)))

    def __truediv__(self, other: Expression) -> Expression:
        if other.is_zero:
            raise ZeroDivisionError("division by zero")
        return product(((self, 1), (other, -1)))

    def __pow__(self, exponent: int | Fraction | Expression) -> Expression:
        return power(self, exponent)


def number(value: Rational) -> Expression:
    """The expression of an exact number."""
    value = whole(value)
    return Expression({ONE_MONOMIAL: value}) if value else ZERO


def symbol(name: str) -> Expression:
    """The expression of one positive real symbol (or of the constants pi and e)."""
    return Expression({frozenset(((name, 1),)): 1})


def function(name: str, arguments: Iterable[Expression]) -> Expression:
    """The expression of a function value that has no simpler form."""
    return Expression({frozenset(((Function(name, tuple(arguments)), 1),)): 1})


_ONE_TERMS: dict[Monomial, Rational] = {ONE_MONOMIAL: 1}
ZERO = Expression({})
ONE = Expression(_ONE_TERMS)
MINUS_ONE = Expression({ONE_MONOMIAL: -1})


def total(parts: Iterable[Expression]) -> Expression:
    """The sum of expressions, in one pass. A small wrapped sum among them is opened."""
    parts = list(parts)
    if len(parts) == 2:
        if not parts[0].terms:
            return parts[1]
        if not parts[1].terms:
            return parts[0]
    result: dict[Monomial, Rational] = {}
    several = len(parts) > 1
    for part in parts:
        for monomial, coefficient in part.terms.items():
            opened = _open(monomial) if several and monomial else None
            if opened is None:
                value = result.get(monomial, 0) + coefficient
                if not monomial and type(value) is not int and value.denominator.bit_length() > CHUNK_BITS:
                    # A rational of very many digits stays a sum of several.
                    chunk: Monomial = frozenset(((Expression({ONE_MONOMIAL: value}), 1),))
                    result[chunk] = result.get(chunk, 0) + 1
                    value = 0
                result[monomial] = value
                continue
            for inner, weight in opened.terms.items():
                result[inner] = result.get(inner, 0) + coefficient * weight
    return Expression({key: whole(value) for key, value in result.items() if value})


def _open(monomial: Monomial) -> Expression | None:
    """A monomial that is a simple factor times one small wrapped sum, multiplied out; else None."""
    wrapped = None
    for base, exponent in monomial:
        if isinstance(base, Expression):
            if wrapped is not None or exponent != 1 or not (len(base.terms) > 1 and is_small(base)):
                return None
            wrapped = base
        elif not _is_simple(base, exponent):
            return None
    if wrapped is None:
        return None
    if len(monomial) == 1:
        return wrapped
    rest = Expression({frozenset(item for item in monomial if item[0] is not wrapped): 1})
    return _distribute(rest, wrapped)


def is_small(several: Expression) -> bool:
    """Whether a sum is short enough to be multiplied out when it meets a monomial."""
    terms = several.terms
    return len(terms) <= 8 or (len(terms) <= DISTRIBUTE_TERMS and sum(map(len, terms)) <= DISTRIBUTE_FACTORS)


def _is_simple(base: Base, exponent: Exponent) -> bool:
    """Whether a factor is multiplied into sums: numbers, symbols, and constants such as E sech⁴."""
    plain = isinstance(base, (str, int)) or (isinstance(base, Function) and base.name in _LIKE_SYMBOLS)
    return plain and not isinstance(exponent, Expression)


_LIKE_SYMBOLS = frozenset({"sech_moment", "Phi", "min", "max"})


def _distribute(single: Expression, several: Expression) -> Expression:
    ((monomial, coefficient),) = single.terms.items()
    result: dict[Monomial, Rational] = {}
    for inner, weight in several.terms.items():
        key, extra = _multiply_monomials(monomial, inner)
        value = coefficient * weight if extra == 1 else coefficient * weight * extra
        result[key] = result.get(key, 0) + value
    return Expression({key: whole(value) for key, value in result.items() if value})


@lru_cache(maxsize=65536)
def _multiply_monomials(first: Monomial, second: Monomial) -> tuple[Monomial, Rational]:
    """The product as monomial and coefficient (powers of whole numbers may leave the monomial)."""
    if not first:
        return second, 1
    if not second:
        return first, 1
    merged = _Product()
    merged.multiply_monomial(first, 1)
    merged.multiply_monomial(second, 1)
    ((monomial, coefficient),) = merged.result().terms.items()
    return monomial, coefficient


class _Product:
    """A product under construction: coefficient, and counter base → exponent."""

    __slots__ = ("coefficient", "counter", "whole_bases")

    def __init__(self) -> None:
        self.coefficient: Rational = 1
        self.counter: dict[Base, Exponent] = {}
        self.whole_bases = False

    def multiply_coefficient(self, value: Rational) -> None:
        self.coefficient = self.coefficient * value
        if bits(self.coefficient) > CHUNK_BITS:
            coefficient = Fraction(self.coefficient)
            self.coefficient = 1 if coefficient > 0 else -1
            self.raise_base(abs(coefficient.numerator), 1)
            self.raise_base(coefficient.denominator, -1)

    def raise_base(self, base: Base, exponent: Exponent) -> None:
        if type(base) is int:
            if base == 1:
                return
            self.whole_bases = True
        known = self.counter.get(base)
        self.counter[base] = exponent if known is None else add_exponents(known, exponent)

    def multiply_monomial(self, monomial: Monomial, exponent: int) -> None:
        if exponent == 1:
            for base, inner in monomial:
                self.raise_base(base, inner)
        else:
            for base, inner in monomial:
                self.raise_base(base, scale_exponent(inner, exponent))

    def result(self) -> Expression:
        if not self.coefficient:
            return ZERO
        if self.whole_bases:
            self._settle_whole_bases()
        monomial = frozenset(item for item in self.counter.items() if not _is_zero_exponent(item[1]))
        return Expression({monomial: whole(self.coefficient)})

    def _settle_whole_bases(self) -> None:
        """Move the rational part of each whole base's power into the coefficient."""
        for base in [key for key in self.counter if type(key) is int]:
            exponent = self.counter[base]
            if isinstance(exponent, Expression):
                constant = exponent.terms.get(ONE_MONOMIAL, 0)
                steps = constant.__floor__()
                rest: Exponent = exponent - number(steps) if steps else exponent
            else:
                steps = exponent.__floor__()
                rest = whole(exponent - steps)
            if base == -1:
                self.coefficient = -self.coefficient if steps % 2 else self.coefficient
                self.counter[base] = rest
            elif steps and abs(steps) * base.bit_length() <= POWER_BITS:
                self.coefficient = whole(self.coefficient * Fraction(base) ** steps)
                self.counter[base] = rest


def _is_zero_exponent(exponent: Exponent) -> bool:
    return exponent.is_zero if isinstance(exponent, Expression) else not exponent


def add_exponents(first: Exponent, second: Exponent) -> Exponent:
    """The sum of two exponents, as a number where it is one."""
    if not isinstance(first, Expression) and not isinstance(second, Expression):
        return whole(first + second)
    return _as_exponent(_from_exponent(first) + _from_exponent(second))


def scale_exponent(exponent: Exponent, factor: Exponent) -> Exponent:
    """The product of two exponents, as a number where it is one."""
    if not isinstance(exponent, Expression) and not isinstance(factor, Expression):
        return whole(exponent * factor)
    return _as_exponent(_from_exponent(exponent) * _from_exponent(factor))


def _from_exponent(exponent: Exponent) -> Expression:
    return exponent if isinstance(exponent, Expression) else number(exponent)


def _as_exponent(expression: Expression) -> Exponent:
    value = expression.number()
    return expression if value is None else value


def product(powers: Iterable[tuple[Expression, int]]) -> Expression:
    """The product of integer powers of expressions, in one pass. Raises ZeroDivisionError."""
    merged = _Product()
    sums: list[tuple[Expression, int]] = []
    for expression, exponent in powers:
        terms = expression.terms
        if not terms:
            if exponent < 0:
                raise ZeroDivisionError("division by zero")
            if exponent:
                return ZERO
        elif len(terms) == 1:
            ((monomial, coefficient),) = terms.items()
            if coefficient != 1:
                _multiply_number(merged, coefficient, exponent)
            merged.multiply_monomial(monomial, exponent)
        else:
            sums.append((expression, exponent))
    if not sums:
        return _unwrapped(merged.result())
    if len(sums) == 1 and sums[0][1] == 1 and is_small(sums[0][0]):
        single = merged.result()
        if single.is_one:
            return sums[0][0]
        ((monomial, _),) = single.terms.items()
        if all(_is_simple(base, exponent) for base, exponent in monomial):
            return _distribute(single, sums[0][0])
    for expression, exponent in sums:
        coefficient, monomial, primitive = split_content(expression)
        _multiply_number(merged, coefficient, exponent)
        merged.multiply_monomial(monomial, exponent)
        merged.raise_base(primitive, exponent)
    return _unwrapped(merged.result())


def _unwrapped(result: Expression) -> Expression:
    """A product in which one small sum is left to the first power, beside simple factors, is that sum again."""
    if len(result.terms) != 1:
        return result
    ((monomial, coefficient),) = result.terms.items()
    if not any(exponent == 1 and isinstance(base, Expression) for base, exponent in monomial):
        return result
    opened = _open(monomial)
    if opened is None:
        return result
    return opened if coefficient == 1 else _distribute(number(coefficient), opened)


def _multiply_number(merged: _Product, value: Rational, exponent: int) -> None:
    if abs(exponent) == 1 or abs(exponent) * bits(value) <= POWER_BITS:
        merged.multiply_coefficient(value if exponent == 1 else divide(1, value) if exponent == -1
                                    else whole(Fraction(value) ** exponent))
        return
    if value < 0 and exponent % 2:
        merged.multiply_coefficient(-1)
    size = value if value > 0 else -value
    fraction = Fraction(size)
    for part, sign in ((fraction.numerator, exponent), (fraction.denominator, -exponent)):
        for base, count in factors(part):
            merged.raise_base(base, count * sign)


def split_content(expression: Expression) -> tuple[Rational, Monomial, Expression]:
    """(c, M, P) with expression = c·M·P, P a primitive sum: whole coprime coefficients, no common monomial."""
    coefficients = list(expression.terms.values())
    numerators = gcd(*(value.numerator for value in coefficients))
    denominators = lcm(*(value.denominator for value in coefficients))
    content: Rational = whole(Fraction(numerators, denominators))
    if _prefers_negation(expression):
        content = -content
    shared = _common_monomial(expression)
    if content == 1 and not shared:
        return 1, ONE_MONOMIAL, expression
    rest: dict[Monomial, Rational] = {}
    for monomial, coefficient in expression.terms.items():
        if shared:
            merged = _Product()
            merged.multiply_monomial(monomial, 1)
            merged.multiply_monomial(shared, -1)
            ((monomial, weight),) = merged.result().terms.items()
            coefficient = coefficient * weight
        rest[monomial] = divide(coefficient, content)
    return content, shared, Expression(rest)


def _common_monomial(expression: Expression) -> Monomial:
    """What all terms of a sum share; for a short sum also the common denominator."""
    common: dict[Base, Rational] | None = None
    small = len(expression.terms) <= COMMON_DENOMINATOR_TERMS
    for monomial in expression.terms:
        here = {base: power for base, power in monomial if not isinstance(power, Expression)}
        if common is None:
            common = here
            continue
        least = {base: min(power, here.get(base, 0)) for base, power in common.items()
                 if base in here or (small and _is_denominator(base, power))}
        if small:
            least |= {base: power for base, power in here.items()
                      if base not in common and _is_denominator(base, power)}
        common = {base: power for base, power in least.items() if power}
    return frozenset((common or {}).items())


def _is_denominator(base: Base, power: int | Fraction) -> bool:
    """A divisor worth a common denominator: a symbol, or a sum (such as a width) to the first power."""
    return (power < 0 and isinstance(base, str)) or (power == -1 and isinstance(base, Expression))


def _prefers_negation(expression: Expression) -> bool:
    """Whether −expression is the form to show: more negative than positive terms, or a negative constant."""
    negative = sum(1 for value in expression.terms.values() if value < 0)
    if 2 * negative != len(expression.terms):
        return 2 * negative > len(expression.terms)
    constant = expression.terms.get(ONE_MONOMIAL, 0)
    if constant:
        return constant < 0
    return min(expression.terms.items(), key=lambda item: monomial_key(item[0]))[1] < 0


def power(base: Expression, exponent: int | Fraction | Expression, *, whole_exponent: bool = False) -> Expression:
    """base^exponent. With `whole_exponent` a symbolic exponent is known to be an integer.

    Raises ZeroDivisionError for 0 to a negative power and ValueError where no real value is certain.
    """
    exponent = _as_exponent(_from_exponent(exponent))
    if isinstance(exponent, int):
        return ONE if not exponent else product(((base, exponent),)) if exponent != 1 else base
    if base.is_zero:
        if not is_manifestly_positive(_from_exponent(exponent)):
            raise ValueError("zero to a power that may be negative")
        return ZERO
    if len(base.terms) > 1:
        merged = _Product()
        content, monomial, primitive = split_content(base)
        if content < 0:
            content, primitive = -content, -primitive
        _raise_number(merged, content, exponent)
        _raise_factors(merged, (*monomial, (primitive, 1)), exponent, whole_exponent=whole_exponent)
        return merged.result()
    return _power_of_monomial(base, exponent, whole_exponent=whole_exponent)


def _power_of_monomial(base: Expression, exponent: Fraction | Expression, *, whole_exponent: bool) -> Expression:
    ((monomial, coefficient),) = base.terms.items()
    merged = _Product()
    if coefficient < 0:
        if not whole_exponent:
            raise ValueError("a negative number to a fractional or symbolic power")
        merged.raise_base(-1, exponent)
    size = coefficient if coefficient > 0 else -coefficient
    _raise_number(merged, size, exponent)
    _raise_factors(merged, tuple(monomial), exponent, whole_exponent=whole_exponent)
    return merged.result()


def _raise_factors(
    merged: _Product, factors: Sequence[tuple[Base, Exponent]], exponent: Exponent, *, whole_exponent: bool
) -> None:
    """Each factor to the exponent; those of an open sign together, since √(ab) is not √a·√b for negative a and b."""
    alone = len(factors) == 1 and factors[0][1] == 1
    open_sign = _Product()
    for base, count in factors:
        if whole_exponent or alone or is_manifestly_positive(Expression({frozenset(((base, 1),)): 1})):
            merged.raise_base(base, scale_exponent(count, exponent))
        else:
            open_sign.raise_base(base, count)
    together = tuple(open_sign.counter.items())
    if len(together) == 1 and together[0][1] == 1:
        merged.raise_base(together[0][0], exponent)
    elif together:
        merged.raise_base(Expression({frozenset(together): 1}), exponent)


def _raise_number(merged: _Product, value: Rational, exponent: Fraction | Expression) -> None:
    if value == 1:
        return
    value = Fraction(value)
    for part, sign in ((value.numerator, 1), (value.denominator, -1)):
        for base, count in factors(part):
            merged.raise_base(base, scale_exponent(exponent, count * sign))


_POSITIVE_FUNCTIONS = frozenset({"Phi", "sech_moment"})
_POSITIVE_WHERE_ARGUMENTS_ARE = frozenset({"gamma", "harmonic", "min", "max"})


def _parts_of_sign(base: Function) -> tuple[Expression, ...] | None:
    """What must be positive for a function's value to be; None where that does not settle it."""
    if base.name in {"product", "sum"}:
        return (base.arguments[1],)
    if base.name in _POSITIVE_WHERE_ARGUMENTS_ARE:
        return base.arguments
    return () if base.name in _POSITIVE_FUNCTIONS else None


def is_manifestly_positive(expression: Expression) -> bool:
    """Whether the sign is plain to see: every coefficient and every base is positive."""
    stack = [expression]
    seen: set[Expression] = set()
    while stack:
        current = stack.pop()
        if not current.terms:
            return False
        for monomial, coefficient in current.terms.items():
            if coefficient < 0:
                return False
            for base, exponent in monomial:
                if isinstance(base, str):
                    continue
                inside: tuple[Expression, ...] | None
                if isinstance(base, Expression):
                    inside = () if type(exponent) is int and exponent % 2 == 0 else (base,)
                else:
                    inside = _parts_of_sign(base) if isinstance(base, Function) else () if base > 0 else None
                if inside is None:
                    return False
                # One part may stand in many places: a continued fraction doubles them at every level.
                stack.extend(part for part in inside if part not in seen)
                seen.update(inside)
    return True


def multiply_out(expression: Expression, terms: int = DISTRIBUTE_TERMS) -> Expression:
    """The same formula with small whole powers of wrapped sums expanded, where at most `terms` terms result."""
    parts: list[Expression] = []
    for monomial, coefficient in expression.terms.items():
        inner = [(base, exponent) for base, exponent in monomial
                 if isinstance(base, Expression) and type(exponent) is int and exponent > 0]
        if not inner:
            parts.append(Expression({monomial: coefficient}))
            continue
        count = 1
        for base, exponent in inner:
            # A sum has two terms at least, so that a large exponent need not be worked out.
            count *= len(base.terms) ** min(exponent, terms)
        if count > terms:
            parts.append(Expression({monomial: coefficient}))
            continue
        rest = frozenset(item for item in monomial if item not in inner)
        expanded = Expression({rest: coefficient})
        for base, exponent in inner:
            for _ in range(exponent):
                expanded = _convolve(expanded, base)
        parts.append(expanded)
    return total(parts)


def _convolve(first: Expression, second: Expression) -> Expression:
    result: dict[Monomial, Rational] = {}
    for monomial, coefficient in first.terms.items():
        for key, value in _distribute(Expression({monomial: coefficient}), second).terms.items():
            result[key] = result.get(key, 0) + value
    return Expression({key: whole(value) for key, value in result.items() if value})


def monomial_key(monomial: Monomial) -> tuple[object, ...]:
    """A sort key of a monomial that is the same in every run: by degree, then by name."""
    degree: Rational = 0
    names = []
    for base, exponent in monomial:
        if not isinstance(exponent, Expression):
            degree += exponent
        names.append((base_key(base), exponent_key(exponent)))
    return (degree, tuple(sorted(names)))


def exponent_key(exponent: Exponent) -> tuple[object, ...]:
    """A sort key of an exponent: numbers by size first, symbolic ones after."""
    if isinstance(exponent, Expression):
        return (1, expression_key(exponent))
    return (0, (exponent,))


def base_key(base: Base) -> tuple[object, ...]:
    """A sort key of a base: numbers, symbols, functions, sums."""
    if isinstance(base, int):
        return (0, base)
    if isinstance(base, str):
        return (1, base)
    if isinstance(base, Function):
        return (2, base.name, tuple(expression_key(part) for part in base.arguments))
    return (3, expression_key(base))


def expression_key(expression: Expression) -> tuple[object, ...]:
    """A sort key of an expression: the number of terms, then its terms in order."""
    if expression._key is None:
        terms = sorted((monomial_key(key), value) for key, value in expression.terms.items())
        expression._key = (len(terms), tuple(terms))
    return expression._key
