"""The notations a formula is printed in: our own language, Python, Unicode for terminals, LaTeX."""

from __future__ import annotations

import re
from functools import lru_cache
from keyword import iskeyword

from freeblock.formula.printing import ATOM, OPEN, POWER, PRODUCT, SUM, Text, is_word

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
GREEK = dict(zip(_GREEK_NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))

_RESULTS = frozenset({"phi", "kappa"})
"""Symbols that print as they are spelled, since φ and κ are what is worked out."""

_SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _wrap(piece: Text, least: int) -> str:
    return piece[0] if piece[1] >= least else f"({piece[0]})"


class Plain:
    """Our own language: what is printed can be typed again."""

    textual = True
    times = "*"
    to_the = "^"

    def integer(self, value: int) -> Text:
        return str(value), ATOM if value >= 0 else SUM

    def name(self, name: str) -> Text:
        return name, ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        return f"{name}({', '.join(text for text, _ in arguments)})", ATOM

    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text:
        return f"{name}[{index}={lower[0]}..{upper[0]}]({body[0]})", ATOM

    def power(self, base: Text, exponent: Text) -> Text:
        return f"{_wrap(base, ATOM)}{self.to_the}{_wrap(exponent, ATOM)}", POWER

    def exponential(self, exponent: Text) -> Text:
        return f"exp({exponent[0]})", ATOM

    def root(self, base: Text) -> Text:
        return f"sqrt({base[0]})", ATOM

    def product(self, factors: list[Text]) -> Text:
        pieces = [_wrap(factor, POWER if place else PRODUCT) for place, factor in enumerate(factors)]
        return self.times.join(pieces), PRODUCT

    def quotient(self, numerator: Text, denominator: Text) -> Text:
        return f"{_wrap(numerator, PRODUCT)}/{_wrap(denominator, POWER)}", PRODUCT

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        pieces = []
        for place, (negative, term) in enumerate(terms):
            sign = "-" if negative else "+"
            pieces.append((f"-{_wrap(term, PRODUCT)}" if negative else term[0]) if not place
                          else f" {sign} {_wrap(term, PRODUCT)}")
        return "".join(pieces), SUM


_TAKEN_NAMES = (
    "E Integral Product Sum Min Max Abs sqrt exp log erf tanh asin sech harmonic floor ceiling factorial oo"
)
_TAKEN = frozenset(_TAKEN_NAMES.split())
"""What a printed Python expression itself uses. `gamma`, a common slope, is free: Γ prints as a factorial."""


class Python(Plain):
    """A Python expression that sympy reads with the formula's symbols as locals."""

    to_the = "**"
    _names = {"min": "Min", "max": "Max", "abs": "Abs", "arccos": "acos", "arcsin": "asin"}

    def name(self, name: str) -> Text:
        return python_name(name), ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        if name == "gamma":
            return f"factorial({arguments[0][0]} - 1)", ATOM
        if name == "Phi":
            return f"((1 + erf(({arguments[0][0]})/sqrt(2)))/2)", ATOM
        if name == "sech_moment":
            power, mean_square = _wrap(arguments[0], ATOM), arguments[1][0]
            return (f"Integral(sech(sqrt({mean_square})*z_)**{power}*exp(-z_**2/2)/sqrt(2*pi), (z_, -oo, oo))", ATOM)
        return super().call(self._names.get(name, name), arguments)

    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text:
        kind = "Product" if name == "product" else "Sum"
        return f"{kind}({body[0]}, ({index}, {lower[0]}, {upper[0]}))", ATOM


@lru_cache(maxsize=65536)
def python_name(name: str) -> str:
    """The name as a Python identifier, another one for every name.

    Keywords and what is used here get a trailing underscore, and one more if they end in underscores.
    """
    if name == "e":
        return "E"
    stem = name.rstrip("_")
    taken = iskeyword(stem) or stem in _TAKEN or (stem == "z" and name != stem)
    return f"{name}_" if taken else name


class Unicode(Plain):
    """For a terminal: Greek letters, superscripts, a middle dot."""

    times = "·"

    def name(self, name: str) -> Text:
        head, _, tail = name.partition("_")
        shown = GREEK.get(head, head)
        if name in _RESULTS or (not tail and name != head):
            return name, ATOM
        if not tail:
            return shown, ATOM
        return (shown + tail.translate(_SUBSCRIPTS) if tail.isdigit() else f"{shown}_{GREEK.get(tail, tail)}"), ATOM

    def power(self, base: Text, exponent: Text) -> Text:
        if re.fullmatch(r"-?\d+", exponent[0]):
            return f"{_wrap(base, ATOM)}{exponent[0].translate(_SUPERSCRIPTS)}", POWER
        return super().power(base, exponent)

    def root(self, base: Text) -> Text:
        return f"√{_wrap(base, ATOM)}", POWER

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        text, strength = super().sum(terms)
        return text.replace(" - ", " − "), strength

    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text:
        return f"{'∏' if name == 'product' else '∑'}[{index}={lower[0]}..{upper[0]}]({body[0]})", ATOM


