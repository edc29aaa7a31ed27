"""A formula with numbers put in for all its symbols, again and again."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.formula.expression import Expression, Monomial, number
from freeblock.formula.rational import CHUNK_BITS, POWER_BITS, Rational, divide
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import substitute

Powers = list[tuple[str | Expression, int]]
Fractional = tuple[int, int]
"""Numerator and denominator, not reduced."""


class Filling:
    """A formula prepared for substitution: exact arithmetic where all of it becomes a number of moderate size."""

    __slots__ = ("_expression", "_parts")

    def __init__(self, expression: Expression) -> None:
        self._expression = expression
        self._parts: list[tuple[Expression, list[tuple[int, int, Powers]]]] | None = []
        for part in bottom_up(expression):
            terms = [(coefficient, _plain_powers(monomial)) for monomial, coefficient in part.terms.items()]
            plain = [(coefficient.numerator, coefficient.denominator, powers)
                     for coefficient, powers in terms if powers is not None]
            if len(plain) < len(terms) or self._parts is None:
                self._parts = None
                break
            self._parts.append((part, plain))

    def at(self, values: Mapping[str, Rational]) -> Expression:
        """The formula with positive numbers for symbols. Raises what `substitute` does."""
        value = self._number(values)
        if value is None:
            return substitute(self._expression, {name: number(known) for name, known in values.items()})
        return number(value)

    def _number(self, values: Mapping[str, Rational]) -> Rational | None:
        """None where a symbol stays, or a number has so many digits that it is kept as powers or chunks.

        Fractions are reduced once, at the end: a Fraction would look for common factors at every step.
        """
        done: dict[Expression, Fractional] = {}
        known: dict[str, Fractional] = {name: (value.numerator, value.denominator) for name, value in values.items()}
        top, bottom = 0, 1
        for part, terms in self._parts or ():
            top, bottom = 0, 1
            for above, below, powers in terms:
                for base, exponent in powers:
                    value = known.get(base) if isinstance(base, str) else done[base]
                    if value is None:
                        return None
                    if exponent != 1:
                        value = _power(value, exponent)
                        if value is None:
                            return None
                    above, below = above * value[0], below * value[1]
                if below == bottom:
                    top += above
                else:
                    top, bottom = top * below + above * bottom, bottom * below
            done[part] = top, bottom
        if self._parts is None or max(top.bit_length(), bottom.bit_length()) > CHUNK_BITS:
            return None
        return divide(top, bottom)


def _power(value: Fractional, exponent: int) -> Fractional | None:
    """None for 0, and where the result has too many digits."""
    top, bottom = value
    if not top or max(top.bit_length(), bottom.bit_length()) * abs(exponent) > POWER_BITS:
        return None
    return (top**exponent, bottom**exponent) if exponent > 0 else (bottom**-exponent, top**-exponent)


def _plain_powers(monomial: Monomial) -> Powers | None:
    """The factors, if all are whole powers of symbols and sums."""
    found: Powers = []
    for base, exponent in monomial:
        if type(exponent) is not int or not isinstance(base, (str, Expression)):
            return None
        found.append((base, exponent))
    return found
