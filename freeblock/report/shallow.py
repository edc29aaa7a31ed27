"""A truncated product of skip blocks: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

import mpmath

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.quantities import symbols_of
from freeblock.calculus.shallow import Factor, Truncation
from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE, python_name
from freeblock.formula.printing import Notation, print_expression
from freeblock.report.latex_text import comment
from freeblock.report.quotation import quoted
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]
SHOWN, EXACT = 6, 15
"""Significant digits for people, and in JSON."""
ROWS = 24
"""Blocks and terms that are listed for people: of more, the first."""
LONG = 200
"""A formula with more characters is told by its number, where it has one."""


@dataclass(frozen=True, slots=True)
class ShallowPage:
    """What is reported of one network."""

    expression: str
    derivation: Derivation
    found: Truncation


def _number(value: Any, digits: int = SHOWN) -> str:
    text: str = mpmath.nstr(value, digits, min_fixed=-5, max_fixed=12)
    return text.removesuffix(".0")


def _percent(part: Any, whole: Any) -> str:
    """Rounded down, so that 100 % is all of it."""
    return f"{float(mpmath.floor(1000 * part / whole)) / 10:.1f} %"


def _value(formula: Expression | None, number: Any, notation: Notation, sign: str) -> str:
    """A formula with its number, each where it says more than the other."""
    shown = "" if formula is None else print_expression(formula, notation)
    if number is None or shown == _number(number):
        return shown
    return f"{shown} {sign} {_number(number)}" if shown and len(shown) <= LONG else _number(number)


def shallow_text(page: ShallowPage, style: Style) -> str:
    """The blocks, what at most so many branches give, a bound on the rest, and the terms one by one."""
    return _Text(page, style).build()


class _Text:
    def __init__(self, page: ShallowPage, style: Style) -> None:
        self._page, self._found, self._style = page, page.found, style
        self._notation: Notation = PLAIN if style == "text" else UNICODE if style == "unicode" else LATEX
        self._sign = {"text": "~", "unicode": "≈", "markdown": r"\approx"}[style]

    def build(self) -> str:
        shown = quoted(self._page.expression, self._style)
        sections = [shown, self._blocks(), self._sum(), self._terms(), self._rests()]
        return "\n\n".join(section for section in sections if section) + "\n"

    def _section(self, heading: str, lines: Sequence[str]) -> str:
        if self._style == "markdown":
            return "\n".join([f"## {heading}\n", *(f"- {line}" for line in lines)])
        return "\n".join([f"{heading}:", *(f"  {line}" for line in lines)])

    def _math(self, text: str) -> str:
        return f"${text}$" if self._style == "markdown" else text

    def _equation(self, left: str, formula: Expression, number: Any = None) -> str:
        return self._math(f"{left} = {_value(formula, number, self._notation, self._sign)}")

    def _blocks(self) -> str:
        factors = self._found.factors
        lines = [self._block(one) for one in factors[:ROWS]]
        if len(factors) > ROWS:
            lines.append(f"… and {len(factors) - ROWS} more")
        if not self._found.prefactor.is_one:
            name = r"\phi" if self._style == "markdown" else "φ"
            lines.append(f"the other blocks: {self._equation(name, self._found.prefactor)}")
        return self._section("Blocks with φ = skip + scale*branch", lines)

    def _block(self, one: Factor) -> str:
        # Words, since a symbol of the network may be called omega or tau.
        count, *values = (self._math(print_expression(value, self._notation))
                          for value in (one.count, one.omega, one.tau, one.branch))
        parts = [f"{name} {value}" for name, value in zip(("skip", "scale", "branch"), values, strict=True)]
        return f"{count} of {', '.join(parts)}"

    def _sum(self) -> str:
        found = self._found
        of = print_expression(found.depth, self._notation)
        branches = "1 branch" if found.branches == 1 else f"{found.branches} branches"
        name = r"\phi(JJ^{\top})" if self._style == "markdown" else "φ(JJᵀ)"
        kept = self._math(_value(found.truncated, found.kept, self._notation, self._sign))
        bound = self._math(_value(found.bound, found.bounded, self._notation, self._sign))
        lines = [self._equation(name, found.phi, found.whole), f"kept: {kept}"]
        if found.rest is None:
            lines.append("left out: nothing" if found.bound is not None and found.bound.is_zero else
                         f"left out: at most {bound}")
        else:
            lines[-1] += f", {_percent(found.kept, found.whole)} of φ"
            said = found.rest and found.bounded < found.whole  # a bound above φ says nothing
            lines.append(f"left out: {self._math(_number(found.rest))}" + (f", at most {bound}" if said else ""))
        return self._section(f"At most {branches} of {self._math(of)}", lines)

    def _terms(self) -> str:
        found = self._found
        if found.terms is None:
            return ""
        rows = [(str(k), _number(term), _percent(kept, found.whole))
                for k, (term, kept) in enumerate(zip(found.terms, accumulate(found.terms), strict=True))]
        more = f"… and {len(rows) - ROWS} more" if len(rows) > ROWS else ""
        rows = [("branches", "term", "of φ so far"), *rows[:ROWS]]
        if self._style == "markdown":
            table = [f"| {' | '.join(row)} |" for row in rows]
            return "\n".join([table[0], "| ---: | ---: | ---: |", *table[1:], *([f"\n{more}"] if more else [])])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([*lines, *([f"  {more}"] if more else [])])

    def _rests(self) -> str:
        lines = dict.fromkeys(f"[{item.name}] {item.because} ({', '.join(f'`{block}`' for block in item.blocks[:4])})"
                              for item in self._page.derivation.hypotheses if item.status == "assumed")
        return self._section("Assumed", list(lines)) if lines else ""


def shallow_data(page: ShallowPage) -> dict[str, Any]:
    """The contract of docs/paper/shallow-network-trick.md."""
    found, network = page.found, page.derivation.network

    def formula(value: Expression | None) -> str | None:
        return None if value is None else print_expression(value, PYTHON)

    def exact(value: Any) -> str | None:
        return None if value is None else _number(value, EXACT)

    return {
        "expression": page.expression,
        "blocks": [{"omega": formula(one.omega), "tau": formula(one.tau), "branch": formula(one.branch),
                    "count": formula(one.count)} for one in found.factors],
        "prefactor": formula(found.prefactor),
        "depth": formula(found.depth),
        "branches": found.branches,
        "phi": formula(found.phi),
        "kept": formula(found.truncated),
        "bound": formula(found.bound),
        "values": None if found.terms is None else {
            "phi": exact(found.whole), "kept": exact(found.kept), "left_out": exact(found.rest),
            "bound": exact(found.bounded), "share": exact(found.kept / found.whole),
            "terms": [exact(term) for term in found.terms]},
        "definitions": {python_name(name): str(value.number()) for name, value in network.constants.items()},
        "symbols": {python_name(name): {"latex": LATEX.name(name)[0], "assumptions":
                                        ["integer", "positive"] if name in network.whole else ["positive"]}
                    for name in sorted(symbols_of(page.derivation) - network.constants.keys())},
        "assumed": [{"name": item.name, "because": item.because, "blocks": list(item.blocks)}
                    for item in page.derivation.hypotheses if item.status == "assumed"],
    }


def shallow_latex(page: ShallowPage) -> str:
    """A fragment for an `amsmath` document."""
    found = page.found

    def shown(value: Expression | None, number: Any = None) -> str:
        return _value(value, number, LATEX, r"\approx")

    lines = [f"% freeblock {__version__}", *comment(page.expression.strip("\n")),
             r"Each block has a skip beside a branch, and $\phi$ is skip plus scale times $\phi$ of the branch:"]
    rows = [r"\text{blocks} & \text{skip} & \text{scale} & \phi\text{ of the branch}",
            *(" & ".join(map(shown, (one.count, one.omega, one.tau, one.branch))) for one in found.factors[:ROWS])]
    if len(found.factors) > ROWS:
        rows.append(rf"\multicolumn{{4}}{{c}}{{\text{{and {len(found.factors) - ROWS} more}}}}")
    lines += [r"\[ \begin{array}{rccc}", " \\\\\n".join(f"  {row}" for row in rows), r"\end{array} \]",
              rf"so that $\phi(JJ^{{\top}}) = {shown(found.phi, found.whole)}$. Of its terms, those with at most "
              f"${found.branches}$ branches come to", rf"\[ {shown(found.truncated, found.kept)} \]"]
    if found.bound is not None and found.bound.is_zero:
        lines.append("which is all of it.")
    else:
        lines += ["and the others together to at most", rf"\[ {shown(found.bound, found.bounded)}. \]"]
    return "\n".join(lines) + "\n"
