"""The correlation map of one layer as a sheet."""

from __future__ import annotations

from math import ceil, floor, log10

from freeblock.correlation.analysis import Analysis, Depth
from freeblock.correlation.function import Correlation
from freeblock.correlation.kernel import ClosedKernel
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.gathering import gathered
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols
from freeblock.report.sheet import Grid, Line, Mathematics, Sheet, decimal, formula

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHOWN = 1e-12
"""Smaller coefficients are not printed."""
Q, C = symbol("q"), symbol("c")
NEXT = Mathematics("c'", "c'", "c′")
STAR = Mathematics("q*", "q^*", "q*")
CHI = Mathematics("chi_1", r"\chi_1", "χ₁")
END = Mathematics("c*", "c^*", "c*")
SLOPE = Mathematics("dc'/dc at c*", r"\left.\mathrm{d}c'/\mathrm{d}c\right|_{c^*}", "dc′/dc at c*")
GAP = Mathematics("1 - c_l", "1 - c_l", "1 − c_l")
JOINT = Mathematics("E[f(u) f(v)]", r"\operatorname{E} f(u) f(v)", "E f(u)f(v)")
MODEL = ("u and v, the pre-activations of one unit at two inputs, are N(0, q) with correlation c; that in the next "
         "layer is `c'`. Assumed [gaussian-pre-activation]: the layers are wide, with fresh weights and biases.")


def correlation_sheet(found: Correlation) -> Sheet:
    """The page."""
    title = f"Correlation map of `dense >> {found.function.text}`"
    if found.analysis is None:
        return Sheet(title, _symbolic(found), _edge_grid(found), [*_remarks(found), MODEL])
    lines = [*_given(found), *_closed_map(found), *_of_numbers(found, found.analysis)]
    return Sheet(title, lines, _grid(found.analysis), [*_words(found, found.analysis), MODEL])


def next_correlation(found: Correlation, kernel: ClosedKernel) -> Expression:
    """c′ in c, and in q = q* where it does not cancel."""
    if kernel.sides is not None:
        share = kernel.arc_cosine(C)
        if found.bias.is_zero:
            return share
        chi = chi_formula(found, kernel)
        return ONE - chi * (ONE - share)
    return (found.weight * kernel.value(Q, C) + found.bias) / Q


def chi_formula(found: Correlation, kernel: ClosedKernel) -> Expression:
    """χ₁, in q = q* where it rests on it."""
    return gathered(multiply_out(found.weight * kernel.slope(Q, ONE)))


def _given(found: Correlation) -> list[Line]:
    """The variances, where they are not the symbols that a reader expects."""
    lines = []
    if found.weight != symbol("sigma_w") ** 2:
        lines.append(Line(Mathematics("sigma_w^2", r"\sigma_w^2", "σ_w²"), "=", formula(found.weight)))
    if not found.bias.is_zero and found.bias != symbol("sigma_b") ** 2:
        lines.append(Line(Mathematics("sigma_b^2", r"\sigma_b^2", "σ_b²"), "=", formula(found.bias)))
    return lines


def _symbolic(found: Correlation) -> list[Line]:
    lines = _given(found)
    kernel = found.kernel
    if kernel is None:
        return lines
    lines.append(Line(JOINT, "=", formula(kernel.value(Q, C))))
    chi = chi_formula(found, kernel)
    if kernel.sides is None:
        lines.append(Line(Mathematics("q", "q"), "=", formula(found.weight * kernel.value(Q, ONE) + found.bias),
                          "holds at q = q*, the variance that the layer reproduces"))
        lines.append(Line(NEXT, "=", formula(next_correlation(found, kernel)), "at q = q*"))
        lines.append(Line(CHI, "=", formula(chi), "dc′/dc at c = 1"))
        return [*lines, *_edge(kernel)]
    if not found.bias.is_zero:
        lines.append(Line(STAR, "=", formula(found.bias / (ONE - chi)), "where chi_1 < 1; none where it is not"))
    lines.append(Line(CHI, "=", formula(chi), "the growth of the variance and of squared gradients in a layer"))
    lines += _scale_free_map(found, kernel, "at every variance")
    if found.bias.is_zero:
        if not kernel.evenness.is_zero:
            lines.append(Line(GAP, "~", formula(power_law(kernel)), "for many layers l"))
    else:
        lines.append(Line(Mathematics("log(1 - c_l)/l", r"\log(1 - c_l)/l", "log(1 − c_l)/l"), "~",
                          _logarithm(chi), "for many layers l, c* = 1"))
    return lines


def _scale_free_map(found: Correlation, kernel: ClosedKernel, remark: str) -> list[Line]:
    """c′ of a function that is a multiple of x on either side of 0: J(c), or 1 − χ₁(1 − J(c)) with biases."""
    share = formula(gathered(kernel.arc_cosine(C)))
    if found.bias.is_zero:
        return [Line(NEXT, "=", share, remark)]
    mixed = Mathematics("1 - chi_1*(1 - J(c))", r"1 - \chi_1 (1 - J(c))", "1 − χ₁·(1 − J(c))")
    return [Line(NEXT, "=", mixed, "at q*"), Line(Mathematics("J(c)", "J(c)"), "=", share)]


