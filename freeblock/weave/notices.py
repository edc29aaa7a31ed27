"""What is said of a paper without stopping the work: a warning with its place."""

from __future__ import annotations

from dataclasses import dataclass

from freeblock.errors import FreeblockError
from freeblock.source import Span


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning; a fatal one makes the exit status 1."""

    message: str
    span: Span
    hint: str | None = None
    fatal: bool = False

    def __str__(self) -> str:
        text = str(FreeblockError(self.message, self.span, self.hint))
        return text if self.fatal else text.replace("error:", "warning:", 1)
