"""Formulas in a language without operators of our own: C, where every step is a call."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.formula.printing import ATOM, Text
from freeblock.report.code.operators import EXACT, mantissa

CALLS = {
    "log": "logarithm", "erf": "error_function", "Phi": "normal", "gamma": "gamma_function", "harmonic": "harmonic",
    "floor": "rounded_down", "ceiling": "rounded_up", "abs": "absolute", "tanh": "hyperbolic_tangent",
    "arcsin": "arc_sine", "sech_moment": "sech_moment", "min": "least", "max": "greatest",
}
"""Our functions → those of the template."""
_CONSTANTS = {"pi": "of(3.14159265358979324)", "e": "of(2.71828182845904524)"}
_PAIR = 2
_LINE = 70
"""A longer list has a line for each item."""


class Calls:
    """Every piece is an expression of the type `number`."""

    textual = False

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def _call(self, helper: str, *arguments: str) -> Text:
        return f"{helper}({', '.join(arguments)})", ATOM

    def _many(self, helper: str, pieces: list[str]) -> Text:
        """A list is an array; a long one has a line for each item."""
        inside = ", ".join(pieces)
        if len(inside) > _LINE or "\n" in inside:
            lines = ",".join("\n    " + piece.replace("\n", "\n    ") for piece in pieces)
            inside = f"{lines}\n"
        return self._call(helper, str(len(pieces)), f"(const number[]){{{inside}}}")

    def integer(self, value: int) -> Text:
        if abs(value) <= EXACT:
            return f"of({value})", ATOM
        m, e = mantissa(value)
        return f"scaled({m!r}, {e})", ATOM

    def name(self, name: str) -> Text:
        return _CONSTANTS.get(name) or self._names.get(name, name), ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        pieces = [text for text, _ in arguments]
        if name in {"min", "max"}:
            return self._many(CALLS[name], pieces)
        return self._call(CALLS[name], *pieces)

    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text:
        raise AssertionError("a loop is a statement")

    def power(self, base: Text, exponent: Text) -> Text:
        return self._call("power", base[0], exponent[0])

    def exponential(self, exponent: Text) -> Text:
        return self._call("exponential", exponent[0])

    def root(self, base: Text) -> Text:
        return self._call("root", base[0])

    def quotient(self, numerator: Text, denominator: Text) -> Text:
        return self._call("over", numerator[0], denominator[0])

    def product(self, factors: list[Text]) -> Text:
        pieces = [text for text, _ in factors]
        if len(pieces) > _PAIR:
            return self._many("multiplied", pieces)
        return self._call("times", *pieces)

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        if len(terms) == _PAIR and not terms[0][0]:
            (_, (first, _)), (negative, (second, _)) = terms
            helper = "minus" if negative else "plus"
            return self._call(helper, first, second)
        pieces = [self._call("negative", text)[0] if negative else text for negative, (text, _) in terms]
        return self._many("total", pieces) if len(pieces) > 1 else (pieces[0], ATOM)
