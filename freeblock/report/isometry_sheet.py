"""The isometry gap of a spectrum under batch normalization, and the laws at isometry, as sheets and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath

from freeblock.batch_normalization.backward import growth_at_isometry, late_rate, plateau
from freeblock.batch_normalization.curve import GapCurve
from freeblock.batch_normalization.simulation import Measured
from freeblock.batch_normalization.spectrum import Value
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression, number
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.sheet import Grid, Line, Mathematics, Sheet, decimal, formula

SHOWN = 12
"""Depths that are printed one by one; of more, a selection."""
SIGNIFICANT = 12

GAP = Mathematics("gap(X)", r"\operatorname{gap}(X)")
ONE_LAYER = Mathematics("E gap(BN(WX))", r"\operatorname{E}\,\operatorname{gap}(\operatorname{BN}(WX))")
DEPTH = Mathematics("E gap after L layers", r"\operatorname{E}\,\operatorname{gap}(X_L)")
LEFT = Mathematics("gap(X_{L+1})/gap(X_L)", r"\operatorname{gap}(X_{L+1}) / \operatorname{gap}(X_L)")
PHI = Mathematics("phi(JJᵀ)", r"\phi(JJ^{\top})", "φ(JJᵀ)")
HAAR = ("Layers X -> BN(WX), W Haar on O(d), linear; BN divides each row by its norm and subtracts no mean "
        "(Meterez et al. 2023, arXiv 2310.02012).")


def _short(value: Value, digits: int = SIGNIFICANT) -> str:
    """A number to so many digits, rounded."""
    return "infinity" if mpmath.isinf(value) else str(mpmath.nstr(value, digits, strip_zeros=False)) if value else "0"


def _number(value: Value, digits: int = SIGNIFICANT) -> Mathematics:
    text = _short(value, digits)
    mantissa, exponent, power = text.partition("e")
    return Mathematics(text, r"\infty" if text == "infinity" else
                       rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else text)


def gap_sheet(curve: GapCurve, measured: Measured | None) -> Sheet:
    """The page of a spectrum."""
    title = f"Isometry gap of a {curve.dimension} by {curve.columns} batch"
    growth = Line(PHI, "=", _number(curve.next_growth), "one layer on this X, scaled so that tr XXᵀ = d")
    if not curve.full_rank:
        return Sheet(title, [Line(GAP, "=", _number(curve.gap)), growth], None, [
            HAAR, "XXᵀ has no full rank: the gap stays infinite, deep gradients explode, and no formula is known for "
                  "their rate."])
    lines = [Line(GAP, "=", _number(curve.gap)), Line(ONE_LAYER, "=", _number(curve.after_one), "exact"),
             Line(ONE_LAYER, "<=", _number(curve.sharp), "gap - Var(uᵀΛu)*h(largest eigenvalue)"),
             Line(ONE_LAYER, "<=", _number(curve.published), "the published form of the bound"),
             Line(DEPTH, "<=", _decay(curve), "proved for every X of this gap"),
             Line(DEPTH, "<=", _exponential(curve), "the published form, with its constant k"),
             Line(LEFT, "~", formula(late_rate(number(curve.dimension))), "late layers: 1 - 2/(d+2)"), growth]
    return Sheet(title, lines, _curve_grid(curve, measured), [
        HAAR, "Λ has the eigenvalues with mean 1, u is uniform on the sphere, h(λ) = (λ - 1 - log λ)/(λ - 1)².",
        "Proved: the gap never increases; the bound column is exact at depths 0 and 1 and an upper bound of the mean "
        "beyond. The column at the late rate is the slope that late layers have, and no bound."])


def _decay(curve: GapCurve) -> Mathematics:
    rate = mpmath.nstr(curve.contraction.rate, 6)
    return Mathematics(f"gap(X)*(1 - {rate})^L", rf"\operatorname{{gap}}(X)\,(1 - {rate})^L")


def _exponential(curve: GapCurve) -> Mathematics:
    constant = mpmath.nstr(curve.constant, 8)
    return Mathematics(f"gap(X)*exp(-L/{constant})", rf"\operatorname{{gap}}(X)\,e^{{-L/{constant}}}")


def _curve_grid(curve: GapCurve, measured: Measured | None) -> Grid:
    heads = [Mathematics("L", "L"), Mathematics("E gap <=", r"\operatorname{E}\,\operatorname{gap} \le", "E gap ≤"),
             Mathematics("at the late rate", r"\text{at the late rate}")]
    if measured is not None:
        heads += [Mathematics("measured", r"\text{measured}"), Mathematics("± std. error", r"\pm\ \text{std. error}")]
    rows = []
    for depth in _selected(len(curve.bounds) - 1):
        row = [str(depth), _short(curve.bounds[depth], 8), _short(curve.late[depth], 8) if depth else ""]
        if measured is not None:
            row += [f"{measured.means[depth]:.6g}", f"{measured.errors[depth]:.2g}"]
        rows.append(row)
    return Grid(heads, rows)


def _selected(last: int) -> list[int]:
    """Depths 0 … L, or of many 0, 1, 2, 5, 10, 20, 50, … and the last."""
    if last <= SHOWN:
        return list(range(last + 1))
    round_ones = [digit * 10**power for power in range(len(str(last))) for digit in (1, 2, 5)]
    return [0, *(depth for depth in round_ones if depth < last), last]


def gap_data(curve: GapCurve, measured: Measured | None) -> dict[str, Any]:
    """The JSON of a spectrum; numbers with more digits than a float are strings, null where infinite."""
    def text(value: Value) -> str | None:
        return None if mpmath.isinf(value) else _short(value)

    known = curve.full_rank
    return {
        "dimension": curve.dimension, "columns": curve.columns, "full_rank": known, "gap": text(curve.gap),
        "one_layer": {"gap": text(curve.after_one), "bound": text(curve.sharp),
                      "published_bound": text(curve.published), "phi": text(curve.next_growth)},
        "rate": float(curve.contraction.rate) if known else None,
        "published_constant": float(curve.constant) if known else None,
        "late_rate": print_expression(late_rate(number(curve.dimension)), PYTHON),
        "depths": [{"depth": depth, "bound": text(curve.bounds[depth]),
                    "at_late_rate": text(curve.late[depth]) if depth else None,
                    **({"measured": measured.means[depth], "standard_error": measured.errors[depth]}
                       if measured is not None else {})} for depth in _selected(len(curve.bounds) - 1)],
    }


@dataclass(frozen=True, slots=True)
class Laws:
    """The laws in d and n at isometry, for L layers."""

    dimension: Expression
    columns: Expression
    depth: Expression
    measured: Measured | None

    @property
    def growth(self) -> Expression:
        """φ(JJᵀ) of L layers."""
        return growth_at_isometry(self.dimension, self.columns, self.depth)

    def value(self, depth: int) -> float:
        """φ(JJᵀ) of so many layers, where d and n are numbers."""
        return evaluate(growth_at_isometry(self.dimension, self.columns, number(depth)), {}).to_float()


def laws_sheet(laws: Laws) -> Sheet:
    """The page of the laws."""
    growth = laws.growth
    lines = [Line(LEFT, "~", formula(late_rate(laws.dimension)), "late layers: 1 - 2/(d+2)"),
             Line(PHI, "=", formula(growth), "at least one layer, from an isometric X")]
    if not symbols(growth):
        lines.append(Line(PHI, "~", decimal(evaluate(growth, {}).to_float())))
    limit = plateau(laws.dimension, laws.columns)
    lines.append(Line(Mathematics("phi(JJᵀ) as L -> infinity", r"\lim_{L \to \infty} \phi(JJ^{\top})",
                                  "φ(JJᵀ) as L → ∞"), "=", formula(limit)))
    grid = None
    if laws.measured is not None:
        grid = Grid([Mathematics("L", "L"), PHI, Mathematics("measured", r"\text{measured}"),
                     Mathematics("± std. error", r"\pm\ \text{std. error}")],
                    [[str(depth), f"{laws.value(depth):.8g}", f"{laws.measured.means[depth]:.6g}",
                      f"{laws.measured.errors[depth]:.2g}"]
                     for depth in _selected(len(laws.measured.means) - 1) if depth])
    needs = "" if laws.dimension == laws.columns else " Required: n ≥ d."
    return Sheet("Batch normalization with Haar weights near isometry", lines, grid, [
        HAAR + needs, "φ is on the d·n coordinates of the batch. For d ≥ 2 it neither explodes nor vanishes."])


def laws_data(laws: Laws) -> dict[str, Any]:
    """The JSON of the laws; formulas are Python expressions."""
    data: dict[str, Any] = {
        "dimension": print_expression(laws.dimension, PYTHON), "columns": print_expression(laws.columns, PYTHON),
        "depth": print_expression(laws.depth, PYTHON), "late_rate": print_expression(late_rate(laws.dimension), PYTHON),
        "phi": print_expression(laws.growth, PYTHON),
        "phi_limit": print_expression(plateau(laws.dimension, laws.columns), PYTHON)}
    if laws.measured is not None:
        data["depths"] = [{"depth": depth, "phi": laws.value(depth), "measured": laws.measured.means[depth],
                           "standard_error": laws.measured.errors[depth]}
                          for depth in range(1, len(laws.measured.means))]
    return data
