"""A product of monomials under construction: exponents are added, powers of numbers settled at the end."""

from __future__ import annotations

from fractions import Fraction

from freeblock.formula.exponents import add_exponents, is_zero_exponent, scale_exponent
from freeblock.formula.expression import ONE_MONOMIAL, ZERO, Base, Exponent, Expression, Monomial, number
from freeblock.formula.rational import CHUNK_BITS, POWER_BITS, Rational, bits, divide, factors, whole


class MonomialProduct:
    """A product of monomials under construction: coefficient, and counter base → exponent."""

    __slots__ = ("_top", "_bottom", "counter", "whole_bases")

    def __init__(self) -> None:
        # Numerator and denominator of the coefficient: reduced once, at the end.
        self._top, self._bottom = 1, 1
        self.counter: dict[Base, Exponent] = {}
        self.whole_bases = False

    def multiply_coefficient(self, top: int, bottom: int = 1) -> None:
        """Multiply by a number; one of very many digits is kept as several factors."""
        self._top *= top
        self._bottom *= bottom
        if max(self._top.bit_length(), self._bottom.bit_length()) > CHUNK_BITS:
            coefficient = Fraction(self._top, self._bottom)
            self._top, self._bottom = coefficient.numerator, coefficient.denominator
            if bits(coefficient) > CHUNK_BITS:
                self._top, self._bottom = 1 if coefficient > 0 else -1, 1
                self.raise_base(abs(coefficient.numerator), 1)
                self.raise_base(coefficient.denominator, -1)

    def raise_base(self, base: Base, exponent: Exponent) -> None:
        """Multiply by base^exponent."""
        if type(base) is int:
            if base == 1:
                return
            self.whole_bases = True
        known = self.counter.get(base)
        self.counter[base] = exponent if known is None else add_exponents(known, exponent)

    def multiply_number(self, value: Rational, exponent: int) -> None:
        """Multiply by a whole power of a number, which stays a power where it is long."""
        if exponent == 1:
            self.multiply_coefficient(value.numerator, value.denominator)
            return
        if exponent == -1 or abs(exponent) * bits(value) <= POWER_BITS:
            top, bottom, size = value.numerator, value.denominator, abs(exponent)
            self.multiply_coefficient(*((top**size, bottom**size) if exponent > 0 else (bottom**size, top**size)))
            return
        if value < 0 and exponent % 2:
            self.multiply_coefficient(-1)
        for part, sign in ((abs(value.numerator), exponent), (value.denominator, -exponent)):
            for base, count in factors(part):
                self.raise_base(base, count * sign)

    def raise_number(self, value: Rational, exponent: Fraction | Expression) -> None:
        """Multiply by a fractional or symbolic power of a positive number."""
        if value == 1:
            return
        value = Fraction(value)
        for part, sign in ((value.numerator, 1), (value.denominator, -1)):
            for base, count in factors(part):
                self.raise_base(base, scale_exponent(exponent, count * sign))

    def multiply_monomial(self, monomial: Monomial, exponent: int) -> None:
        """Multiply by a whole power of a monomial."""
        if exponent == 1:
            for base, inner in monomial:
                self.raise_base(base, inner)
        else:
            for base, inner in monomial:
                self.raise_base(base, scale_exponent(inner, exponent))

    def result(self) -> Expression:
        """The product as an expression of one term, or 0."""
        if not self._top:
            return ZERO
        if self.whole_bases:
            self._settle_whole_bases()
        monomial = frozenset([item for item in self.counter.items() if not is_zero_exponent(item[1])])
        return Expression({monomial: divide(self._top, self._bottom)})

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
                self._top = -self._top if steps % 2 else self._top
                self.counter[base] = rest
            elif steps and abs(steps) * base.bit_length() <= POWER_BITS:
                if steps > 0:
                    self._top *= base**steps
                else:
                    self._bottom *= base**-steps
                self.counter[base] = rest
