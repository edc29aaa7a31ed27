"""Formulas with numbers put in for their symbols, again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from freeblock.formula.expression import Expression, Monomial, number
from freeblock.formula.rational import CHUNK_BITS, POWER_BITS, Rational, divide
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import substitute

Powers = Sequence[tuple[int, int]]
"""The places of what is multiplied, and their exponents."""
Terms = Sequence[tuple[int, int, Powers]]
"""Per term the numerator and denominator of its coefficient, and its powers."""
Fractional = tuple[int, int]
"""Numerator and denominator, not reduced."""


class _Formula(NamedTuple):
    """A formula and where its value is found; None where something else than powers of the names is inside."""

    expression: Expression
    place: int | None


class Filling:
    """Formulas prepared for substitution: exact arithmetic where all of one becomes a number of moderate size."""

    def __init__(self, expressions: Sequence[Expression], names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._parts: list[Terms] = []
        places: dict[str | Expression, int] = {name: place for place, name in enumerate(names)}
        self._formulas = [_Formula(expression, self._prepare(expression, places)) for expression in expressions]

    def _prepare(self, expression: Expression, places: dict[str | Expression, int]) -> int | None:
        for part in bottom_up(expression):
            if part in places:
                continue
            terms = [(coefficient.numerator, coefficient.denominator, _plain_powers(monomial, places))
                     for monomial, coefficient in part.terms.items()]
            plain = [(top, bottom, powers) for top, bottom, powers in terms if powers is not None]
            if len(plain) < len(terms):
                return None
            places[part] = len(self._names) + len(self._parts)
            self._parts.append(plain)
        return places[expression]

    def at(self, numbers: Sequence[Rational]) -> list[Expression]:
        """The formulas with positive numbers for the names. Raises what `substitute` does.

        Fractions are reduced once, at the end: a Fraction would look for common factors at every step.
        """
        values: list[Fractional | None] = [(value.numerator, value.denominator) for value in numbers]
        for terms in self._parts:
            values.append(_value(terms, values))
        results = []
        for expression, place in self._formulas:
            value = None if place is None else values[place]
            if value is None or max(value[0].bit_length(), value[1].bit_length()) > CHUNK_BITS:
                held = {name: number(known) for name, known in zip(self._names, numbers, strict=True)}
                results.append(substitute(expression, held))
            else:
                results.append(number(divide(*value)))
        return results


def _value(terms: Terms, values: Sequence[Fractional | None]) -> Fractional | None:
    """None where a number has so many digits that it is kept as powers."""
    top, bottom = 0, 1
    for above, below, powers in terms:
        for place, exponent in powers:
            value = values[place]
            if value is not None and exponent != 1:
                value = _power(value, exponent)
            if value is None:
                return None
            above, below = above * value[0], below * value[1]
        if below == bottom:
            top += above
        else:
            top, bottom = top * below + above * bottom, bottom * below
    return top, bottom


def _power(value: Fractional, exponent: int) -> Fractional | None:
    """None for 0, and where the result has too many digits."""
    top, bottom = value
    if not top or max(top.bit_length(), bottom.bit_length()) * abs(exponent) > POWER_BITS:
        return None
    return (top**exponent, bottom**exponent) if exponent > 0 else (bottom**-exponent, top**-exponent)


def _plain_powers(monomial: Monomial, places: Mapping[str | Expression, int]) -> Powers | None:
    """The factors, if all are whole powers of the names and of sums prepared before."""
    found: list[tuple[int, int]] = []
    for base, exponent in monomial:
        if type(exponent) is not int or not isinstance(base, (str, Expression)) or base not in places:
            return None
        found.append((places[base], exponent))
    return found
