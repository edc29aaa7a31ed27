"""Reads a formula of the text and Unicode output as a person would, and works out its value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from token_reader import TokenReader

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d⁰¹²³⁴⁵⁶⁷⁸⁹][\w₀-₉]*(?<![⁰¹²³⁴⁵⁶⁷⁸⁹])|[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+|\.\.|\S")
FUNCTIONS: dict[str, Callable[..., float]] = {
    "log": math.log, "exp": math.exp, "sqrt": math.sqrt, "tanh": math.tanh, "arcsin": math.asin, "min": min, "max": max, "erf": math.erf,
    "Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2, "gamma": math.gamma, "abs": abs, "floor": math.floor,
    "ceiling": math.ceil, "harmonic": lambda n: sum(1 / k for k in range(1, round(n) + 1)),
    "sech_moment": lambda j, q: sum(
        math.exp(-(k / 32)**2 / 2) / math.cosh(math.sqrt(q) * k / 32)**j for k in range(-350, 351)
    ) / 32 / math.sqrt(2 * math.pi),
}
BOUND = {"sum": sum, "∑": sum, "product": math.prod, "∏": math.prod}


def evaluate_shown(text: str, values: Mapping[str, float]) -> float:
    """The value; `values` are those of the symbols as they are printed."""
    reader = _Reader(TOKEN.findall(text), values)
    result = reader.sum()
    assert reader.done, f"{text}: not read from {reader.rest}"
    return result


class _Reader(TokenReader):
    def __init__(self, tokens: list[str], values: Mapping[str, float]) -> None:
        super().__init__(tokens)
        self._values = dict(values)

    def sum(self) -> float:
        sign = self._takes("-", "−")
        total = -self._term() if sign else self._term()
        while sign := self._takes("+", "-", "−"):
            total += self._term() if sign == "+" else -self._term()
        return total

    def _term(self) -> float:
        result = self._factor()
        while sign := self._takes("*", "·", "/"):
            result = result / self._factor() if sign == "/" else result * self._factor()
        return result

    def _factor(self) -> float:
        if self._takes("√"):
            return math.sqrt(self._atom())
        base = self._atom()
        if self._peek() and self._peek()[0] in SUPERSCRIPTS:
            return base ** int("".join(SUPERSCRIPTS[sign] for sign in self._next()))
        return base ** self._atom() if self._takes("^") else base

    def _atom(self) -> float:
        token = self._next()
        if token[0].isdigit():
            return float(token)
        if token == "(":
            value = self.sum()
            self._next(")")
            return value
        if self._peek() == "[" and token in BOUND:
            return self._bound(token)
        if self._peek() == "(" and token in FUNCTIONS:
            self._next("(")
            found = [self.sum()]
            while self._takes(","):
                found.append(self.sum())
            self._next(")")
            return float(FUNCTIONS[token](*found))
        known = {"pi": math.pi, "π": math.pi, "e": math.e, **self._values}
        assert token in known, f"nothing is called {token} (before {self.rest})"
        return known[token]

    def _bound(self, name: str) -> float:
        self._next("[")
        index = self._next()
        self._next("=")
        lower = round(self.sum())
        self._next("..")
        upper = round(self.sum())
        self._next("]")
        start, outside = self._place, dict(self._values)
        values = []
        for step in [*range(lower, upper + 1), upper]:
            self._place, self._values[index] = start, float(step)
            values.append(self._atom())
        self._values = outside
        return float(BOUND[name](values[:-1]))
