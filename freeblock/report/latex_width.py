"""An estimate, slightly too large, of how wide a formula is set in Computer Modern at ten points."""

from __future__ import annotations

import re
from functools import lru_cache

LINE = 345.0
"""The width of a line of an article at ten points; formulas are broken to fit it."""

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_LETTER = {"m": 8.8, "w": 7.2, "f": 5.4, "i": 3.5, "l": 3.1, "t": 3.8, "j": 4.4, "M": 10.3, "W": 10.5, "I": 5.0}
_SPACE = {r"\,": 1.7, r"\:": 2.3, r"\;": 2.8, r"\!": -1.6, r"\quad": 10.0, r"\qquad": 20.0, r"\ ": 3.4, "~": 3.4}
_RELATION = 13.4
_BINARY = 12.3
_SIGN = {"+": _BINARY, "-": _BINARY, r"\times": _BINARY, r"\cdot": 7.3, "=": _RELATION, r"\approx": _RELATION,
         r"\le": _RELATION, r"\ge": _RELATION, "<": _RELATION, ">": _RELATION, r"\cdots": 15.1, r"\dots": 15.1,
         ",": 4.5, "(": 4.0, ")": 4.0, "[": 2.9, "]": 2.9, "|": 2.9, "/": 5.1, ".": 2.9, r"\top": 7.8,
         r"\bigl": 1.0, r"\bigr": 1.0, r"\Bigl": 2.0, r"\Bigr": 2.0, r"\infty": 10.1, r"\to": 15.6}
_TALL = frozenset({r"\prod", r"\sum"})
_LARGE = 14.6
_BRACKET = 7.5
_WORDS = frozenset({r"\mathrm", r"\text", r"\operatorname", r"\operatorname*", r"\texttt", r"\mathcal", r"\mathsf"})
_IGNORED = frozenset({r"\displaystyle", r"\allowbreak", r"\limits", "&", r"\\"})
_SHRINK = (1.0, 1.0, 0.73, 0.56)
"""By style: display, text, script, scriptscript."""


@lru_cache(maxsize=8192)
def width_of(math: str) -> float:
    """The width of a displayed formula in points; rows of a matrix count as the widest."""
    return _Measure(_TOKEN.findall(math)).group(0, None)


def width_of_words(text: str) -> float:
    """The width of roman text in points."""
    return sum(8.4 if letter in "mwMW" else 7.6 if letter.isupper() else 5.3 for letter in text)


class _Measure:
    """Walks the tokens of one formula; `style` is 0 (display) to 3 (scripts of scripts)."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def group(self, style: int, closing: str | None) -> float:
        """The width up to the closing token (or the end), which is consumed."""
        widest = here = 0.0
        while self._place < len(self._tokens):
            token = self._next()
            if token == closing:
                break
            if token == r"\\":
                widest, here = max(widest, here), 0.0
                continue
            here += self._one(token, style)
        return max(widest, here)

    def _next(self) -> str:
        token = self._tokens[self._place]
        self._place += 1
        return token

    def _one(self, token: str, style: int) -> float:
        scale = _SHRINK[style]
        if token == "{":
            return self.group(style, "}")
        if token in {"^", "_"}:
            return self._scripts(token, style)
        if token in _TALL:
            return max(_LARGE * scale, self._scripts("", style)) + 1.7 * scale
        if token == r"\frac":
            inner = min(style + 1, 3)
            return max(self._argument(inner), self._argument(inner)) + 2.5
        if token == r"\sqrt":
            return 10.0 * scale + self._argument(style)
        if token in {r"\left", r"\right"}:
            return 1.3 if self._next() == "." else _BRACKET * scale
        if token in _WORDS:
            return (self._word() + 3.4 * token.startswith(r"\operator")) * scale
        if token in {r"\begin", r"\end"}:
            self._word()
            return 2 * _BRACKET
        return self._simple(token) * scale

    def _simple(self, token: str) -> float:
        if token.isspace() or token in _IGNORED:
            return 0.0
        known = _SIGN.get(token, _SPACE.get(token, _LETTER.get(token)))
        if known is not None:
            return known
        if token.startswith("\\"):
            return width_of_words(token[1:]) + 1.7 if len(token) > 1 and token[1:] in _ROMAN else 6.6
        if token.isdigit():
            return 5.05
        return 8.6 if token.isupper() else 5.8

    def _scripts(self, token: str, style: int) -> float:
        """A run of sub- and superscripts stands one above the other."""
        inner = min(max(style, 1) + 1, 3)
        widest = self._argument(inner) if token else 0.0
        while self._place < len(self._tokens) and self._tokens[self._place] in {"^", "_"}:
            self._place += 1
            widest = max(widest, self._argument(inner))
        return widest + 0.5

    def _argument(self, style: int) -> float:
        while self._place < len(self._tokens) and self._tokens[self._place].isspace():
            self._place += 1
        return self._one(self._next(), style) if self._place < len(self._tokens) else 0.0

    def _word(self) -> float:
        """The width of a {…} argument that is text; commands inside count as one letter."""
        self._place += 1
        total, depth = 0.0, 1
        while self._place < len(self._tokens):
            token = self._next()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            total += width_of_words(token) if len(token) == 1 and token not in "{}" else 5.3
        return total


_ROMAN = frozenset({"log", "min", "max", "tanh", "exp", "arcsin"})
