"""The place in a text where the grammar allows no next token."""

from __future__ import annotations

from freeblock.errors import LanguageError
from freeblock.language.scanner import Tokens
from freeblock.language.table import END

CLOSING = {"LPAR": ")", "LBRACKET": "]"}
PARTNER = {"RPAR": "LPAR", "RBRACKET": "LBRACKET"}

_SHOWN = 40  # characters of a token that a message quotes


class Scene:
    """The token that does not fit, its neighbours, and the brackets open before it."""

    __slots__ = ("tokens", "place", "expected", "here", "before", "earlier", "open")

    def __init__(self, tokens: Tokens, place: int, expected: set[str]) -> None:
        self.tokens = tokens
        self.place = place
        self.expected = expected
        self.here = tokens.kind(place)
        self.before = tokens.kind(place - 1)
        self.earlier = tokens.kind(place - 2)
        self.open: list[int] = []
        for earlier in range(place):
            kind = tokens.kind(earlier)
            if kind in CLOSING:
                self.open.append(earlier)
            elif kind in PARTNER:
                self.open.pop()

    def text(self, back: int = 0) -> str:
        """The text of the token that stands `back` places before the one that does not fit."""
        text = self.tokens.text(self.place - back)
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def word(self, back: int) -> str:
        """The name or number that stands `back` places before, or an ellipsis for anything longer."""
        return self.text(back) if self.tokens.kind(self.place - back) in ("NAME", "NUMBER") else "…"

    def error(self, message: str, hint: str | None = None, back: int = 0, through: int = 0) -> LanguageError:
        """An error about the tokens from `back` to `through` places before the one that does not fit."""
        return LanguageError(message, self.tokens.span(self.place - back, self.place - through), hint)

    def at_end(self) -> bool:
        """Whether the line or the text ends here."""
        return self.here in ("NEWLINE", END)

    def error_here(self, message: str, hint: str | None = None) -> LanguageError:
        """An error about this token, or about the last one where the line ends too early."""
        last = int(self.at_end() and self.place > 0)
        return self.error(message, hint, last, last)

    def statement_word(self) -> str:
        """The first token of the statement."""
        place = self.place
        while place > 0 and self.tokens.kind(place - 1) != "NEWLINE":
            place -= 1
        return self.tokens.kind(place)

    def wants_operand(self) -> bool:
        """Whether an expression must begin here."""
        return "NUMBER" in self.expected
