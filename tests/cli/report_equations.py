r"""The equations of a LaTeX report in the order in which they stand, rows that go on joined."""

from __future__ import annotations

import re
from collections.abc import Iterator

DISPLAY = re.compile(r"\\\[\n(.*?)\n\\\]|\\begin\{(?:align|gather)\*\}\n(.*?)\n\\end\{(?:align|gather)\*\}", re.DOTALL)


def equations(report: str) -> Iterator[tuple[str, list[str]]]:
    """(left side, right sides) of every displayed equation without matrices; a chain has several right sides."""
    for match in DISPLAY.finditer(report):
        display = match[1] or match[2]
        if r"\begin{array}" in display:
            yield from _table(display)
        elif r"\begin" not in display:
            for equation in _equations_of(display):
                left, *rest = _split(equation, ("=", r"\approx"))
                yield left, rest


def _table(display: str) -> Iterator[tuple[str, list[str]]]:
    """The values of premises, of which the columns say what they are."""
    head, *rows = [line.split(" & ") for line in display.splitlines() if " & " in line]
    for row in rows:
        for said, cell in list(zip(head, row, strict=True))[2:]:
            quantity = re.sub(r"\\\\.*", "", said).strip()
            if r"\frac" not in quantity and not quantity.endswith("_i"):
                yield f"{quantity}({row[0]})", [re.sub(r"\\\\.*", "", cell)]


def _equations_of(display: str) -> Iterator[str]:
    joined: list[str] = []
    for row in re.split(r"\\\\\n", display):
        text = row.strip()
        if joined and text.startswith("&"):
            joined[-1] += " " + re.sub(r"&(\\q?quad)?", "", text)
        else:
            joined.append(text.replace("&", ""))
    for line in joined:
        for piece in _split(line, (r"\qquad",)):
            if piece.strip(" ,."):
                yield re.sub(r"\\quad \(\d+ \\times\)", "", piece).strip(" ,.")


def _split(text: str, signs: tuple[str, ...]) -> list[str]:
    """The pieces between signs that stand in no bracket."""
    pieces, depth = [""], 0
    for token in re.findall(r"\\[A-Za-z]+|\\.|.", text, re.DOTALL):
        depth += (token in "{(" ) - (token in "})")
        if token in signs and not depth:
            pieces.append("")
        else:
            pieces[-1] += token
    return pieces
