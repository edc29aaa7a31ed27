"""The notation for a screen: stacked fractions, raised exponents, roots with a bar, bounds above and below."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from freeblock.formula.drawing import (
    Drawing,
    at_top,
    beside,
    bracketed,
    columns,
    fraction,
    over_range,
    raised,
    root,
    row,
)
from freeblock.formula.notations import UNICODE
from freeblock.formula.printing import ATOM, OPEN, POWER, PRODUCT, SUM, Text

SHORT_EXPONENT = 12
"""A longer exponent is drawn; a shorter one stays on its line: L/2, 2·L, -1/2."""

_INTEGER = re.compile(r"-?\d+")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Shape(NamedTuple):
    """A formula as it is drawn, on one line, and in the parts between which it may be broken."""

    drawing: Drawing
    line: Text
    parts: tuple[Drawing, ...] = ()


Piece = tuple[Any, int]
"""A Shape and how tightly what is drawn binds."""


class TwoDimensional:
    """Pieces are shapes. A fraction needs no brackets in a product, a sum under a root or on a bar none either."""

    textual = False

    def integer(self, value: int) -> Piece:
        return _flat(UNICODE.integer(value))

    def name(self, name: str) -> Piece:
        return _flat(UNICODE.name(name))

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        line = UNICODE.call(name, [piece[0].line for piece in arguments])
        drawings = [piece[0].drawing for piece in arguments]
        if name in _SIDES:
            return Shape(bracketed(drawings[0], *_SIDES[name]), line), ATOM
        if name == "sech_moment":
            power = raise_to(row("sech"), arguments[0][0])
            mean_square = drawings[1]
            spread = () if mean_square.rows == ("1",) else (root(mean_square), row("·"))
            inside = beside((power, bracketed(beside((*spread, row("z"))))))
            return Shape(beside((row("E"), bracketed(inside, "[", "]"))), line), ATOM
        listed = [part for drawing in drawings for part in (row(", "), drawing)][1:]
        return Shape(beside((row(_CALLS.get(name, name)), bracketed(beside(listed)))), line), ATOM

    def bound(self, name: str, index: Any, body: Piece, lower: Piece, upper: Piece) -> Piece:
        line = UNICODE.bound(name, index.line[0], *[piece[0].line for piece in (body, lower, upper)])
        start = beside((index.drawing, row("="), row(lower[0].line[0])))
        sign = "∏" if name == "product" else "∑"
        return Shape(over_range(sign, start, row(upper[0].line[0]), _wrapped(body, POWER)), line), OPEN

    def power(self, base: Piece, exponent: Piece) -> Piece:
        line = UNICODE.power(base[0].line, exponent[0].line)
        return Shape(raise_to(_wrapped(base, ATOM), exponent[0]), line), POWER

    def exponential(self, exponent: Piece) -> Piece:
        return Shape(raise_to(row("e"), exponent[0]), UNICODE.exponential(exponent[0].line)), POWER

    def root(self, base: Piece) -> Piece:
        return Shape(root(base[0].drawing), UNICODE.root(base[0].line)), ATOM

    def product(self, factors: list[Piece]) -> Piece:
        last = len(factors) - 1
        drawn = [_wrapped(factor, PRODUCT if place < last else OPEN) for place, factor in enumerate(factors)]
        parts = [drawn[0]]
        for before, factor in zip(drawn, drawn[1:], strict=False):
            sign = "·" if before.is_flat and factor.is_flat else " · "
            parts.append(beside((row(sign), factor)))
        line = UNICODE.product([factor[0].line for factor in factors])
        return Shape(beside(parts), line, tuple(parts)), OPEN if factors[-1][1] == OPEN else PRODUCT

    def quotient(self, numerator: Piece, denominator: Piece) -> Piece:
        top, bottom = numerator[0].drawing, denominator[0].drawing
        line = UNICODE.quotient(numerator[0].line, denominator[0].line)
        first, *others = numerator[0].parts or (top,)
        # A long product on a bar is broken as 1/d · a · b · ….
        broken = (fraction(row("1"), bottom), beside((row(" · "), first)), *others)
        return Shape(fraction(top, bottom), line, broken if others and numerator[1] != SUM else ()), PRODUCT

    def sum(self, terms: list[tuple[bool, Piece]]) -> Piece:
        parts = []
        last = len(terms) - 1
        for place, (negative, term) in enumerate(terms):
            sign = (" − " if negative else " + ") if place else "−" if negative else ""
            drawn = _wrapped(term, OPEN if place == last else PRODUCT)
            parts.append(beside((row(sign), drawn)) if sign else drawn)
        line = UNICODE.sum([(negative, piece[0].line) for negative, piece in terms])
        return Shape(beside(parts), line, tuple(parts)), SUM


def raise_to(base: Drawing, exponent: Shape) -> Drawing:
    """The base with its exponent; whole numbers are written with raised digits."""
    text = exponent.line[0]
    if _INTEGER.fullmatch(text):
        return at_top(base, text.translate(_SUPERSCRIPTS))
    return raised(base, row(text) if columns(text) <= SHORT_EXPONENT else exponent.drawing)


def _flat(text: Text) -> Piece:
    return Shape(row(text[0]), text), text[1]


def _wrapped(piece: Piece, least: int) -> Drawing:
    drawing: Drawing = piece[0].drawing
    return drawing if piece[1] >= least else bracketed(drawing)


_SIDES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceiling": ("⌈", "⌉")}
_CALLS = {"gamma": "Γ", "Phi": "Φ"}

TWO_DIMENSIONAL = TwoDimensional()
