"""Exact whole and rational numbers: powers, roots and factors, kept small."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

Rational = int | Fraction

POWER_DIGITS = 40
"""A power of a number with more digits than this stays a power."""
CHUNK_DIGITS = 1000
"""A product of numbers with more digits than this is kept as several factors."""

POWER_BITS = POWER_DIGITS * 10 // 3
CHUNK_BITS = CHUNK_DIGITS * 10 // 3

_TRIAL_LIMIT = 1000


def whole(value: Rational) -> Rational:
    """The same number, as an int where it is one."""
    if type(value) is Fraction and value.denominator == 1:
        return value.numerator
    return value


def divide(numerator: Rational, denominator: Rational) -> Rational:
    """The exact quotient. Raises ZeroDivisionError."""
    if type(numerator) is int and type(denominator) is int and denominator:
        return Fraction(numerator, denominator) if numerator % denominator else numerator // denominator
    return whole(Fraction(numerator) / denominator)


def bits(value: Rational) -> int:
    """The size of a number: bits of the larger of numerator and denominator."""
    if type(value) is int:
        return value.bit_length()
    top, bottom = value.as_integer_ratio()
    return max(top.bit_length(), bottom.bit_length())


@lru_cache(maxsize=4096)
def factors(value: int) -> tuple[tuple[int, int], ...]:
    """(base, exponent) pairs whose product is `value` ≥ 1: small primes, and one unfactored rest."""
    found = []
    candidate = 2
    while candidate < _TRIAL_LIMIT and candidate * candidate <= value:
        count = 0
        while value % candidate == 0:
            value //= candidate
            count += 1
        if count:
            found.append((candidate, count))
        candidate += 1 if candidate == 2 else 2
    if value > 1:
        found.append((value, 1))
    return tuple(found)