class Latex:
    """LaTeX for amsmath."""

    textual = True

    _calls = {"log": r"\log", "min": r"\min", "max": r"\max", "tanh": r"\tanh", "erf": r"\operatorname{erf}",
              "Phi": r"\Phi", "gamma": r"\Gamma", "arccos": r"\arccos", "arcsin": r"\arcsin",
              "sinh": r"\sinh", "cosh": r"\cosh"}

    def integer(self, value: int) -> Text:
        return str(value), ATOM if value >= 0 else SUM

    def name(self, name: str) -> Text:
        return latex_name(name), ATOM

    def call(self, name: str, arguments: list[Text]) -> Text:
        inside = ", ".join(text for text, _ in arguments)
        if name == "harmonic":
            return f"H_{{{inside}}}", ATOM
        if name in {"floor", "ceiling"}:
            side = "floor" if name == "floor" else "ceil"
            return rf"\left\l{side} {inside} \right\r{side}", ATOM
        if name == "abs":
            return rf"\left| {inside} \right|", ATOM
        if name == "sech_moment":
            power, mean_square = arguments
            root = "" if mean_square[0] == "1" else rf"\sqrt{{{mean_square[0]}}}\,"
            return rf"\operatorname{{E}}\!\left[\operatorname{{sech}}^{{{power[0]}}}({root}z)\right]", ATOM
        return self._calls[name] + latex_brackets(inside), ATOM

    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text:
        sign = r"\prod" if name == "product" else r"\sum"
        return f"{sign}_{{{index}={lower[0]}}}^{{{upper[0]}}} {self._bracket(body, POWER)}", OPEN

    def power(self, base: Text, exponent: Text) -> Text:
        return f"{self._bracket(base, ATOM)}^{{{exponent[0]}}}", POWER

    def exponential(self, exponent: Text) -> Text:
        return f"e^{{{exponent[0]}}}", POWER

    def root(self, base: Text) -> Text:
        return rf"\sqrt{{{base[0]}}}", ATOM

    def product(self, factors: list[Text]) -> Text:
        pieces: list[str] = []
        *_, last = factors
        for place, factor in enumerate(factors):
            text = self._bracket(factor, PRODUCT if place < len(factors) - 1 else OPEN)
            if pieces and text[0].isdigit():
                pieces.append(r"\cdot")
            elif pieces and (is_word(text) or is_word(pieces[-1])):
                # A word set upright needs a blank to tell it from the letters beside it.
                pieces.append(r"\,")
            pieces.append(text)
        return " ".join(pieces), OPEN if last[1] == OPEN else PRODUCT

    def quotient(self, numerator: Text, denominator: Text) -> Text:
        return rf"\frac{{{numerator[0]}}}{{{denominator[0]}}}", PRODUCT

    def sum(self, terms: list[tuple[bool, Text]]) -> Text:
        pieces = []
        for place, (negative, term) in enumerate(terms):
            sign = "-" if negative else "" if not place else "+"
            shown = self._bracket(term, OPEN)
            pieces.append(f"{sign} {shown}" if place else f"{sign}{shown}")
        return " ".join(pieces), SUM

    def _bracket(self, piece: Text, least: int) -> str:
        return piece[0] if piece[1] >= least else latex_brackets(piece[0])


_TALL = (r"\frac", r"\prod", r"\sum", r"\left")


def latex_brackets(text: str) -> str:
    """A formula in round brackets that grow with it, plain ones where it is low."""
    return rf"\left({text}\right)" if any(sign in text for sign in _TALL) else f"({text})"


_NUMBERED = re.compile(r"(.*?)(\d+)")
_WORD = re.compile(r"([^\d]+?)(\d*)")


@lru_cache(maxsize=65536)
def latex_name(name: str) -> str:
    """The LaTeX of a symbol: Greek names as letters, what follows the first underscore as a subscript."""
    head, _, tail = name.partition("_")
    match = _NUMBERED.fullmatch(head)
    if match and match.group(1):
        head, tail = match.group(1), match.group(2) + ("," + tail if tail else "")
    shown = _letters(head)
    if not tail:
        return shown
    parts = re.split("[_,]", tail) if "_" in tail or "," in tail else (tail,)
    return f"{shown}_{{{','.join([_letters(part) for part in parts if part])}}}"


def _letters(word: str) -> str:
    return word if word.isdigit() else _word(word)


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    match = _WORD.fullmatch(word)
    head, digits = (match.group(1), match.group(2)) if match else (word, "")
    if head in GREEK:
        shown = rf"\{head}"
        return f"{shown} {digits}".strip() if digits else shown
    if len(head) == 1:
        return head + digits
    return rf"\mathrm{{{head + digits}}}"


PLAIN, PYTHON, UNICODE, LATEX = Plain(), Python(), Unicode(), Latex()
