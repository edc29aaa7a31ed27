"""Any text inside a comment of another language: it can neither end the comment nor steer a terminal or an editor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def visible(text: str) -> str:
    """One line, with what does not print written as its code point."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


def line_comments(lines: Iterable[str], mark: str) -> list[str]:
    """Each line behind a mark."""
    return [f"{mark} {visible(line)}".rstrip() for line in lines]


def block_comment(lines: Iterable[str], opening: str, closing: str) -> list[str]:
    """Lines between an opening and a closing sign, neither of which is left inside."""
    def harmless(line: str) -> str:
        text = visible(line)
        # ?? begins a trigraph in C: `??/` at the end of a line would join the next one to it.
        for sign in (opening, closing, "??", "??"):
            text = text.replace(sign, f"{sign[0]} {sign[1:]}")
        return f"   {text}".rstrip()

    return [opening, *map(harmless, lines), closing]


def source_lines(text: str) -> Sequence[str]:
    """The lines of a user's text, however they end."""
    return text.strip().splitlines() or [""]
