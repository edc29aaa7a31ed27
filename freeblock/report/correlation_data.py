"""The correlation map of one layer as JSON data: formulas are Python expressions in c, q and the symbols."""

from __future__ import annotations

from typing import Any

from freeblock.correlation.analysis import Analysis
from freeblock.correlation.function import Correlation
from freeblock.formula.expression import Expression
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression
from freeblock.report.correlation_sheet import C, Q, chi_formula, next_correlation

_NOTHING: dict[str, Any] = {
    "q": None, "every_q": None, "fixed_points": [], "chi": None, "phase": None, "c_star": None, "slope": None,
    "decay": None, "hermite": None, "start": None, "layers": [], "error": None}
"""Where symbols have no values."""


def correlation_data(found: Correlation) -> dict[str, Any]:
    """The JSON; null where there is none."""
    kernel = found.kernel
    return {
        "activation": found.function.text,
        "weight_variance": _text(found.weight), "bias_variance": _text(found.bias),
        "kernel": None if kernel is None else kernel.kind,
        "joint_mean": None if kernel is None else _text(kernel.value(Q, C)),
        "map": None if kernel is None else _text(next_correlation(found, kernel)),
        "chi_formula": None if kernel is None else _text(chi_formula(found, kernel)),
        **(_NOTHING if found.analysis is None else _numbers(found.analysis)),
        "edge": [{"bias_variance": row.bias, "weight_variance": row.weight, "q": row.q, "attracts": row.stable,
                  "error": row.error} for row in found.edge],
        "assumed": ["gaussian-pre-activation"],
    }


def _text(expression: Expression) -> str:
    return print_expression(expression, PYTHON)


def _numbers(one: Analysis) -> dict[str, Any]:
    ending = one.decay
    return {
        "q": None if one.scale_free else one.q, "every_q": one.scale_free and one.phase == "edge",
        "fixed_points": [{"q": point.q, "slope": point.slope, "attracts": point.stable}
                         for point in one.found.positive],
        "chi": one.chi, "phase": one.phase, "c_star": ending.limit, "slope": ending.slope,
        "decay": {"kind": ending.kind, "rate": ending.rate if ending.kind == "exponential" else None,
                  "power": ending.power or None, "coefficient": ending.coefficient or None},
        "hermite": {"coefficients": list(one.series.coefficients), "map": one.weights, "rest": one.rest},
        "start": one.start,
        "layers": [{"layer": depth.layer, "q": depth.q, "c": depth.c, "gap": depth.gap} for depth in one.depths],
        "error": one.error,
    }
