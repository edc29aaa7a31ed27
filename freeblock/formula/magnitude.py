"""A real number as mantissa · 2^exponent with an unbounded exponent: φ^L at L = 10⁶ is not `inf`."""

from __future__ import annotations

from fractions import Fraction
from math import frexp, ldexp, log, log2, log10, modf

_DROP = 1100
"""Bits below which an addend no longer changes a double."""


class Magnitude:
    """mantissa in ±[1/2, 1) or 0; about 15 significant digits. Supports + − * / and powers."""

    __slots__ = ("exponent", "mantissa")

    def __init__(self, mantissa: float, exponent: int = 0) -> None:
        self.mantissa, shift = frexp(mantissa)
        self.exponent = exponent + shift if self.mantissa else 0

    @classmethod
    def of(cls, value: int | float | Fraction) -> Magnitude:
        """The magnitude of any exact or floating number, however large."""
        if isinstance(value, float):
            return cls(value)
        fraction = Fraction(value)
        shift = fraction.numerator.bit_length() - fraction.denominator.bit_length() - 64
        top, bottom = fraction.numerator, fraction.denominator
        if shift > 0:
            bottom <<= shift
        else:
            top <<= -shift
        return cls(float(top // bottom), shift)

    def __add__(self, other: Magnitude) -> Magnitude:
        if not self.mantissa:
            return other
        if not other.mantissa:
            return self
        high, low = (self, other) if self.exponent >= other.exponent else (other, self)
        gap = high.exponent - low.exponent
        if gap > _DROP:
            return high
        return Magnitude(high.mantissa + ldexp(low.mantissa, -gap), high.exponent)

    def __neg__(self) -> Magnitude:
        return Magnitude(-self.mantissa, self.exponent)

    def __sub__(self, other: Magnitude) -> Magnitude:
        return self + -other

    def __mul__(self, other: Magnitude) -> Magnitude:
        return Magnitude(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other: Magnitude) -> Magnitude:
        return Magnitude(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __pow__(self, power: Magnitude) -> Magnitude:
        """Raises ZeroDivisionError (0 to a negative power) and ValueError (no real value, or too large)."""
        if not power.mantissa:
            return Magnitude(1.0)
        if not self.mantissa:
            if power.mantissa < 0:
                raise ZeroDivisionError("division by zero")
            return self
        if power.exponent > 900:
            raise ValueError("an exponent is too large to evaluate")
        real = power.to_float()
        negative = self.mantissa < 0
        if negative and real != int(real):
            raise ValueError("a negative number to a fractional power")
        if abs(real) <= 64 and real == int(real):
            result = Magnitude(abs(self.mantissa) ** real, self.exponent * int(real))
        else:
            fraction, whole = modf(real)
            shift = self.exponent * int(whole)
            rest = log2(abs(self.mantissa)) * real + self.exponent * fraction
            result = Magnitude(2.0 ** (rest - int(rest)), shift + int(rest))
        return -result if negative and int(real) % 2 else result

    def to_float(self) -> float:
        """The nearest double; ±inf beyond its range, 0 below it."""
        try:
            return ldexp(self.mantissa, self.exponent)
        except OverflowError:
            return float("inf") if self.mantissa > 0 else float("-inf")

    def log10(self) -> float | None:
        """log10 of the absolute value; None for zero."""
        if not self.mantissa:
            return None
        return log10(abs(self.mantissa)) + self.exponent * log10(2)

    def natural_log(self) -> float:
        """The natural logarithm. Raises ValueError unless positive."""
        if self.mantissa <= 0:
            raise ValueError("the logarithm of a number that is not positive")
        return log(self.mantissa) + self.exponent * log(2)
