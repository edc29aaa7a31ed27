r"""Reads a printed LaTeX formula as a mathematician would, and works out its value. It sees the text alone.

Juxtaposition multiplies; \sum and \prod reach to the end of their term; a function acts on the bracket behind it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from token_reader import TokenReader

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?|[^\s]")
SPACES = frozenset({r"\,", r"\;", r"\!", r"\:", r"\ ", r"\quad", r"\displaystyle", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr"})
FUNCTIONS: dict[str, Callable[..., float]] = {
    r"\log": math.log, r"\exp": math.exp, r"\tanh": math.tanh, r"\arcsin": math.asin, r"\min": min, r"\max": max,
    r"\Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2, r"\Gamma": math.gamma, r"\operatorname{erf}": math.erf,
}
CLOSING = {"(": ")", "[": "]", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil", "|": "|"}
ENDS = frozenset({"", "+", "-", ",", "}", ")", "]", r"\right", r"\rfloor", r"\rceil"})
WORDS = frozenset({r"\mathrm", r"\text", r"\mathsf", r"\mathcal", r"\operatorname", r"\widehat"})
LONGEST_NAME = 80


def evaluate_latex(text: str, values: Mapping[str, float], definitions: Mapping[str, str] | None = None) -> float:
    """The value. `values` are those of symbols as they are printed; `definitions` are the formulas of names."""
    reader = _Reader(text, {as_key(name): value for name, value in values.items()},
                     {as_key(name): formula for name, formula in (definitions or {}).items()})
    result = reader.sum()
    assert reader.done, f"{text}: not read from {reader.rest}"
    return result


def as_key(name: str) -> str:
    """A printed name without what makes no difference to the eye."""
    return "".join(_tokens(name))


def _tokens(text: str) -> list[str]:
    tokens = [token for token in TOKEN.findall(text) if token not in SPACES]
    found: list[str] = []
    place = 0
    while place < len(tokens):
        if tokens[place:place + 2] == ["{", "}"]:
            place += 2
        elif tokens[place] in {"_", "^"} and tokens[place + 1:place + 2] == ["{"] and tokens[place + 3:place + 4] == ["}"]:
            found += [tokens[place], tokens[place + 2]]
            place += 4
        else:
            found.append(tokens[place])
            place += 1
    return found


class _Reader(TokenReader):
    def __init__(self, text: str, values: dict[str, float], definitions: Mapping[str, str]) -> None:
        super().__init__(_tokens(text))
        self._values, self._definitions = values, definitions

    def sum(self) -> float:
        """Terms up to what cannot be part of a sum."""
        sign = self._takes("-", "+")
        total = -self._term() if sign == "-" else self._term()
        while sign := self._takes("+", "-"):
            total += self._term() if sign == "+" else -self._term()
        return total

    def _term(self) -> float:
        result = self._factor()
        while self._peek() not in ENDS:
            if self._takes("/"):
                result /= self._factor()
                continue
            dot = self._takes(r"\cdot", r"\times")
            assert dot or not self._peek()[0].isdigit(), f"a number behind a factor at {self.rest}"
            result *= self._factor()
        return result

    def _factor(self) -> float:
        base = self._atom()
        return base ** self._argument() if self._takes("^") else base

    def _argument(self) -> float:
        if not self._takes("{"):
            token = self._next()
            return float(token) if token[0].isdigit() else self._value(token)
        value = self.sum()
        self._next("}")
        return value

    def _atom(self) -> float:
        token = self._peek()
        if token[0].isdigit():
            return float(self._next())
        if token in {r"\sum", r"\prod"}:
            return self._bound()
        if self._takes(r"\frac"):
            top = self._argument()
            return top / self._argument()
        if self._takes(r"\sqrt"):
            return math.sqrt(self._argument())
        if token == r"\left" or token in CLOSING:
            return self._bracket()[0]
        known = self._known_name()
        if known is not None:
            return self._value(known)
        name = self._next()
        if name in WORDS:
            name += self._group()
        if name == r"\operatorname{E}":
            return self._sech_moment()
        if name in FUNCTIONS:
            assert self._peek() in {"(", r"\left"}, f"{name} has no bracket at {self.rest}"
            return float(FUNCTIONS[name](*self._bracket()))
        if name == "H" and self._takes("_"):
            return sum(1 / k for k in range(1, round(self._argument()) + 1))
        return self._value(name)

    def _known_name(self) -> str | None:
        """The longest name that begins here."""
        for end in range(min(self._place + LONGEST_NAME, len(self._tokens)), self._place, -1):
            name = "".join(self._tokens[self._place:end])
            if name in self._values or name in self._definitions:
                # A name ends before its own subscript.
                if self._tokens[end:end + 1] == ["_"]:
                    continue
                self._place = end
                return name
        return None

    def _value(self, name: str) -> float:
        if name in self._values:
            return self._values[name]
        if name in self._definitions:
            inner = _Reader(self._definitions[name], self._values, self._definitions)
            value = inner.sum()
            assert inner.done
            return value
        assert name in {"e", r"\pi"}, f"nothing is called {name} (before {self.rest})"
        return math.e if name == "e" else math.pi

    def _bracket(self) -> list[float]:
        """The formulas between brackets."""
        tall = self._takes(r"\left")
        opening = self._next()
        found = [self.sum()]
        while self._takes(","):
            found.append(self.sum())
        if tall:
            self._next(r"\right")
        self._next(CLOSING[opening])
        if opening == "|":
            return [abs(found[0])]
        if opening in {r"\lfloor", r"\lceil"}:
            return [float(math.floor(found[0]) if opening == r"\lfloor" else math.ceil(found[0]))]
        return found

    def _group(self) -> str:
        depth, text = 0, ""
        while True:
            token = self._next()
            depth += (token == "{") - (token == "}")
            text += token
            if not depth:
                return text

    def _bound(self) -> float:
        """A sum or product over the rest of the term."""
        sign = self._next()
        self._next("_")
        self._next("{")
        index = ""
        while self._peek() != "=":
            index += self._next()
        self._next("=")
        lower = round(self.sum())
        self._next("}")
        self._next("^")
        upper = round(self._argument())
        start, values = self._place, []
        for step in [*range(lower, upper + 1), upper]:
            self._place = start
            with self._bind(index, float(step)):
                values.append(self._term())
        return sum(values[:-1]) if sign == r"\sum" else math.prod(values[:-1])

    @contextmanager
    def _bind(self, name: str, value: float) -> Iterator[None]:
        outside = self._values.get(name)
        self._values[name] = value
        yield
        del self._values[name]
        if outside is not None:
            self._values[name] = outside

    def _sech_moment(self) -> float:
        r"""E[sech^j(\sqrt{q} z)] by the trapezoidal rule."""
        self._next(r"\left")
        self._next("[")
        assert self._next() + self._group() == r"\operatorname{sech}"
        self._next("^")
        power = self._argument()
        self._next("(")
        scale = self._atom() if self._peek() == r"\sqrt" else 1.0
        for token in ("z", ")", r"\right", "]"):
            self._next(token)
        return sum(math.exp(-(place / 32)**2 / 2) / math.cosh(scale * place / 32)**power
                   for place in range(-350, 351)) / 32 / math.sqrt(2 * math.pi)
