"""What `freeblock isometry-gap` does once its options are read."""

from __future__ import annotations

from freeblock.batch_normalization.curve import GapCurve, gap_curve
from freeblock.batch_normalization.gap import Spectrum
from freeblock.batch_normalization.simulation import Measured, simulated_gaps, simulated_growth
from freeblock.batch_normalization.spectrum import read_spectrum
from freeblock.cli.arguments import read_argument
from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot, print_sheet, write_plot
from freeblock.errors import OptionError, RefusedError
from freeblock.formula.expression import Expression, number, symbol
from freeblock.report.isometry_sheet import Laws, gap_data, gap_sheet, laws_data, laws_sheet
from freeblock.report.line_plot import Line
from freeblock.settings import parse_value

DEEPEST = 100_000
"""Layers of a curve."""
WORK = 4e10
"""Multiplications of a simulation, at most, roughly."""


def print_gap(
    spectrum: str | None, form: str, output: str | None, plot: str | None, *, dimension: str | None,
    columns: str | None, depth: str | None, weights: str, samples: int | None, seed: int,
) -> None:
    """The gap and its bounds, or the laws in d. Raises FreeblockError kinds."""
    check_plot(plot)
    if (spectrum is None) == (dimension is None):
        raise OptionError("either a spectrum or --dimension is needed",
                          hint='write `freeblock isometry-gap "1, 2, 3"`, or `freeblock isometry-gap --dimension d`')
    if weights == "gaussian":
        raise RefusedError("with Gaussian weights at n = d gradients explode, and no formula is known for their rate",
                           hint="the laws here are for Haar weights")
    if dimension is not None:
        _print_laws(dimension, columns, depth, samples, seed, form, output, plot)
        return
    assert spectrum is not None
    values = read_spectrum(read_argument(spectrum, "spectrum"))
    known = Spectrum(values)
    size = _columns(columns, len(values))
    layers = 1 if depth is None else _whole("--depth", depth, 0, DEEPEST)
    with ProgressBar("integrating") as progress:
        curve = gap_curve(known, size, layers, progress)
    measured = None
    if samples is not None and curve.full_rank:  # without it every gap is infinite, and there is nothing to measure
        _check_work(len(values), layers * samples)
        with ProgressBar("simulating") as progress:
            measured = simulated_gaps([float(one) for one in values], layers, samples, seed, progress)
    _plot(curve, measured, plot)
    print_sheet(gap_sheet(curve, measured), gap_data(curve, measured), form, output)


def _plot(curve: GapCurve, measured: Measured | None, plot: str | None) -> None:
    if plot is None:
        return
    if not curve.full_rank:
        raise RefusedError("the gap of data without full rank is infinite at every depth",
                           hint="leave --plot out")
    depths = range(len(curve.bounds))
    lines = [Line("proved bound", depths, [float(one) for one in curve.bounds])]
    if len(curve.late) > 1:
        lines.append(Line("late rate 1 - 2/(d+2)", depths[1:], [float(one) for one in curve.late[1:]], ":"))
    if measured is not None:
        lines.append(Line("measured", depths, measured.means, "--"))
    write_plot(lines, plot, across="depth", up="isometry gap", logarithmic=(False, not curve.is_isometry))


def _print_laws(
    dimension: str, columns: str | None, depth: str | None, samples: int | None, seed: int, form: str,
    output: str | None, plot: str | None,
) -> None:
    size = _formula("--dimension", dimension, "d")
    wide = size if columns is None else _formula("--columns", columns, "n")
    layers = symbol("L") if depth is None else _formula("--depth", depth, "L")
    numbers = [each.number() for each in (size, wide, layers)]
    if numbers[0] is not None and numbers[1] is not None and numbers[1] < numbers[0]:
        raise _too_few(int(numbers[1]), int(numbers[0]))
    measured = None
    if samples is not None or plot is not None:
        if any(each is None for each in numbers):
            raise OptionError("a simulation or a plot needs numbers", hint="for example --dimension 10 --depth 20")
        d, n, last = (int(each or 0) for each in numbers)
        if samples is not None:
            _check_work(max(d, n), last * last * samples)
            with ProgressBar("simulating") as progress:
                measured = simulated_growth([1.0] * d, n, last, samples, seed, progress)
    laws = Laws(size, wide, layers, measured)
    if plot is not None:
        depths = range(1, int(numbers[2] or 1) + 1)
        lines = [Line("at isometry", depths, [laws.value(each) for each in depths])]
        if measured is not None:
            lines.append(Line("measured", depths, measured.means[1:], "--"))
        write_plot(lines, plot, across="depth", up=r"$\phi(JJ^{\mathsf{T}})$")
    print_sheet(laws_sheet(laws), laws_data(laws), form, output)


def _formula(option: str, text: str, letter: str) -> Expression:
    """A positive whole number, or one symbol. Raises FreeblockError kinds."""
    if text.strip().isdigit():
        return number(_whole(option, text, 1, 10**9))
    value = parse_value(option, text)
    if len(value.terms) == 1 and text.strip().isidentifier() and text.strip() not in ("pi", "e"):
        return value
    raise OptionError(f"{option} is a whole number or a symbol, not `{text}`", hint=f"for example {option} {letter}")


def _whole(option: str, text: str, least: int, most: int) -> int:
    word = text.strip()
    if not (word.isascii() and word.isdigit() and len(word) < 12 and least <= int(word) <= most):
        raise OptionError(f"{option} is a whole number from {least} to {most}, not `{text}`",
                          hint="symbols are for --dimension without a spectrum" if word.isidentifier() else None)
    return int(word)


def _columns(text: str | None, dimension: int) -> int:
    columns = dimension if text is None else _whole("--columns", text, 1, 10**9)
    if columns < dimension:
        raise _too_few(columns, dimension)
    return columns


def _too_few(columns: int, dimension: int) -> RefusedError:
    return RefusedError(f"with n = {columns} columns and d = {dimension} rows XXᵀ has no full rank: the gap is "
                        "infinite, gradients explode, and no formula is known for their rate", hint="take n >= d")


def _check_work(size: int, steps: int) -> None:
    if float(size) ** 3 * steps > WORK:
        raise OptionError("the simulation is too large", hint="take fewer samples, layers or dimensions")
