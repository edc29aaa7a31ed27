"""The growth per layer under batch normalization at finite batch, as a sheet and as JSON data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.batch_normalization.rates import ClosedRate, Rate
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import print_expression
from freeblock.report.sheet import Grid, Line, Mathematics, Sheet, decimal, formula

MEAN_FIELD = ("Assumed [mean-field]: the width is much larger than B, the batch statistics have reached their fixed "
              "point, and gradients are independent of the forward weights (Yang et al. 2019, arXiv 1902.08129). No "
              "network's φ is claimed: `derive` grants nothing to `batch_norm(batch=B)` beyond the block itself.")
RATE = Mathematics("lambda(B)", r"\lambda(B)", "λ(B)")
LIMIT = Mathematics("lambda(B) as B -> infinity", r"\lim_{B \to \infty} \lambda(B)", "λ(B) as B → ∞")
B, C = Mathematics("B", "B"), Mathematics("c", "c")


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one activation; `measured` has (mean, standard error) by batch size, after a simulation."""

    activation: str
    rates: Sequence[Rate]
    closed: ClosedRate | None
    limit: float
    measured: Mapping[int, tuple[float, float]]
    width: int


def rates_sheet(rates: Rates) -> Sheet:
    """The page."""
    heads = [B, *([Mathematics("closed form", r"\text{closed form}")] if rates.closed else []),
             Mathematics("quadrature", r"\text{quadrature}"),
             Mathematics("Gegenbauer series", r"\text{Gegenbauer series}")]
    if rates.measured:
        heads += [Mathematics("measured", r"\text{measured}"), Mathematics("± std. error", r"\pm\ \text{std. error}")]
    rows = []
    for one in rates.rates:
        cells = [f"{value:#.8g}" for value in (one.closed, one.quadrature, one.series) if value is not None]
        if rates.measured:
            cells += [f"{rates.measured[one.batch][0]:.6g}", f"{rates.measured[one.batch][1]:.2g}"]
        rows.append([str(one.batch), *cells])
    notes = [MEAN_FIELD]
    if rates.measured:
        notes.append(f"Measured in networks of width {rates.width}; at a finite width all rates are off by O(B/width).")
    return Sheet(f"Growth of squared gradients per layer of `dense >> batch_norm(batch=B) >> {rates.activation}`",
                 _formulas(rates), Grid(heads, rows), notes)


def _formulas(rates: Rates) -> list[Line]:
    if rates.closed is None:
        return [Line(LIMIT, "~", decimal(rates.limit))]
    if rates.closed.mixing.is_one:
        rate = Mathematics("(B - 2)/(B - 3)", r"\frac{B - 2}{B - 3}", "(B − 2)/(B − 3)")
        return [Line(RATE, "=", rate), Line(LIMIT, "=", formula(ONE))]
    return [Line(RATE, "=", _closed(rates.closed.mixing)),
            Line(C, "=", Mathematics("-1/(B - 1)", r"-\frac{1}{B - 1}", "−1/(B − 1)")),
            Line(Mathematics("J_1", "J_1", "J₁"), "=",
                 Mathematics("(pi - arccos(c))/pi", r"\frac{\pi - \arccos c}{\pi}", "(π − arccos c)/π")),
            Line(Mathematics("J_0", "J_0", "J₀"), "=",
                 Mathematics("sqrt(1 - c^2)/pi + c*J_1", r"\frac{\sqrt{1 - c^2}}{\pi} + c J_1", "√(1 − c²)/π + c·J₁")),
            Line(LIMIT, "=", _limit(rates.closed.mixing)), Line(LIMIT, "~", decimal(rates.limit))]


