"""What lives on from input to input: the statements in force, what they were before, and the libraries."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.language.reading import read_source
from freeblock.repl.program import Spoken
from freeblock.rules.catalogue import Catalogue, load_catalogue


class Leave(Exception):
    """The conversation is over."""


class Conversation:
    """The state of a conversation. It changes in one step, when an input has been found good."""

    def __init__(self, libraries: Sequence[str] = ()) -> None:
        """Raises ErrorList for a library that cannot be accepted."""
        self.libraries = tuple(libraries)
        self.catalogue: Catalogue = load_catalogue([read_source(file) for file in libraries])
        self.spoken = Spoken()
        self._earlier: list[tuple[Spoken, str]] = []

    def accept(self, spoken: Spoken, what: str) -> None:
        """Go on from here; `what` is the input that led to it."""
        if spoken != self.spoken:
            self._earlier.append((self.spoken, what))
            self.spoken = spoken

    def undo(self) -> str | None:
        """Take the last input back that changed anything; that input, or None where there is none."""
        if not self._earlier:
            return None
        self.spoken, what = self._earlier.pop()
        return what
