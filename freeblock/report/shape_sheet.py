"""What a gain before an activation does to gradients, as a sheet and as JSON data."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, floor, log10
from typing import Any

from freeblock.batch_normalization.shaping import GAIN, Shape
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression, number, symbol
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE
from freeblock.formula.printing import ATOM, Notation, print_expression, print_piece
from freeblock.formula.products import product
from freeblock.formula.traversal import symbols
from freeblock.report.sheet import Line, Mathematics, Sheet, decimal, formula

READABLE = 60
EXACT = 300
"""A longer exact form is in the JSON alone."""
"""A number whose formula is longer is printed as a decimal."""
EXACT = 300
"""A longer exact form is in the JSON alone."""


@dataclass(frozen=True, slots=True)
class Total:
    """½ Σ log g of one schedule, and what was measured, (mean, standard error)."""

    kappa: str
    depth: int | None
    value: float
    measured: tuple[float, float] | None
    width: int


@dataclass(frozen=True, slots=True)
class Shaping:
    """All that was asked of one activation; `chosen` has (exponent, constant gain, bound)."""

    activation: str
    shape: Shape
    centred: bool
    gains: tuple[tuple[str, float], ...]
    total: Total | None
    chosen: tuple[float | None, float | None, float] | None
    depth: int | None


G = Mathematics("g(alpha)", r"g(\alpha)", "g(α)")
CONVERGES = Mathematics("sum of log g < infinity iff kappa",
                        r"\textstyle\sum_l \log g(l^{-\kappa}) < \infty \iff \kappa", "∑ log g(l^(−κ)) < ∞ iff κ")


def shape_sheet(shaping: Shaping) -> Sheet:
    """The page."""
    shape = shaping.shape
    below = "Var f" if shaping.centred else "E f^2"
    lines = [Line(G, "=", Mathematics(
        f"alpha^2*E[f'(alpha*z)^2]/{'Var f(alpha*z)' if shaping.centred else 'E[f(alpha*z)^2]'}",
        rf"\alpha^2 \operatorname{{E}} f'(\alpha z)^2 / "
        rf"\operatorname{{{'Var' if shaping.centred else 'E'}}} f(\alpha z){'' if shaping.centred else '^2'}",
        f"α²·E[f′(αz)²]/{'Var f(αz)' if shaping.centred else 'E[f(αz)²]'}"), "z standard normal")]
    exact = None if shape.exact is None else _value(shape.exact)
    if exact is not None and len(exact[1].text) <= EXACT:
        lines.append(Line(G, *exact, "exact"))
    if shape.kind == "threshold":
        lines.append(Line(G, "=", _series(shape), "for small gains"))
    elif shape.exact is None and shape.kind != "vanishes":
        lines.append(Line(Mathematics("g(0+)", "g(0+)"), *_value(shape.limit)))
    lines += [_at_gain(text, value) for text, value in shaping.gains]
    if shape.threshold is not None:
        lines.append(Line(CONVERGES, ">", formula(number(shape.threshold)), "layer l has the gain `l^(-kappa)`"))
    lines += _of_schedules(shaping)
    notes = [_sentence(shape)]
    if shape.nonzero:
        zeros = " and ".join(f"`{print_expression(one, PLAIN)}`" for one in shape.nonzero)
        notes.append(f"Required: {zeros} {'are' if len(shape.nonzero) > 1 else 'is'} not 0.")
    if shape.kind in ("threshold", "flat"):
        notes.append("Assumed [moments]: f and f′ grow at most exponentially, so that the series at 0 is the "
                     "asymptotic series of the moments.")
    notes.append("Growth of squared gradients per layer: W, normalization, gain alpha, f, as the widths grow. The "
                 f"normalization {'subtracts' if shaping.centred else 'does not subtract'} the mean, hence {below}.")
    return Sheet(f"Gains before `{shaping.activation}`", lines, None, notes)


def _value(expression: Expression) -> tuple[str, Mathematics]:
    """A formula, or its value where it is a number too long to read."""
    shown = formula(expression)
    if len(shown.text) <= READABLE or symbols(expression) - {"pi", "e"}:
        return "=", shown
    return "~", decimal(evaluate(expression, {}).to_float())


def _sentence(shape: Shape) -> str:
    text = shape.because
    return text[0].upper() + text[1:] + "." if not text.startswith("f(") and not text.startswith("f ") else text + "."


def _at_gain(text: str, value: float) -> Line:
    shown = text.strip()
    return Line(Mathematics(f"g({shown})", f"g({shown})"), "~", decimal(exp(value), 12))


def _of_schedules(shaping: Shaping) -> list[Line]:
    lines = []
    if shaping.total is not None:
        total = shaping.total
        left = _sum(total.depth, total.kappa)
        lines.append(Line(left, "~", decimal(total.value, 6), "total log growth of gradients"))
        if total.measured is not None:
            lines.append(Line(Mathematics("measured", r"\text{measured}"), "=", Mathematics(
                f"{total.measured[0]:.4g} +- {total.measured[1]:.2g}",
                rf"{total.measured[0]:.4g} \pm {total.measured[1]:.2g}",
                f"{total.measured[0]:.4g} ± {total.measured[1]:.2g}"),
                f"log-norm of the gradient in the first weights less that in the last; width {total.width}"))
    if shaping.chosen is not None:
        exponent, gain, bound = shaping.chosen
        layers = "infinitely many layers" if shaping.depth is None else f"{shaping.depth} layers"
        if exponent is not None:
            lines.append(Line(Mathematics("kappa", r"\kappa", "κ"), ">=", decimal(_rounded(exponent, up=True), 6),
                              f"total log growth at most {bound:g} in {layers}"))
        else:
            lines.append(Line(Mathematics("kappa", r"\kappa", "κ"), "=", Mathematics("none", r"\text{none}"),
                              "the first layer, whose gain is 1, costs more than the bound"))
        if gain is not None:
            lines.append(Line(Mathematics("alpha", r"\alpha", "α"), "<=", decimal(_rounded(gain, up=False), 6),
                              f"one gain for all {layers}"))
    return lines


def _rounded(value: float, *, up: bool) -> float:
    """To six digits, away from the bound."""
    if not value:
        return value
    scale = 10.0 ** (5 - floor(log10(value)))
    return (ceil(value * scale - 1e-9) if up else floor(value * scale + 1e-9)) / scale


def _sum(depth: int | None, kappa: str) -> Mathematics:
    if depth is not None and kappa.strip() in ("0", "0.0"):
        text, latex, pretty = formula(number(Fraction(depth, 2)))
        return Mathematics(f"{text}*log g(1)", rf"{latex} \log g(1)", f"{pretty}·log g(1)")
    end = "infinity" if depth is None else str(depth)
    latex = r"\infty" if depth is None else str(depth)
    return Mathematics(f"1/2*sum[l=1..{end}](log g(l^(-{_bracketed(kappa)})))",
                       rf"\tfrac{{1}}{{2}} \sum_{{l=1}}^{{{latex}}} \log g(l^{{-{_bracketed(kappa)}}})",
                       f"½·∑[l=1..{'∞' if depth is None else end}] log g(l^(−{_bracketed(kappa)}))")


def _bracketed(text: str) -> str:
    return text.strip() if text.strip().replace(".", "").replace("/", "").isalnum() else f"({text.strip()})"


def _series(shape: Shape) -> Mathematics:
    """1 + c·α^m + … with the terms in this order, and the dots."""
    pieces = []
    for notation, dots in ((PLAIN, "..."), (LATEX, r"\cdots"), (UNICODE, "…")):
        pieces.append(f"{' + '.join(_terms(shape, notation))} + {dots}".replace("+ -", "- "))
    return Mathematics(pieces[0], pieces[1], pieces[2])


def _terms(shape: Shape, notation: Notation) -> list[str]:
    terms = []
    for power, value in shape.series:
        monomial = product(((symbol(GAIN), power),))
        if len(print_expression(value, PLAIN)) > READABLE and not symbols(value) - {"pi", "e"}:
            # The normal form would make a fraction of a decimal.
            rough = f"{evaluate(value, {}).to_float():.6g}"
            terms.append(notation.product([(rough, ATOM), print_piece(monomial, notation)])[0])
            continue
        term = value if not power else product(((value, 1), (monomial, 1)))
        text = print_expression(term, notation)
        terms.append(f"({text})" if len(term.terms) > 1 else text)
    return terms


def shape_data(shaping: Shaping) -> dict[str, Any]:
    """The JSON; formulas are Python expressions in alpha and the symbols of the activation."""
    shape = shaping.shape
    threshold: Fraction | None = shape.threshold
    data: dict[str, Any] = {
        "activation": shaping.activation, "centred": shaping.centred, "kind": shape.kind,
        "first_nonlinear_degree": shape.first_nonlinear if shape.kind == "threshold" else None,
        "limit": print_expression(shape.limit, PYTHON),
        "exact": None if shape.exact is None else print_expression(shape.exact, PYTHON),
        "series": [{"power": power, "coefficient": print_expression(value, PYTHON)} for power, value in shape.series],
        "threshold": None if threshold is None else str(threshold), "because": shape.because,
        "nonzero": [print_expression(one, PYTHON) for one in shape.nonzero],
        "gains": [{"gain": text, "g": exp(value)} for text, value in shaping.gains]}
    if shaping.total is not None:
        measured = shaping.total.measured
        data["total"] = {"kappa": shaping.total.kappa, "depth": shaping.total.depth, "log_growth": shaping.total.value,
                         "measured": measured[0] if measured else None,
                         "standard_error": measured[1] if measured else None}
    if shaping.chosen is not None:
        exponent, gain, bound = shaping.chosen
        data["schedule"] = {"bound": bound, "depth": shaping.depth, "kappa": exponent, "gain": gain}
    return data