def _closed(mixing: Expression) -> Mathematics:
    if mixing.is_zero:
        return Mathematics("(B - 2 + J_0 + J_1)/((B - 3)*(1 - J_0))", r"\frac{B - 2 + J_0 + J_1}{(B - 3)(1 - J_0)}",
                           "(B − 2 + J₀ + J₁)/((B − 3)·(1 − J₀))")
    text, latex, pretty = (_grouped(piece) for piece in formula(mixing))
    return Mathematics(
        f"(B - 2 + J_0 + J_1 + {text}*(1 + c - J_0 - J_1))/((B - 3)*(1 - J_0 - {text}*(c - J_0)))",
        rf"\frac{{B - 2 + J_0 + J_1 + {latex}(1 + c - J_0 - J_1)}}{{(B - 3)\left(1 - J_0 - {latex}(c - J_0)\right)}}",
        f"(B − 2 + J₀ + J₁ + {pretty}·(1 + c − J₀ − J₁))/((B − 3)·(1 − J₀ − {pretty}·(c − J₀)))")


def _grouped(piece: str | None) -> str:
    shown = piece or ""
    return f"({shown})" if shown.startswith(("-", "−")) else shown


def _limit(mixing: Expression) -> Mathematics:
    """E f′²/Var f = π/(π − 1 + t)."""
    if mixing.is_zero:
        return Mathematics("pi/(pi - 1)", r"\frac{\pi}{\pi - 1}", "π/(π − 1)")
    text, latex, pretty = formula(ONE - mixing)
    return Mathematics(f"pi/(pi - {text})", rf"\frac{{\pi}}{{\pi - {latex}}}", f"π/(π − {pretty})")


def rates_data(rates: Rates) -> dict[str, Any]:
    """The JSON of the command; formulas are Python expressions in B."""
    closed = rates.closed
    data: dict[str, Any] = {
        "activation": rates.activation, "closed_form": None if closed is None else _python(closed.mixing),
        "limit": {"formula": None if closed is None else "1" if closed.mixing.is_one else
                  f"pi/(pi - 1 + {print_expression(closed.mixing, PYTHON)})", "value": rates.limit},
        "rates": [{"batch": one.batch, "closed_form": one.closed, "quadrature": one.quadrature,
                   "error": one.error, "series": one.series,
                   **({"measured": rates.measured[one.batch][0], "standard_error": rates.measured[one.batch][1]}
                      if rates.measured else {})} for one in rates.rates],
        "hypotheses": [{"name": "mean-field", "status": "assumed", "because": MEAN_FIELD}]}
    return data


def _python(mixing: Expression) -> str:
    if mixing.is_one:
        return "(B - 2)/(B - 3)"
    cosine, angle = "(-1/(B - 1))", "((pi - acos(-1/(B - 1)))/pi)"
    kernel = f"(sqrt(1 - {cosine}**2)/pi + {cosine}*{angle})"
    weight = print_expression(mixing, PYTHON)
    return (f"(B - 2 + {kernel} + {angle} + ({weight})*(1 + {cosine} - {kernel} - {angle}))"
            f"/((B - 3)*(1 - {kernel} - ({weight})*({cosine} - {kernel})))")


def without_mean_sheet(sizes: Sequence[int]) -> Sheet:
    """The page of linear networks whose normalization subtracts no mean."""
    rate = Mathematics("(B - 1)/(B - 2)", r"\frac{B - 1}{B - 2}", "(B − 1)/(B − 2)")
    rows = [[str(size), f"{(size - 1) / (size - 2):#.8g}"] for size in sizes]
    return Sheet("Growth of squared gradients per layer of `dense >> batch_norm(batch=B)`, no mean subtracted",
                 [Line(RATE, "=", rate), Line(LIMIT, "=", formula(ONE))],
                 Grid([B, Mathematics("closed form", r"\text{closed form}")], rows), [MEAN_FIELD])


def without_mean_data(sizes: Sequence[int]) -> dict[str, Any]:
    """The JSON of the same."""
    return {"activation": "linear", "without_mean": True, "closed_form": "(B - 1)/(B - 2)",
            "limit": {"formula": "1", "value": 1.0},
            "rates": [{"batch": size, "closed_form": (size - 1) / (size - 2)} for size in sizes],
            "hypotheses": [{"name": "mean-field", "status": "assumed", "because": MEAN_FIELD}]}
