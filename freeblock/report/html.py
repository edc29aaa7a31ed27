"""A derivation for a notebook: the result as mathematics, the hypotheses by their standing. All text is escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.report.latex import inline_results
from freeblock.report.text import THEOREM_NAMES, said_once

_STANDINGS = ("refused", "assumed", "proved")


def html_report(derivation: Derivation, expression: str) -> str:
    """The expression, the result, and the hypotheses; those that are proved are folded in."""
    parts = [f"<pre>{html.escape(expression.strip())}</pre>", html.escape(inline_results(derivation))]
    for standing in _STANDINGS:
        found = said_once([item for item in derivation.hypotheses if item.status == standing])
        if not found:
            continue
        items = "".join(f"<li>{_sentence(*group)}</li>" for group in found)
        title = f"{standing} ({len(found)})"
        opened = "" if standing == "proved" else " open"
        parts.append(f"<details{opened}><summary>{title}</summary><ul>{items}</ul></details>")
    return "\n".join(parts)


def _sentence(item: Hypothesis, scope: str, count: int) -> str:
    name = THEOREM_NAMES.get(item.theorem, item.theorem)
    label = "" if item.name == "freeness" else f" [{item.name}]"
    blocks = ", ".join(f"<code>{html.escape(block)}</code>" for block in item.blocks[:4])
    times = f" ({count} times)" if count > 1 else ""
    return f"{_prose(f'{name}{scope}{label}: {item.because}')} ({blocks}){times}"


def _prose(text: str) -> str:
    """A sentence in which `backquotes` mark pieces of a program; a dollar begins no mathematics."""
    pieces: Sequence[str] = text.split("`")
    if len(pieces) % 2 == 0:
        pieces = [text]
    shown = [f"<code>{html.escape(piece)}</code>" if place % 2 else html.escape(piece).replace("$", "<span>$</span>")
             for place, piece in enumerate(pieces)]
    return "".join(shown)
