"""Formulas in languages that let numbers of our own be added with +: Python with and without numpy, Julia."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from freeblock.formula.notations import Plain
from freeblock.formula.printing import ATOM, POWER, PRODUCT, Text
from freeblock.report.code.straight_line import WIDTH

EXACT = 2**53
"""A float holds every whole number up to this."""
MANY = 6
"""A product or sum of more items is written as a list, an item a line."""

_NUMERAL = re.compile(r"[\d\s()./*+-]+")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language of this family says things; `calls` gives the helper of every function of ours."""

    to_the: str
    times: str
    over: str
    calls: Mapping[str, str]
    wrap: str
    """Makes a number of our own out of a numeral."""
    whole: str
    """A large whole number, from `m` (a float) and `e`, or `value` (its digits)."""


class Operators(Plain):
    """What is printed is exact as far as it is a numeral; every power of a numeral is one of our own numbers."""

    textual = False

    def __init__(self, dialect: Dialect, names: Mapping[str, str]) -> None:
        self._dialect, self._names = dialect, names
        self.to_the, self.times = dialect.to_the, dialect.times

    def _call(self, name: str, inside: str) -> Text:
        return f"{self._dialect.calls.get(name, name)}({inside})", ATOM

    def integer(self, value: int) -> Text:
        if abs(value) <= EXACT:
            return str(value), ATOM
        m, e = mantissa(value)
        return self._dialect.whole.format(value=value, m=m, e=e), ATOM

    def name(self, name: str) -> Text:
        if name in {"pi", "e"}:
                return self._dialect.calls[name], ATOM
        return self._names.get(name, name), ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        return self._call(name, ", ".join(text for text, _ in arguments))

    def _own(self, piece: Text) -> Text:
        """A numeral as a number of our own."""
        return (f"{self._dialect.wrap}({piece[0]})", ATOM) if _NUMERAL.fullmatch(piece[0]) else piece

    def power(self, base: Text, exponent: Text) -> Text:
        return super().power(self._own(base), exponent)

    def exponential(self, exponent: Text) -> Text:
        return self._call("exp", exponent[0])

    def root(self, base: Text) -> Text:
        return self._call("sqrt", base[0])

    def quotient(self, numerator: Text, denominator: Text) -> Text:
        pieces = [text if strength >= least else f"({text})"
                  for (text, strength), least in ((numerator, PRODUCT), (denominator, POWER))]
        return self._dialect.over.join(pieces), PRODUCT

    def product(self, factors: list[Text]) -> Text:
        text, strength = super().product(factors)
        if len(factors) <= MANY or len(text) <= WIDTH:
            return text, strength
        return self._call("product", _listed([factor for factor, _ in factors]))

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        text, strength = super().sum(terms)
        if len(terms) <= MANY or len(text) <= WIDTH:
            return text, strength
        items = [f"-{term[0] if term[1] >= PRODUCT else f'({term[0]})'}" if negative else term[0]
                 for negative, term in terms]
        return self._call("sum", _listed(items))


def _listed(items: list[str]) -> str:
    lines = "".join("\n    " + item.replace("\n", "\n    ") + "," for item in items)
    return f"[{lines}\n]"


def mantissa(value: int) -> tuple[float, int]:
    """(m, e) with value ≈ m·2^e and |m| < 1."""
    size = abs(value).bit_length()
    rounded = (abs(value) >> max(size - 64, 0)) / 2.0 ** min(size, 64)
    return (rounded if value >= 0 else -rounded), size

