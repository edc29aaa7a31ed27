"""Words for LaTeX: everything a user, a library or a label may hold is escaped here, and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from freeblock.formula.notations import GREEK

COLUMNS = 64
"""Typewriter letters of ten points that fit a line of an article."""
_LONG_WORD = 12
"""A typewriter word may be broken, reluctantly, after so many letters."""

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    "…": r"\dots{}", "–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''", "\u00a0": "~",
    "−": "$-$", "·": r"$\cdot$", "×": r"$\times$", "→": r"$\to$", "∞": r"$\infty$", "√": r"$\surd$", "∏": r"$\prod$",
    "∑": r"$\sum$", "Σ": r"$\Sigma$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "∈": r"$\in$", "≈": r"$\approx$",
    "ᵀ": r"$^{\top}$", "²": "$^2$", "³": "$^3$", "ϕ": r"$\varphi$", "ς": r"$\varsigma$", "ο": "o", "Ο": "O",
    "ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "æ": r"\ae{}", "Æ": r"\AE{}",
}
_SPECIAL |= {letter: rf"$\{name}$" for name, letter in GREEK.items() if letter not in _SPECIAL}
_SPECIAL |= dict(zip("ΑΒΕΖΗΙΚΜΝΡΤΧ", "ABEZHIKMNPTX", strict=True))
# OT1 text fonts have no straight quotation mark.
_SPECIAL['"'] = "''"

_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u0304": "=", "\u0307": ".",
            "\u0327": "c", "\u030c": "v", "\u030a": "r", "\u0306": "u", "\u030b": "H", "\u0328": "k"}
_LIGATURES = re.compile(r"([-,<>`'?!])(?=[-,<>`'])")


def escape(text: str) -> str:
    """Any text as LaTeX text that prints the same and does nothing else."""
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    known = _SPECIAL.get(char)
    if known is not None:
        return known
    if " " <= char <= "~":
        return char
    if char.isspace():
        return " "
    folded = unicodedata.normalize("NFKD", char)
    base, marks = folded[0], folded[1:]
    if base.isascii() and base.isalpha() and all(mark in _ACCENTS for mark in marks):
        for mark in marks:
            base = rf"\{_ACCENTS[mark]}{{{base}}}"
        return base
    return f"(U+{ord(char):04X})"


def code(text: str) -> str:
    """A piece of a program in typewriter, with places where the line may be broken."""
    shown: list[str] = []
    since = 0
    for place, char in enumerate(text):
        since = 0 if char == " " else since + 1
        # Typewriter fonts hold these signs themselves, text fonts do not.
        shown.append(char if char in " <>|" else _letter(char))
        following = text[place + 1: place + 2]
        if _LIGATURES.match(char + following):
            # Two signs in a row are no dash or quotation mark here.
            shown.append("{}")
        breaks = char in "(,=*/|+^_-" or (char == ">" and following != ">")
        if following.strip() and following not in ",)=>" and (breaks or since >= _LONG_WORD):
            shown.append(r"\allowbreak{}" if breaks else r"\penalty5000{}")
            since = 0
    return rf"\texttt{{{''.join(shown)}}}"


def prose(text: str) -> str:
    """A sentence in which `backquotes` mark pieces of a program."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return "".join(code(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces))


def verbatim(text: str) -> str:
    """A program as it was written, in lines that fit; letters outside ASCII are spelled."""
    lines = [piece for line in _plain(text).split("\n") for piece in _wrapped(line.rstrip())]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join((r"\begin{verbatim}", *lines, r"\end{verbatim}"))


def comment(text: str) -> list[str]:
    """A text as TeX comment lines."""
    return [f"% {line}".rstrip() for line in _plain(text).split("\n")]


_SPELLED = {letter: name for name, letter in GREEK.items()} | {"…": "...", "−": "-", "·": ".", "×": "x"}


def _plain(text: str) -> str:
    """ASCII only, and nothing that ends a verbatim environment."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    if not text.isascii() or not text.isprintable():
        text = "".join(_spelled(char) for char in text)
    return text.replace(r"\end", r"\ end")


def _spelled(char: str) -> str:
    if " " <= char <= "~" or char == "\n":
        return char
    folded = unicodedata.normalize("NFKC", char)
    if folded in _SPELLED:
        return _SPELLED[folded]
    base = unicodedata.normalize("NFKD", char)[0]
    if " " <= base <= "~":
        return base
    return f"(U+{ord(char):04X})" if char.isprintable() else " "


def _wrapped(line: str) -> list[str]:
    """A long line broken at blanks where there are any, with the rest indented."""
    pieces: list[str] = []
    indent = ""
    while len(indent) + len(line) > COLUMNS:
        room = COLUMNS - len(indent)
        cut = _cut(line, room)
        pieces.append(indent + line[:cut].rstrip())
        line = line[cut:].lstrip()
        indent = "    "
    return [*pieces, indent + line] if line or not pieces else pieces


def _cut(line: str, room: int) -> int:
    """Where a line is best broken: at a blank, before an operator, behind a comma or bracket, anywhere."""
    blank = line.rfind(" ", room // 2, room + 1)
    if blank > 0:
        return blank
    for signs, shift in ((">>", 0), ("+", 0), ("|", 0), (",", 1), ("(", 1), ("*", 0)):
        place = line.rfind(signs, room // 2, room - 1)
        if place > 0:
            return place + shift
    return room


def listed(items: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
