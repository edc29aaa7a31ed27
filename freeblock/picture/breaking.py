"""A long formula on several lines: broken between terms and factors, and inside brackets where that is not enough."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freeblock.report.latex_width import width_of

_TOKEN = re.compile(r"\\left\\?.|\\right\\?.|\\[A-Za-z]+|\\.|[{}()]|\s+|[^\\{}()\s]+")


def lines_of(latex: str, limit: float) -> list[str] | None:
    """The lines, each at most `limit` points wide; None where a part cannot be broken."""
    pieces: list[str] = []
    for piece in _opened(latex, limit, 0):
        if width_of(piece) > limit:
            return None
        if pieces and width_of(pieces[-1]) + width_of(piece) <= limit:
            pieces[-1] += f" {piece}"
        else:
            pieces.append(piece)
    return pieces


def _opened(latex: str, limit: float, depth: int) -> list[str]:
    """The pieces between blanks that stand outside brackets; those that are too long are opened."""
    found: list[str] = []
    for piece in _split(latex):
        if width_of(piece) <= limit or depth > 20:
            found.append(piece)
        elif piece.startswith(r"\frac{"):
            above, below = _arguments(piece)
            found += ["[", *_opened(above, limit, depth + 1), "]", "/", "[", *_opened(below, limit, depth + 1), "]"]
        elif match := re.fullmatch(r"(?:\\left)?\((.*?)(?:\\right)?\)(\^\{[^{}]*\})?", piece, re.DOTALL):
            found += ["(", *_opened(match[1], limit, depth + 1), f"){match[2] or ''}"]
        else:
            found.append(piece)
    return found


def _split(latex: str) -> list[str]:
    """At blanks outside all brackets."""
    pieces, here, depth = [], "", 0
    for token in _TOKEN.findall(latex):
        if token.isspace() and not depth:
            pieces.append(here)
            here = ""
            continue
        depth += (token in "{(" or token.startswith(r"\left")) - (token in "})" or token.startswith(r"\right"))
        here += token
    return _joined([piece for piece in (*pieces, here) if piece])


def _joined(pieces: Sequence[str]) -> list[str]:
    """A command and the letter behind it stay together, as do a sign and a space with what follows."""
    joined: list[str] = []
    for piece in pieces:
        if joined and re.search(r"(^[-+]|\\[A-Za-z]+|\\,)$", joined[-1]):
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return joined


def _arguments(fraction: str) -> tuple[str, str]:
    """The numerator and the denominator of a fraction."""
    parts, depth, here = [], 0, ""
    for token in _TOKEN.findall(fraction.removeprefix(r"\frac")):
        depth += token == "{"
        if depth > 1 or (depth and token not in "{}"):
            here += token
        depth -= token == "}"
        if not depth and token == "}":
            parts.append(here)
            here = ""
    return parts[0], parts[1]
