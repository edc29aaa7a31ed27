"""φ and ϕ by the overlap theorem: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from freeblock.report.latex_text import comment
from freeblock.report.quotation import quoted
from freeblock.signals.overlap import Overlap
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]
ROWS = 24
"""Blocks that are listed for people: of more, the first."""
_HEADS = ("block", "p = E D^2", "r = E D^4", "f", "kappa of V")
_PROVED = ("the weights behind each activation are fresh and bi-invariant",
           "gradient independence, as the widths grow",
           "the stream is Gaussian, since the input is and each branch ends with fresh weights")


@dataclass(frozen=True, slots=True)
class OverlapPage:
    """What is reported of one network."""

    expression: str
    q: float
    c: float
    found: Overlap


def overlap_text(page: OverlapPage, style: Style) -> str:
    """φ, ϕ and κ, the plain κ beside it, what it rests on, and the blocks."""
    found = page.found
    shown = quoted(page.expression, style)
    phi, variance, kappa = ("phi", "variance", "kappa") if style == "text" else ("φ(JJᵀ)", "ϕ(JJᵀ)", "κ")
    values = [f"{phi} = {found.phi:.10g}", f"{variance} = {found.variance:.10g}", f"{kappa} = {found.kappa:.10g}",
              f"{kappa} of blocks with independent patterns: {found.plain_kappa:.10g}"]
    rests = [f"proved: overlap theorem, orders 1 to 2: {because}" for because in _PROVED]
    rests.append(f"assumed: the units of the input are N(0, {page.q:.6g}), two inputs with correlation {page.c:.6g}")
    if found.error:
        rests.append(f"Gaussian means by quadrature, relative error about {found.error:.0e}")
    rows = _rows(found)
    if style == "markdown":
        table = "\n".join([f"| {' | '.join(_HEADS)} |", f"|{' ---: |' * len(_HEADS)}",
                           *(f"| {' | '.join(row)} |" for row in rows)])
        lists = ("\n".join(f"- {line}" for line in lines) for lines in (values, rests))
        return "\n\n".join([shown, *lists, table]) + "\n"
    widths = [max(len(row[place]) for row in (_HEADS, *rows)) for place in range(len(_HEADS))]
    table = "\n".join("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
                      for row in (_HEADS, *rows))
    more = f"\n  … and {len(found.steps) - ROWS} more" if len(found.steps) > ROWS else ""
    return "\n\n".join([shown, "\n".join(f"  {line}" for line in values),
                        "\n".join(["Hypotheses:", *(f"  {line}" for line in rests)]), table + more]) + "\n"


def _rows(found: Overlap) -> list[tuple[str, ...]]:
    return [(str(place), *(f"{value:.6g}" for value in (step.patterns[0].square, step.patterns[0].fourth, step.phi,
                                                        step.kappa)))
            for place, step in enumerate(found.steps[:ROWS], 1)]


def overlap_latex(page: OverlapPage) -> str:
    """A fragment for an `amsmath` document."""
    found = page.found
    blocks = len(found.steps)
    if found.kind == "residual":
        form = rf"J = \prod_{{l=1}}^{{{blocks}}} (I + V_l D_l)"
        recursion = [
            r"\begin{align*}",
            r"u &= p_l + \sum_{j>l} f_j q_j c_{jl}, \qquad c_{jl} = \operatorname{E} D_j^2 D_l^2, \\",
            r"t &\leftarrow t + 2 f_l q u + 2 f_l p_l t + p_l^2 f_l^2 (\kappa_l q^2 + t) + f_l^2 q^2 (r_l - p_l^2), "
            r"\qquad q_l := q, \quad q \leftarrow q (1 + f_l p_l),",
            r"\end{align*}",
            r"from $q = t = 1$ and the last block to the first, with $p_l = \operatorname{E} D_l^2$, "
            r"$r_l = \operatorname{E} D_l^4$ and $f_l$, $\kappa_l$ of $V_l$,"]
    else:
        form = rf"J = \prod_{{l=1}}^{{{blocks}}} \begin{{bmatrix}} I \\ V_l D \end{{bmatrix}}"
        recursion = [r"by the recursion of the overlap theorem over groups of features, each of which keeps its "
                     r"pattern,"]
    return "\n".join([
        f"% freeblock {__version__}", *comment(page.expression.strip("\n")),
        rf"For $q = {page.q:.6g}$ and $c = {page.c:.6g}$ at the input, $ {form} $ has", *recursion,
        rf"\[ \phi(JJ^{{\top}}) = q = {found.phi:.10g}, \qquad \phi_2 = t = {found.second:.10g}, \qquad "
        rf"\kappa = t/q^2 - 1 = {found.kappa:.10g}, \]",
        rf"where independent patterns would give $\kappa = {found.plain_kappa:.10g}$."]) + "\n"


def overlap_data(page: OverlapPage) -> dict[str, Any]:
    """The contract of docs/theory/overlap.md."""
    found = page.found
    return {
        "expression": page.expression, "input": {"q": page.q, "c": page.c}, "kind": found.kind,
        "phi": found.phi, "variance": found.variance, "kappa": found.kappa, "moments": [found.phi, found.second],
        "plain_kappa": found.plain_kappa, "plain_variance": found.plain - found.phi**2, "error": found.error,
        "hypotheses": [*({"theorem": "overlap", "order": 2, "status": "proved", "because": because}
                         for because in _PROVED),
                       {"theorem": "parameter", "order": 2, "status": "assumed", "name": "gaussian-input",
                        "because": f"the units of the input are N(0, {page.q:.6g})"}],
        "blocks": [{"phi": step.phi, "kappa": step.kappa,
                    "patterns": [{"share": pattern.stream.share, "square": pattern.square, "fourth": pattern.fourth,
                                  "variance": pattern.variance} for pattern in step.patterns]}
                   for step in found.steps],
    }
