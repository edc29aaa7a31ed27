"""Reads tokens one by one, for the evaluators of printed formulas."""

from __future__ import annotations

from collections.abc import Sequence


class TokenReader:
    """A place in a sequence of tokens."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def done(self) -> bool:
        return self._place == len(self._tokens)

    @property
    def rest(self) -> str:
        return " ".join(self._tokens[self._place:]) or "the end"

    def _peek(self) -> str:
        return "" if self.done else self._tokens[self._place]

    def _next(self, wanted: str | None = None) -> str:
        token = self._peek()
        assert token and (wanted is None or token == wanted), f"{wanted} is not at {self.rest}"
        self._place += 1
        return token

    def _takes(self, *signs: str) -> str:
        return self._next() if self._peek() in signs else ""
