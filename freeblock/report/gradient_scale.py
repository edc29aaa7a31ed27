"""φ, GSC and GSC² in formulas: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from freeblock.calculus.gradient_scale import GradientScale
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE, python_name
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.latex_text import comment
from freeblock.report.quotation import quoted
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]


@dataclass(frozen=True, slots=True)
class ScalePage:
    """What is reported of one network."""

    expression: str
    input: tuple[str, str]
    found: GradientScale


def _formulas(found: GradientScale) -> list[tuple[str, str, str, Expression]]:
    """(name, name in Unicode, name in LaTeX, formula)."""
    rows = [("q", "q", r"q_{\mathrm{out}}", found.q), ("phi", "φ(JJᵀ)", r"\phi(JJ^{\top})", found.phi),
            ("GSC", "GSC", r"\mathrm{GSC}", found.gsc), ("GSC^2", "GSC²", r"\mathrm{GSC}^2", found.squared)]
    rows = rows if found.c is None else [rows[0], ("c", "c", r"c_{\mathrm{out}}", found.c), *rows[1:]]
    for name, value in found.definitions.items():
        plain, pretty, latex = (print_expression(symbol(name), notation) for notation in (PLAIN, UNICODE, LATEX))
        rows.append((plain, pretty, latex, value))
    return rows


def scale_text(page: ScalePage, style: Style) -> str:
    """The formulas, and what they rest on."""
    found = page.found
    shown = quoted(page.expression, style)
    if style == "markdown":
        lines = [f"- ${latex} = {print_expression(formula, LATEX)}$" for _, _, latex, formula in _formulas(found)]
    else:
        notation = PLAIN if style == "text" else UNICODE
        lines = [f"  {plain if style == 'text' else pretty} = {print_expression(formula, notation)}"
                 for plain, pretty, _, formula in _formulas(found)]
    start = f"Input: Gaussian units, q = {page.input[0]}, correlation of two inputs c = {page.input[1]}. Output:"
    return "\n\n".join([shown, start, "\n".join(lines), "\n".join(_rests(found))]).rstrip() + "\n"


def _rests(found: GradientScale) -> list[str]:
    network = found.derivation.network
    used = frozenset().union(*(symbols(formula) for *_, formula in _formulas(found)))
    lines = [f"with {name} = {float(network.constants[name].number() or 0)!r}, the {network.meanings[name]}"
             for name in sorted(used & network.errors.keys())]
    return lines + list(dict.fromkeys(
        f"assumed: [{item.name}] {item.because} ({', '.join(f'`{block}`' for block in item.blocks[:4])})"
        for item in found.derivation.hypotheses if item.status == "assumed" and item.name != "gaussian-input"))


def scale_latex(page: ScalePage) -> str:
    """A fragment for an `amsmath` document."""
    rows = [rf"{latex} &= {print_expression(formula, LATEX)}" for _, _, latex, formula in _formulas(page.found)]
    return "\n".join([f"% freeblock {__version__}", *comment(page.expression.strip("\n")),
                      r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]) + "\n"


def scale_data(page: ScalePage) -> dict[str, Any]:
    """The contract of docs/forward.md, with formulas in the place of numbers."""
    found, network = page.found, page.found.derivation.network

    def formula(value: Expression | None) -> str | None:
        return None if value is None else print_expression(value, PYTHON)

    used = frozenset().union(*(symbols(value) for *_, value in _formulas(found)))
    return {
        "expression": page.expression, "input": {"q": page.input[0], "c": page.input[1]},
        "q": formula(found.q), "c": formula(found.c), "chi": None, "phi": formula(found.phi),
        "gsc": formula(found.gsc), "gsc_squared": formula(found.squared), "blocks": [], "flags": [], "refused": None,
        "definitions": {**{python_name(name): print_expression(value, PYTHON)
                           for name, value in found.definitions.items()},
                        **{python_name(name): str(network.constants[name].number())
                           for name in sorted(used & network.constants.keys())}},
        "assumed": [{"name": item.name, "because": item.because, "blocks": list(item.blocks)}
                    for item in found.derivation.hypotheses if item.status == "assumed"],
    }