def _edge_grid(found: Correlation) -> Grid | None:
    if not found.edge:
        return None
    heads = [Mathematics("sigma_b^2", r"\sigma_b^2", "σ_b²"), Mathematics("sigma_w^2", r"\sigma_w^2", "σ_w²"), STAR,
             Mathematics("q* attracts", r"q^*\text{ attracts}"),
             Mathematics("error of sigma_w^2", r"\text{error of }\sigma_w^2", "error of σ_w²")]
    return Grid(heads, [[f"{row.bias:g}", shown_number(row.weight), f"{row.q:.8g}", "yes" if row.stable else "no",
                         f"< {error_bound(row.weight, row.error)}"] for row in found.edge])


def shown_number(value: float) -> str:
    """A solution: more digits would be those of the machine."""
    return f"{value:.12g}"


def error_bound(value: float, error: float) -> str:
    """A power of ten above the error of what is shown."""
    rounding = 0.5 * 10.0 ** (floor(log10(abs(value))) - 11) if value else 0.0
    return f"1e{ceil(log10(max(error + rounding, 5e-16))):d}"


def _edge(kernel: ClosedKernel) -> list[Line]:
    """The edge of chaos with its fixed point for a coordinate."""
    slope = kernel.slope(Q, ONE)
    return [Line(Mathematics("sigma_w^2", r"\sigma_w^2", "σ_w²"), "=", formula(ONE / slope),
                 "the edge of chaos, chi_1 = 1, at q = q*"),
            Line(Mathematics("sigma_b^2", r"\sigma_b^2", "σ_b²"), "=", formula(Q - kernel.value(Q, ONE) / slope),
                 "with it, where this is not negative and q* attracts")]


def power_law(kernel: ClosedKernel) -> Expression:
    """9π²/(8λ²l²), for a function that is a multiple of x on either side of 0."""
    pi = symbol("pi")
    return number(9) * pi * pi / (number(8) * kernel.evenness ** 2 * symbol("l") ** 2)


def _logarithm(value: Expression) -> Mathematics:
    shown = formula(value)
    return Mathematics(f"log({shown.text})", rf"\log\left({shown.latex}\right)", f"log({shown.unicode})")


def _remarks(found: Correlation) -> list[str]:
    kernel = found.kernel
    if kernel is None or kernel.sides is None:
        table = ["In the table: the edge of chaos, chi_1 = 1, by the variance of a bias. Where q* > 0 attracts, "
                 "a layer keeps gradients, and correlations tend to 1 like a power of the depth."] * bool(found.edge)
        return [*table, "q* is where `q = V(q)`; with numbers (--set) it is found, with what correlations do there."]
    if not found.bias.is_zero:
        return ["Two inputs become alike exponentially; gradients vanish where chi_1 < 1. Where chi_1 is 1 or more the "
                "variance grows without end: with biases there is no edge of chaos."]
    if kernel.evenness.is_zero:
        return ["f is linear: every correlation stays as it is."]
    different = ["Required: f has not one slope on both sides of 0."] if symbols(kernel.evenness) - {"pi", "e"} else []
    return ["The correlation map is the same at every variance: two inputs become alike like a power of the depth, "
            "whatever the weights. The edge of chaos is chi_1 = 1, where every variance is a fixed point; below it the "
            "variance tends to 0, above it grows without end.", *different]


def _closed_map(found: Correlation) -> list[Line]:
    if found.kernel is None:
        return []
    if found.kernel.sides is not None:
        return _scale_free_map(found, found.kernel, "")
    return [Line(NEXT, "=", formula(next_correlation(found, found.kernel)), "at q = q*")]


def _of_numbers(found: Correlation, one: Analysis) -> list[Line]:
    lines = [Line(NEXT, "~", _series(one), "Hermite series")]
    rest = one.rest + sum(value for value in one.weights if value < _SHOWN)
    if rest > _SHOWN:
        lines.append(Line(Mathematics("rest", r"\text{rest}"), "<=", decimal(rest, 3), "of the series, where |c| <= 1"))
    if not one.scale_free:
        slope = one.layer.variance_slope(one.q)
        lines.append(Line(STAR, "~", _shown(one, one.q), f"dV/dq = {slope:.4g} there"))
    lines.append(Line(CHI, "~", _shown(one, one.chi), _phase(one)))
    ending = one.decay
    if ending.kind == "identity":
        return lines
    exact = ending.limit == 1 or (not one.layer.bias and one.layer.means.mean(one.q) == 0)
    lines.append(Line(END, "=" if exact else "~", _shown(one, ending.limit)))
    if ending.limit < 1:
        lines.append(Line(SLOPE, "~", _shown(one, ending.slope)))
    if ending.kind == "power":
        lines.append(Line(GAP, "~", _law(found, one), "for many layers l"))
    elif ending.kind == "exponential":
        left = Mathematics("log|c_l - c*|/l", r"\log|c_l - c^*|/l", "log|c_l − c*|/l")
        lines.append(Line(left, "~", _shown(one, ending.rate),
                          f"for many layers l: by a factor e in {-1 / ending.rate:.5g} layers"))
    return lines


