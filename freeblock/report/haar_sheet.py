"""Moments of Haar matrices as a sheet and as JSON data; polynomials in d are written from the highest power down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from freeblock.batch_normalization.haar import Entries, HaarMoment, Polynomial
from freeblock.batch_normalization.weingarten import LoopType
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression
from freeblock.report.sheet import Line, Mathematics, Sheet


class _Text:
    """How powers, indices and quotients are written on a line of text."""

    times = "*"

    def power(self, base: str, exponent: int) -> str:
        return base if exponent == 1 else f"{base}^{exponent}"

    def trace(self, length: int) -> str:
        return f"t_{length}"

    def quotient(self, top: str, sum_above: bool, bottom: str, product_below: bool) -> str:
        return f"{f'({top})' if sum_above else top}/{f'({bottom})' if product_below else bottom}"

    def bracket(self, text: str) -> str:
        return f"({text})"


class _Latex(_Text):
    times = " "

    def power(self, base: str, exponent: int) -> str:
        return base if exponent == 1 else f"{base}^{{{exponent}}}"

    def quotient(self, top: str, sum_above: bool, bottom: str, product_below: bool) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"


def haar_sheet(found: Sequence[tuple[Entries, HaarMoment]]) -> Sheet:
    """The page."""
    lines = []
    for entries, moment in found:
        product = entries.latex.replace("{", "").replace("}", "")
        left = Mathematics(f"E[{product}]", rf"\operatorname{{E}}\left[{entries.latex}\right]")
        lines.append(Line(left, "=", Mathematics(_written(moment, _Text()), _written(moment, _Latex()))))
    kinds = {entries.matrix for entries, _ in found}
    least = max((len(entries.rows) + 1) // 2 if entries.matrix == "O" else entries.degree for entries, _ in found)
    notes = ["O is Haar on O(d); different letters are different indices."]
    if "B" in kinds:
        notes[0] += " B = OAOᵀ with a symmetric A, and t_k = tr A^k."
    notes.append(f"Exact for every d ≥ {max(least, _indices(found))}.")
    return Sheet("Moments of Haar matrices", lines, None, notes)


def _indices(found: Sequence[tuple[Entries, HaarMoment]]) -> int:
    """The most different indices of one product, for which there must be room."""
    return max(max(len({*entries.rows, *(entries.columns if entries.matrix == "B" else ())}), len(set(entries.columns)))
               for entries, _ in found)


def _written(moment: HaarMoment, style: _Text) -> str:
    if not moment.terms:
        return "0"
    # The first term is positive where one is.
    terms = sorted(moment.terms, key=lambda term: term[0][max(term[0])] < 0)
    numerator = ""
    for place, (polynomial, kind) in enumerate(terms):
        sign, text = _term(polynomial, kind, style)
        numerator += (f" {sign} " if place else "-" if sign == "-" else "") + text
    if not moment.denominator:
        return numerator
    factors = [style.power(_factor(factor, style), power) for factor, power in
               sorted(moment.denominator, key=lambda item: (max(item[0]) > 0, len(item[0]), item[0].get(0, 0)))]
    sum_above = len(terms) > 1 or (not terms[0][1] and len(terms[0][0]) > 1)
    return style.quotient(numerator, sum_above, style.times.join(factors), len(factors) > 1)


def _factor(polynomial: Polynomial, style: _Text) -> str:
    text = _polynomial(polynomial, style)
    return style.bracket(text) if len(polynomial) > 1 else text


def _term(polynomial: Polynomial, kind: LoopType, style: _Text) -> tuple[str, str]:
    """The sign and the rest of coefficient·∏ t_k."""
    traces = [style.power(style.trace(length), kind.count(length)) for length in sorted(set(kind))]
    highest = polynomial[max(polynomial)]
    sign = "-" if highest < 0 else "+"
    positive = {power: value if highest > 0 else -value for power, value in polynomial.items()}
    coefficient = _factor(positive, style) if traces else _polynomial(positive, style)
    factors = ([] if coefficient == "1" and traces else [coefficient]) + traces
    return sign, style.times.join(factors)


def _polynomial(polynomial: Polynomial, style: _Text) -> str:
    text = ""
    for place, power in enumerate(sorted(polynomial, reverse=True)):
        value = polynomial[power]
        size = abs(value)
        piece = str(size) if not power else style.power("d", power) if size == 1 else (
            f"{size}{style.times}{style.power('d', power)}")
        text += (f" {'-' if value < 0 else '+'} " if place else "-" if value < 0 else "") + piece
    return text


def haar_data(found: Sequence[tuple[Entries, HaarMoment]]) -> dict[str, Any]:
    """The JSON; values are Python expressions in d and t_1, t_2, …"""
    return {"moments": [{"product": entries.text, "matrix": entries.matrix,
                         "value": print_expression(moment.expression, PYTHON),
                         "latex": _written(moment, _Latex())} for entries, moment in found]}
