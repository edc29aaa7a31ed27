"""The hypotheses in sentences, the assumptions about parameters, and each block's share of κ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.steps import Contribution
from freeblock.report.latex_page import Page
from freeblock.report.latex_text import code, listed, prose
from freeblock.report.latex_width import width_of

_BLOCKS_SHOWN = 3
_LISTED = 100
"""So many blocks are listed."""
_TABLE = 24
"""A table is not broken over pages; it has no more rows."""

_WORDS = {
    "left": r"$J \sim UJ$",
    "right": r"$J \sim JV$",
    "left-Gram": r"$JJ^{\top} \sim UJJ^{\top}U^{\top}$",
    "right-Gram": r"$J^{\top}J \sim VJ^{\top}JV^{\top}$",
    "isometric": r"$J^{\top}J \propto I$",
    "coisometric": r"$JJ^{\top} \propto I$",
    "left-isotropic": r"$\operatorname{E} JJ^{\top} \propto I$",
    "right-isotropic": r"$\operatorname{E} J^{\top}J \propto I$",
    "given all masks": r"conditionally on every data-dependent diagonal",
    "central": r"of mean zero over one of its weights",
    "skip-left": r"a multiple of $I$ plus a left branch",
    "skip-right": r"a multiple of $I$ plus a right branch",
    "left-deterministic": r"$\operatorname{E} JGJ^{\top}$ is non-random given all masks, for non-random $G$",
    "right-deterministic": r"$\operatorname{E} J^{\top}GJ$ is non-random given all masks, for non-random $G$",
}
"""Words of the theorems' conditions, as mathematics."""

_SUBJECTS = {
    "serial": "Serial theorem", "sum": "Sum theorem", "stack": "Stack theorem",
    "diagonals": "Commuting diagonals", "component": "Component", "parameter": "Parameter",
    "overlap": "Overlap theorem",
}


def hypotheses_section(page: Page) -> list[str]:
    """What was proved, assumed and refused, in this order; equal entries over the orders are one sentence."""
    derivation = page.derivation
    items: list[str] = []
    for status in ("proved", "assumed", "refused"):
        items += _sentences([item for item in derivation.hypotheses if item.status == status])
    items += _notes(derivation)
    if not items:
        return []
    said = " ".join(item.because for item in derivation.hypotheses)
    return [rf"\paragraph{{Hypotheses.}} {_glossary(said)}", r"\begin{itemize}",
            *(rf"\item {item}" for item in items), r"\end{itemize}"]


def _glossary(said: str) -> str:
    """What the words in the hypotheses mean, those that occur."""
    text = ""
    if re.search(r"\b[AB]\b", said):
        text = "$A$ is the block that acts first and $B$ the one after it; of branches, $A$ and $B$ are any two. "
    known = [rf"\emph{{{word}}}: {meaning}" for word, meaning in _WORDS.items()
             if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said)]
    if not known:
        return text
    rotations = r" ($U$, $V$ independent Haar rotations)"
    return f"{text}Of a matrix $J$ we say{rotations} {'; '.join(known)}."


def _sentences(items: Sequence[Hypothesis]) -> list[str]:
    groups: dict[tuple[object, ...], list[Hypothesis]] = {}
    for item in items:
        if item.theorem != "parameter":
            groups.setdefault((item.theorem, item.name, item.because, item.blocks), []).append(item)
    return [_sentence(members) for members in groups.values()]


def _sentence(members: Sequence[Hypothesis]) -> str:
    first = members[0]
    orders = sorted({item.order for item in members})
    span = "" if first.theorem == "component" else \
        f", order {orders[0]}" if len(orders) == 1 else f", orders {orders[0]}--{orders[-1]}"
    blocks = listed([code(block) for block in first.blocks[:_BLOCKS_SHOWN]])
    if len(first.blocks) > _BLOCKS_SHOWN:
        blocks += " and others"
    times = f", {first.count} times" if first.count > 1 else ""
    subject = _SUBJECTS.get(first.theorem, first.theorem.capitalize())
    known = "" if first.name in {"freeness", "given"} else f" ({prose(first.name)})"
    sentence = rf"{subject}{span}{known}: \emph{{{first.status}}}{times} at {blocks}; {prose(first.because)}."
    if first.status == "refused":
        sentence += f" It can be assumed under the name {code(first.name)}."
    if first.status == "assumed":
        sentence += " The result rests on this assumption."
    return sentence


def _notes(derivation: Derivation) -> list[str]:
    """What the resolution of the expression took for granted, and remarks."""
    lines = []
    for assumption in derivation.network.assumptions:
        subject, statement = prose(assumption.because), str(assumption.statement)
        if assumption.name == "note":
            lines.append(f"Note on {subject}: {prose(statement)}.")
        else:
            formula = statement if " " not in statement.strip() or assumption.name == "domain" else None
            shown = code(statement) if formula else prose(statement)
            lines.append(rf"Parameter, {subject}: \emph{{assumed}}, {shown}.")
    return lines


def shares_section(page: Page) -> list[str]:
    """κ as a sum over the blocks."""
    derivation = page.derivation
    shares = derivation.shares
    if derivation.given < 2 or not shares or derivation.kappa is None or derivation.side == "in":
        return []
    kappa = page.letters.kappa
    lines = [rf"\paragraph{{Share of each block in ${kappa}$.}}"]
    if len(shares) == 1:
        share = shares[0]
        return [*lines, rf"All of ${kappa}$ comes from {code(share.block)} (${page.formulas.text(share.count)}$ "
                        f"block{'' if share.count.is_one else 's'})." if page.formulas.fits(share.count, 200)
                else f"All of ${kappa}$ comes from {code(share.block)}."]
    if len(shares) > _LISTED:
        lines.append(f"The first {_LISTED} of {len(shares)} blocks:")
    shown = shares[:_LISTED]
    if all(_fits(page, share) for share in shown):
        for start in range(0, len(shown), _TABLE):
            lines += _table(page, shown[start:start + _TABLE])
        return lines
    lines.append(r"\begin{itemize}")
    for share in shown:
        count = page.formulas.text(share.count) if page.formulas.fits(share.count, page.inline) else r"\dots"
        lines.append(rf"\item {code(share.block)}, count ${count}$:")
        rows = page.equation(rf"\text{{share of }} {kappa}", share.kappa, line=page.item)
        lines += page.equations([rows], line=page.item)
    return [*lines, r"\end{itemize}"]


def _table(page: Page, shares: Sequence[Contribution]) -> list[str]:
    rows = [rf"{code(share.block)} & ${page.formulas.text(share.count)}$ & ${page.formulas.text(share.kappa)}$ \\"
            for share in shares]
    return [r"\begin{center}", r"\renewcommand{\arraystretch}{1.3}%", r"\begin{tabular}{lll}",
            rf"block & count & share of ${page.letters.kappa}$ \\ \hline", *rows, r"\end{tabular}", r"\end{center}"]


def _fits(page: Page, share: Contribution) -> bool:
    if not (page.formulas.fits(share.count, 60) and page.formulas.fits(share.kappa, 200)):
        return False
    if page.formulas.text(share.kappa).count(r"\sum") > 1:
        return False
    wide = 5.3 * len(share.block) + width_of(page.formulas.text(share.count)) + width_of(
        page.formulas.text(share.kappa))
    return wide + 40 < page.line