def _digits(one: Analysis) -> int:
    """As many as the quadrature has, less one."""
    return max(4, min(10, -ceil(log10(one.error)) - 1)) if one.error else 10


def _shown(one: Analysis, value: float) -> Mathematics:
    return decimal(value, _digits(one))


def _law(found: Correlation, one: Analysis) -> Mathematics:
    kernel = found.kernel
    if kernel is not None and kernel.sides is not None and not symbols(kernel.evenness) - {"pi", "e"}:
        return formula(power_law(kernel))
    text = f"{one.decay.coefficient:.{min(8, _digits(one))}g}"
    raised = "" if one.decay.power == 1 else f"^{one.decay.power}"
    return Mathematics(f"{text}/l{raised}", rf"{text}/l{raised}")


def _series(one: Analysis) -> Mathematics:
    """The powers of c with the coefficients that are printed, the lowest first."""
    known = [(k, f"{value:.6g}") for k, value in enumerate(one.weights) if value >= _SHOWN]
    more = one.rest > _SHOWN
    text = [f"{value}{('', '*c')[k > 0]}{f'^{k}' if k > 1 else ''}" for k, value in known]
    latex = [f"{_decimal_latex(value)}{('', ' c')[k > 0]}{f'^{{{k}}}' if k > 1 else ''}" for k, value in known]
    pretty = [f"{value}{('', '·c')[k > 0]}{str(k).translate(_RAISED) if k > 1 else ''}" for k, value in known]
    return Mathematics(" + ".join([*text, *["..."] * more]), " + ".join([*latex, *[r"\cdots"] * more]),
                       " + ".join([*pretty, *["…"] * more]))


def _decimal_latex(text: str) -> str:
    mantissa, exponent, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else text


def _phase(one: Analysis) -> str:
    if one.phase == "edge":
        return "the edge of chaos" if one.scale_free else f"the edge of chaos, to {one.layer.tolerance:.0e}"
    if one.scale_free:
        return "variance and squared gradients " + ("vanish" if one.chi < 1 else "explode")
    return "ordered: gradients vanish" if one.phase == "ordered" else "chaotic: gradients explode"


def _words(found: Correlation, one: Analysis) -> list[str]:
    notes = []
    if one.scale_free:
        factor = one.layer.weight * (one.layer.gain or 0.0)
        notes.append("Every variance q is a fixed point." if one.phase == "edge" else
                     f"The variance has no fixed point, and changes by the factor {factor:.6g} in a layer; the "
                     "correlation map is the same at every variance.")
    others = [point for point in one.found.positive if abs(point.q / one.q - 1) > 1e-6]
    if others:
        notes.append("Other fixed points of the variance: " + ", ".join(
            f"q = {point.q:.6g} ({'attracts' if point.stable else 'repels'})" for point in others) + ".")
    notes.append(_end_in_words(one))
    if one.error > 1e-15:
        size = f"about {one.error:.0e}" if one.error > 1e-12 else "below 1e-12"
        notes.append(f"Gaussian means by quadrature, relative error {size}.")
    return notes


def _end_in_words(one: Analysis) -> str:
    ending = one.decay
    if ending.kind == "identity":
        return "f is linear at this scale: every correlation stays as it is."
    if ending.kind == "unknown":
        return f"Two inputs become alike more slowly than exponentially; the law is not decided: {ending.because}."
    if ending.kind == "faster":
        return f"Every correlation in (−1, 1) tends to c* = {ending.limit:.6g}, near it by more than a factor 1e10 " \
               "in a layer."
    if ending.limit == 1:
        how = f"like 1/l{'²' if ending.power == 2 else ''}" if ending.kind == "power" else "exponentially"
        return f"Every correlation in (−1, 1) tends to 1, {how}: two inputs become alike."
    return f"Every correlation in (−1, 1) tends to c* = {ending.limit:.6g}, exponentially: inputs that are nearly " \
           "alike are driven apart."


def _grid(one: Analysis) -> Grid | None:
    if not one.depths:
        return None
    heads = [Mathematics("l", "l"), Mathematics("q_l", "q_l"), Mathematics("c_l", "c_l"), GAP]
    if one.decay.kind == "power":
        heads.append(Mathematics("the law", r"\text{the law}"))
    return Grid(heads, [_row(one, depth) for depth in one.depths])


def _row(one: Analysis, depth: Depth) -> list[str]:
    digits = _digits(one)
    cells = [str(depth.layer), "-" if depth.q is None else f"{depth.q:.{min(8, digits)}g}", f"{depth.c:.{digits}g}",
             "-" if depth.gap is None else f"{depth.gap:.6g}"]
    if one.decay.kind == "power":
        cells.append(f"{one.decay.coefficient / depth.layer**one.decay.power:.6g}" if depth.layer else "-")
    return cells
