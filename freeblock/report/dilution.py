"""The dilution of residual blocks: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from freeblock.report.latex_text import comment
from freeblock.signals.dilution import Dilution
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]
ROWS = 24
"""Blocks that are listed for people: of more, the first."""
_HEADS = ("block", "k", "R_S", "R", "GSC^2", "GSC", "1 + r/(k^2+1)", "remainder")
_LATEX_HEADS = (r"\text{block}", "k", "R_S", "R", r"\mathrm{GSC}^2", r"\mathrm{GSC}", r"1 + \frac{r}{k^2+1}",
                r"\text{remainder}")


@dataclass(frozen=True, slots=True)
class DilutionPage:
    """What is reported of one network."""

    expression: str
    found: Dilution


def dilution_text(page: DilutionPage, style: Style) -> str:
    """The blocks, the whole, and the product in closed form."""
    found = page.found
    text = page.expression.strip()
    shown = f"```\n{text}\n```" if style == "markdown" else "\n".join(f"  {line}" for line in text.splitlines())
    rows = _rows(found)
    lines = ["GSC^2 = (k^2 R_S + R)/(k^2 + 1) of each block, with R = (1 + r)^2",
             f"GSC^2 of the whole network: {10 ** (found.table.log_gsc_squared or 0.0):.6g}"]
    if found.product is not None:
        one = found.product
        lines += [f"k^2 = {one.slope:.6g} b + {one.start:.6g} in block b, and R = {one.growth:.6g} in each, so that",
                  f"GSC^2 = G(N+{1 + one.upper:.6g}) G({1 + one.lower:.6g}) / (G({1 + one.upper:.6g}) "
                  f"G(N+{1 + one.lower:.6g})) with the gamma function G, {one.value:.6g} at N = {one.count}",
                  f"GSC^2 grows like N^{one.exponent:.6g}"]
    more = f"\n… and {len(found.blocks) - ROWS} more" if len(found.blocks) > ROWS else ""
    if style == "markdown":
        table = "\n".join([f"| {' | '.join(_HEADS)} |", f"|{' ---: |' * len(_HEADS)}",
                           *(f"| {' | '.join(row)} |" for row in rows)])
        return "\n\n".join([shown, table + more, "\n".join(f"- {line}" for line in lines)]) + "\n"
    widths = [max(len(row[place]) for row in (_HEADS, *rows)) for place in range(len(_HEADS))]
    table = "\n".join("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
                      for row in (_HEADS, *rows))
    return "\n\n".join([shown, table + more.replace("\n", "\n  "), "\n".join(f"  {line}" for line in lines)]) + "\n"


def _rows(found: Dilution) -> list[tuple[str, ...]]:
    rows = []
    for place, block in enumerate(found.blocks[:ROWS], 1):
        values = (block.k_squared**0.5, block.skip, block.branch, block.exact, block.exact**0.5, block.first_order,
                  block.remainder)
        rows.append((str(place), *("-" if value is None else f"{value:.6g}" for value in values)))
    return rows


def dilution_latex(page: DilutionPage) -> str:
    """A fragment for an `amsmath` document."""
    found = page.found
    rows = " \\\\\n".join(f"  {' & '.join(_math(cell) for cell in row)}" for row in (_LATEX_HEADS, *_rows(found)))
    lines = [f"% freeblock {__version__}", *comment(page.expression.strip("\n")),
             r"Each block is a skip $S$ beside branches $\rho$, with $k^2 = q_S/q_\rho$ and",
             r"\[ \mathrm{GSC}^2 = \frac{k^2 R_S + R}{k^2 + 1}, \qquad R = (1 + r)^2: \]",
             rf"\[ \begin{{array}}{{{'r' * len(_HEADS)}}}", rows, r"\end{array} \]"]
    if found.product is not None:
        one = found.product
        top, low = f"{1 + one.upper:.6g}", f"{1 + one.lower:.6g}"
        lines += [rf"With $k_b^2 = {one.slope:.6g}\, b + {one.start:.6g}$ the product over $N$ blocks is",
                  rf"\[ \mathrm{{GSC}}^2 = \frac{{\Gamma(N + {top})\,\Gamma({low})}}"
                  rf"{{\Gamma({top})\,\Gamma(N + {low})}} "
                  rf"\sim N^{{{one.exponent:.6g}}}. \]"]
    return "\n".join(lines) + "\n"


def _math(cell: str) -> str:
    mantissa, sign, exponent = cell.partition("e-")
    return rf"{mantissa} \cdot 10^{{-{int(exponent)}}}" if sign and exponent.isdigit() else cell


def dilution_data(page: DilutionPage) -> dict[str, Any]:
    """The contract of docs/forward.md."""
    found, one = page.found, page.found.product
    return {
        "expression": page.expression, "input": {"q": found.table.q, "c": found.table.c},
        "gsc_squared": 10 ** (found.table.log_gsc_squared or 0.0),
        "blocks": [{"block": block.label, "place": block.place, "k": block.k_squared**0.5, "skip_growth": block.skip,
                    "branch_growth": block.branch, "gsc_squared": block.exact, "gsc": block.exact**0.5,
                    "first_order": block.first_order, "remainder": block.remainder} for block in found.blocks],
        "product": None if one is None else {
            "count": one.count, "growth": one.growth, "slope": one.slope, "start": one.start,
            "exponent": one.exponent, "value": one.value},
    }
