"""A derivation as LaTeX: a fragment for an `amsmath` document, or a complete article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.steps import Step
from freeblock.report.bibliography import bibliography_items
from freeblock.report.latex_hypotheses import hypotheses_section, shares_section
from freeblock.report.latex_page import Page
from freeblock.report.latex_sources import entries_of, sources_section
from freeblock.report.latex_statement import inline_display, result_section, statement_section
from freeblock.report.latex_steps import step_lines, steps_section
from freeblock.report.latex_text import comment
from freeblock.report.latex_width import LINE
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation
from freeblock.version import __version__

Detail = Literal["none", "summary", "full"]

_PREAMBLE = (
    r"\documentclass{article}",
    r"\usepackage{amsmath}",
)

_LOOPED_PHI = 295
"""The place of the looped letter among LaTeX's own mathematical characters."""


def latex_report(
    derivation: Derivation, *, expression: str, steps: Detail = "full", document: bool = False,
    notation: PaperNotation | None = None,
) -> str:
    """The whole report; `expression` is the program as the user wrote it."""
    page = Page(derivation, notation)
    lines = [f"% freeblock {__version__}", *comment(expression.strip("\n"))]
    needs_amssymb = page.letters.notation.needs_amssymb
    if document:
        lines += [*_PREAMBLE, *([r"\usepackage{amssymb}"] if needs_amssymb else []), r"\begin{document}"]
    elif needs_amssymb:
        lines += [r"% needs \usepackage{amssymb}"]
    lines += _sections(page, expression, steps, kept_apart(page.letters))
    lines += sources_section(derivation, document=document)
    lines += [r"\par\endgroup"]
    if document:
        lines += [*bibliography_items(entries_of(derivation)), r"\end{document}"]
    return "\n".join(lines) + "\n"


def latex_passage(
    derivation: Derivation, *, notation: PaperNotation, names: Mapping[str, str], steps: Detail = "full",
    line: float = LINE,
) -> str:
    """The report as a passage of a paper that shows the expression itself and prints symbols by `names`.

    Formulas are broken for lines of that many points, at letters of ten points. The paper keeps φ and ϕ apart.
    """
    page = Page(derivation, notation, names=names, line=line)
    lines = [*_sections(page, None, steps), *sources_section(derivation, document=True), r"\par\endgroup"]
    return "\n".join(lines)


def _sections(page: Page, expression: str | None, steps: Detail, before: Sequence[str] = ()) -> list[str]:
    # Typewriter words and formulas in running text need lines that may stretch.
    lines = [r"\begingroup\sloppy\allowdisplaybreaks", *before]
    lines += statement_section(page, expression)
    lines += result_section(page)
    if steps != "none":
        lines += steps_section(page, summary=steps == "summary")
    return [*lines, *hypotheses_section(page), *shares_section(page)]


def kept_apart(letters: Letters) -> list[str]:
    """Some papers make \\phi print as \\varphi; there φ takes that form and ϕ becomes an upright V.

    Lines that act where they stand, until the end of the group.
    """
    if not letters.collide:
        return []
    return [rf"\sbox0{{${letters.phi}$}}\sbox2{{${letters.variance}$}}% should a preamble have made the two alike",
            rf"\ifdim\wd0=\wd2 \mathchardef{letters.phi}={_LOOPED_PHI} \def{letters.variance}{{{letters.stand_in}}}\fi"]


def latex_step(step: Step, derivation: Derivation) -> str:
    """One step as LaTeX text that stands alone. For all steps of a long derivation use `latex_steps`."""
    return "\n".join(step_lines(Page(derivation), step))


def latex_steps(derivation: Derivation) -> list[str]:
    """Every step as LaTeX text that stands alone, in time linear in the derivation."""
    page = Page(derivation)
    texts = []
    for step in derivation.steps:
        page.fresh()
        texts.append("\n".join(step_lines(page, step)))
    return texts


def inline_results(derivation: Derivation) -> str:
    """φ, ϕ and κ as one display, `$$…$$`, for a notebook."""
    return inline_display(Page(derivation))
