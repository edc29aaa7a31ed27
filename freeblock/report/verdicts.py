"""Verdicts on claims: for people, in LaTeX, and as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

import mpmath

from freeblock.calculus.claims import DIGITS, Point, Verdict
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.quantities import symbols_of
from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE, python_name
from freeblock.formula.printing import Notation, print_expression
from freeblock.report.latex_text import code, comment, prose
from freeblock.report.quotation import quoted
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]
SHOWN = 12
"""Significant digits of a value that is printed."""


def verdicts_text(expression: str, derivation: Derivation, verdicts: Sequence[Verdict], style: Style) -> str:
    """The network, and each claim with its verdict."""
    notation: Notation = PLAIN if style == "text" else UNICODE if style == "unicode" else LATEX
    shown = quoted(expression, style)
    sections = [shown, *(_verdict(verdict, derivation, notation, style) for verdict in verdicts)]
    return "\n\n".join(sections) + "\n"


def _verdict(verdict: Verdict, derivation: Derivation, notation: Notation, style: Style) -> str:
    quoted = f"`{verdict.text}`" if style == "markdown" else verdict.text
    lines = [f"{quoted}: {_headline(verdict)}"]

    def formula(value: Expression) -> str:
        printed = print_expression(value, notation)
        return f"${printed}$" if style == "markdown" else printed

    if verdict.left != verdict.right:
        lines += [f"left:  {formula(verdict.left)}", f"right: {formula(verdict.right)}"]
    for point in verdict.points:
        lines.append(_point(point, derivation))
    if verdict.factor is not None:
        lines.append(f"right/left = {formula(verdict.factor)}")
    indent = "- " if style == "markdown" else "  "
    return "\n".join([lines[0], *([""] if style == "markdown" and len(lines) > 1 else []),
                      *(indent + line for line in lines[1:])])


def _headline(verdict: Verdict) -> str:
    word = {"equal": "EQUAL", "different": "DIFFERENT", "undecided": "UNDECIDED"}[verdict.standing]
    return f"{word}: {verdict.because}" if verdict.because else word


def _point(point: Point, derivation: Derivation) -> str:
    where = ", ".join(f"{name} = {_fraction(value)}" for name, value in sorted(point.values.items())
                      if name not in derivation.network.constants)
    ratio = f", right/left = {number_text(point.claimed / point.derived)}" if point.derived else ""
    return (f"at {where}: " if where else "") + \
        f"left = {number_text(point.derived)}, right = {number_text(point.claimed)}{ratio}"


def number_text(value: Any, digits: int = SHOWN) -> str:
    """A number of mpmath in decimal."""
    text: str = mpmath.nstr(value, digits)
    return text.removesuffix(".0")


def _fraction(value: Fraction) -> str:
    return str(value)


def verdicts_data(expression: str, derivation: Derivation, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The contract of docs/verify.md."""
    network = derivation.network
    return {
        "expression": expression,
        "equal": all(verdict.standing == "equal" for verdict in verdicts),
        "claims": [{
            "claim": verdict.text,
            "verdict": verdict.standing,
            "because": verdict.because,
            "proved": verdict.proved,
            "left": print_expression(verdict.left, PYTHON),
            "right": print_expression(verdict.right, PYTHON),
            "factor": None if verdict.factor is None else print_expression(verdict.factor, PYTHON),
            "points": [{"values": {python_name(name): str(value) for name, value in point.values.items()},
                        "left": number_text(point.derived, DIGITS), "right": number_text(point.claimed, DIGITS)}
                       for point in verdict.points],
        } for verdict in verdicts],
        "symbols": {python_name(name): {"assumptions": ["integer", "positive"] if name in network.whole
                                        else ["positive"]}
                    for name in sorted(symbols_of(derivation) - network.constants.keys())},
    }


def verdicts_latex(expression: str, derivation: Derivation, verdicts: Sequence[Verdict]) -> str:
    """A fragment for an `amsmath` document."""
    lines = [f"% freeblock {__version__}", *comment(expression.strip("\n"))]
    for verdict in verdicts:
        lines.append(f"The claim {code(verdict.text)} is {prose(verdict.standing)}"
                     f"{': ' if verdict.because else ''}{prose(verdict.because)}.")
        lines.append(rf"\[ \text{{left: }} {print_expression(verdict.left, LATEX)}, \qquad "
                     rf"\text{{right: }} {print_expression(verdict.right, LATEX)} \]")
        lines += [f"{prose(_point(point, derivation))}." for point in verdict.points[:1]]
    return "\n".join(lines) + "\n"
