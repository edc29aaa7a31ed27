"""Errors the scanner and the builder find: characters that belong to no token, and mixed chains."""

from __future__ import annotations

import re
import unicodedata

from freeblock.errors import LanguageError
from freeblock.language.nodes import Node
from freeblock.source import Source, Span

_OPERAND_WIDTH = 30  # characters of an operand that a suggested reading quotes

_COMMENT = re.compile(r"#[^\r\n]*")
_DATA_FLOW = "data flows left to right: `f` after `g` is written `g >> f`"
_HINTS = {
    "@": _DATA_FLOW,
    "∘": _DATA_FLOW,
    "→": "blocks in series are written `a >> b`",
    "⇒": "blocks in series are written `a >> b`",
    "≫": "blocks in series are written `a >> b`",
    "⊕": "branches are summed with `+` and stacked with `|`",
    "‖": "outputs are stacked with `|`",
    "&": "outputs are stacked with `|`",
    ".": "a product is written with `*`; a decimal point needs a digit beside it",
    "·": "a product is written with `*`",
    "⋅": "a product is written with `*`",
    "×": "a product is written with `*`",
    "÷": "a quotient is written with `/`",
    "−": "this is not the minus of the keyboard: write `-`",
    "–": "this is not the minus of the keyboard: write `-`",
    "—": "this is not the minus of the keyboard: write `-`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "only <, <=, >, >= and = compare",
    "!": "only <, <=, >, >= and = compare",
    "%": "a comment begins with `#`",
    ";": "statements end with the line",
    ":": "a definition is written `name = block`, an index `serial[l=1..L](block)`",
    "√": "write `sqrt(…)`",
    "∞": "a depth is a number or a name",
    "…": "a range is written `1..L`",
    "{": "group with parentheses",
    "}": "group with parentheses",
    "\\": "write names without a backslash, `sigma_w`",
    "$": "write formulas without dollar signs",
    "_": "a name begins with a letter",
    '"': "nothing is quoted here",
    "'": "nothing is quoted here",
    "“": "nothing is quoted here",
    "”": "nothing is quoted here",
}


def strange_character(source: Source, place: int) -> LanguageError:
    """The error for a character that no token begins with, or that a name may not hold."""
    char = source.text[place]
    span = Span(source, place, place + 1)
    code = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "").lower()
    if unicodedata.category(char) == "Cc":
        return LanguageError(f"control character {code}", span, "the text must be plain text")
    if char.isspace() or unicodedata.category(char) in ("Cf", "Zs", "Zl", "Zp"):
        return LanguageError(f"{name or 'a space'} {code}", span, "write an ordinary space here, or nothing")
    if unicodedata.category(char) in ("Mn", "Mc", "Me"):
        return LanguageError(f"{name} {code} stands apart from its letter", span, "write names without it")
    shown = f"`{char}`" if char.isprintable() else "character"
    hint = _HINTS.get(char)
    if hint is None and unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        hint = "write an exponent as `x^n`, an index as `x_n`"
    described = f"{shown} ({name}, {code})" if not char.isascii() and name else shown
    if not char.isprintable():
        described = f"{shown} {code}"
    return LanguageError(f"unexpected {described}", span, hint)


def mixed_chain(nodes: list[Node], operators: list[Span]) -> LanguageError:
    """The error for a chain of more than one operator; it shows both readings in the user's own words."""
    level = ["+" if span.text == "-" else span.text for span in operators]
    second = next(place for place, text in enumerate(level) if text != level[0])
    left, right = operators[second - 1].text, operators[second].text
    before, middle, after = (_quoted(node) for node in nodes[second - 1 : second + 2])
    first_reading = f"({before} {left} {middle}) {right} {after}"
    second_reading = f"{before} {left} ({middle} {right} {after})"
    return LanguageError(
        f"`{left}` and `{right}` have one level: parentheses must say which comes first",
        operators[second],
        f"write `{first_reading}` or `{second_reading}`",
    )


def _quoted(node: Node) -> str:
    text = " ".join(_COMMENT.sub("", node.span.text).split())
    return text if len(text) <= _OPERAND_WIDTH else text[: _OPERAND_WIDTH - 1] + "…"
