"""The kinds of mistake freeblock reports; each carries a message, a span and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from freeblock.source import Span, printable

_CUTOFF = 0.6


class FreeblockError(Exception):
    """A mistake in what the user wrote, told so that it can be mended; the root of every other kind."""

    exit_status: int = 2

    def __init__(self, message: str, span: Span | None = None, hint: str | None = None) -> None:
        super().__init__(message, span, hint)
        self.message = message
        self.span = span
        self.hint = hint

    def __str__(self) -> str:
        parts = [f"error: {printable(self.message)}"]
        if self.span is not None:
            name = printable(self.span.source.name).replace("\n", " ")
            parts.append(f"  --> {name}:{self.span.line}:{self.span.column}")
            parts.append(self.span.picture())
        if self.hint is not None:
            parts.append(f"hint: {printable(self.hint)}")
        return "\n".join(parts)


class LanguageError(FreeblockError):
    """The text does not follow the grammar."""


class UnknownNameError(FreeblockError):
    """A name that nothing defines."""


class ArgumentError(FreeblockError):
    """Too many, too few, repeated or misplaced arguments."""


class ShapeError(FreeblockError):
    """Widths that do not fit together."""


class DomainError(FreeblockError):
    """A value outside the domain of its parameter."""


class LimitError(FreeblockError):
    """A text or a number beyond a stated limit."""


class LibraryError(FreeblockError):
    """A component library that cannot be accepted."""


class OptionError(FreeblockError):
    """A command-line option, or a file named there, that cannot be used."""


class RefusedError(FreeblockError):
    """The mathematics says no: a hypothesis fails, or there is no solution."""

    exit_status = 1


class ErrorList(FreeblockError):
    """Several mistakes, reported at once."""

    def __init__(self, errors: Sequence[FreeblockError]) -> None:
        first = errors[0] if errors else None
        super().__init__(
            "\n".join(error.message for error in errors),
            first.span if first else None,
            first.hint if first else None,
        )
        self.errors = tuple(errors)
        self.exit_status = max((error.exit_status for error in errors), default=FreeblockError.exit_status)

    def __reduce__(self) -> tuple[type[ErrorList], tuple[tuple[FreeblockError, ...]]]:
        return type(self), (self.errors,)

    def __str__(self) -> str:
        return "\n\n".join(str(error) for error in self.errors)


def did_you_mean(name: str, candidates: Iterable[str], cutoff: float = _CUTOFF) -> str | None:
    """The candidate that resembles the name most (1 is equal), whatever its case; None where none comes near it."""
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake pays for it)

    by_folded = {candidate.casefold(): candidate for candidate in sorted(candidates, reverse=True)}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None
