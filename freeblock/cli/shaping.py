"""What `freeblock shape` does once its options are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

from freeblock.activation.given import Activation
from freeblock.batch_normalization.growth import LogGrowth, exponent_for, gain_for, total_growth
from freeblock.batch_normalization.network_simulation import simulated_log_growth
from freeblock.batch_normalization.shaping import Shape, shape_of
from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot, print_sheet, write_plot
from freeblock.errors import DomainError, OptionError, RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.functions_of_x import read_activation
from freeblock.report.line_plot import Line
from freeblock.report.shape_sheet import Shaping, Total, shape_data, shape_sheet
from freeblock.settings import parse_value

SIMULATED = 2_000
"""Layers of a network that is simulated, at most."""
WORK = 4e11


def print_shape(
    activation: str, form: str, output: str | None, plot: str | None, *, gains: Sequence[str], terms: int,
    kappa: str | None, depth: int | None, bound: str | None, centred: bool, width: int, samples: int | None, seed: int,
    values: Mapping[str, object],
) -> None:
    """The growth, its series, and what was asked of schedules. Raises FreeblockError kinds."""
    check_plot(plot)
    function = read_activation(activation, values)
    shape = shape_of(function, centred, terms)
    places = [_number("--gain", text, 1e-3, 1.0) for text in gains]
    exponent = None if kappa is None else _number("--kappa", kappa, 0.0, 64.0)
    limit = None if bound is None else _number("--bound", bound, 1e-6, 1e6)
    _check(shape, exponent, depth, limit, samples)
    growth = None
    if places or exponent is not None or limit is not None or plot is not None:
        with ProgressBar("averaging") as progress:
            growth = LogGrowth(function, shape_of(function, centred, 6), centred, progress)
    found = [(text, growth.exactly(place)) for text, place in zip(gains, places, strict=True)] if growth else []
    total, chosen = None, None
    if growth is not None and exponent is not None:
        measured = _simulated(function, exponent, depth, width, centred, samples, seed)
        value = 0.0 if shape.is_constant_one else total_growth(growth, exponent, depth)
        total = Total(str(kappa), depth, value, measured, width)
    if growth is not None and limit is not None:
        chosen = _schedules(growth, shape, depth, limit)
    if growth is not None and plot is not None:
        _plot(growth, function, exponent, depth, plot)
    shaping = Shaping(function.text, shape, centred, tuple(found), total, chosen, depth)
    print_sheet(shape_sheet(shaping), shape_data(shaping), form, output)


def _check(shape: Shape, kappa: float | None, depth: int | None, bound: float | None, samples: int | None) -> None:
    if samples is not None and (kappa is None or depth is None):
        raise OptionError("a simulation needs --kappa and --depth", hint="--kappa 0 has the gain 1 in every layer")
    if depth is not None and kappa is None and bound is None:
        raise OptionError("--depth says nothing by itself", hint="add --kappa K or --bound X")
    threshold = shape.threshold
    if kappa is not None and depth is None and not shape.is_constant_one and (threshold is None or kappa <= threshold):
        need = f"kappa > {threshold} is needed" if threshold is not None else shape.because
        raise RefusedError(f"the sum of log g over infinitely many layers diverges: {need}",
                           hint="give a --depth for the sum of so many layers")


def _schedules(
    growth: LogGrowth, shape: Shape, depth: int | None, bound: float
) -> tuple[float | None, float | None, float]:
    """The exponent and the constant gain that meet the bound; one may be None, where the other will do."""
    if shape.is_constant_one:
        return 0.0, None if depth is None else 1.0, bound
    if depth is None:
        return exponent_for(growth, shape, depth, bound), None, bound
    constant = gain_for(growth, shape, depth, bound)
    try:
        return exponent_for(growth, shape, depth, bound), constant, bound
    except RefusedError:
        return None, constant, bound


def _simulated(
    function: Activation, kappa: float, depth: int | None, width: int, centred: bool, samples: int | None, seed: int
) -> tuple[float, float] | None:
    if samples is None or depth is None:
        return None
    if depth > SIMULATED or float(width) ** 3 * depth * samples > WORK or depth * width**2 > 2e8:
        raise OptionError("the simulation is too large", hint="take fewer layers, units or samples")
    gains = [layer**-kappa for layer in range(1, depth + 1)]
    with ProgressBar("simulating") as progress:
        return simulated_log_growth(function, gains, width, centred, samples, seed, progress)


def _number(option: str, text: str, least: float, most: float) -> float:
    """A number in a range. Raises FreeblockError kinds."""
    value = parse_value(option, text)
    try:
        found = evaluate(value, {}).to_float()
    except (KeyError, ArithmeticError, ValueError):
        raise OptionError(f"{option} is a number, not `{text}`", hint=f"for example {option} 2/5") from None
    if not (isfinite(found) and least <= found <= most):
        raise DomainError(f"{option} lies between {least:g} and {most:g}, not at {text}")
    return found


def _plot(growth: LogGrowth, function: Activation, kappa: float | None, depth: int | None, plot: str) -> None:
    """½ Σ log g against depth for an exponent, else log g against the gain."""
    if kappa is None:
        gains = np.geomspace(0.02, 1, 200)
        write_plot([Line(function.text, gains.tolist(), growth.at(gains).tolist())], plot, across=r"$\alpha$",
                   up=r"$\log\,g(\alpha)$", logarithmic=(True, False))
        return
    depths = np.unique(np.geomspace(1, depth or 10**6, 200).astype(np.int64))
    totals = [total_growth(growth, kappa, int(each)) for each in depths]
    write_plot([Line(function.text, depths.tolist(), totals)], plot, across="depth",
               up=r"$\frac{1}{2}\sum\,\log\,g$", logarithmic=(True, False))
