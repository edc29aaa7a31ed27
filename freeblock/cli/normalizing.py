"""What `freeblock batch-norm` does once its options are read."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.batch_normalization.network_simulation import simulated_rates
from freeblock.batch_normalization.rates import LARGEST, SMALLEST, closed_rate, limit_rate, rate
from freeblock.cli.progress import ProgressBar
from freeblock.cli.sheets import check_plot, print_sheet, write_plot
from freeblock.errors import OptionError, RefusedError
from freeblock.functions_of_x import read_activation
from freeblock.report.batch_norm_sheet import Rates, rates_data, rates_sheet, without_mean_data, without_mean_sheet
from freeblock.report.line_plot import Line

MOST = 100
"""Batch sizes of one table."""


def print_rates(
    activation: str, batches: str, form: str, output: str | None, plot: str | None, *, without_mean: bool, width: int,
    samples: int | None, seed: int, values: Mapping[str, object],
) -> None:
    """The table of rates. Raises FreeblockError kinds."""
    check_plot(plot)
    sizes = _sizes(batches, 3 if without_mean else SMALLEST)
    function = read_activation(activation, values)
    closed = closed_rate(function)
    if without_mean:
        if closed is None or not closed.mixing.is_one:
            raise RefusedError("without the subtraction of the mean a rate is known for linear networks alone",
                               function.span, "leave --without-mean out")
        print_sheet(without_mean_sheet(sizes), without_mean_data(sizes), form, output)
        return
    with ProgressBar("rates") as progress:
        found = []
        for place, size in enumerate(sizes):
            progress(place, len(sizes))
            found.append(rate(function, size))
        limit = limit_rate(function)
    measured = {}
    if samples is not None:
        with ProgressBar("simulating") as progress:
            measured = simulated_rates(function, sizes, width, samples, seed, progress)
    rates = Rates(function.text, tuple(found), closed, limit, measured, width)
    write_plot([Line(function.text, sizes, [one.quadrature for one in found]),
                Line("B to infinity", [sizes[0], sizes[-1]], [limit, limit], "--")], plot, across="$B$",
               up=r"$\lambda(B)$", logarithmic=(True, False))
    print_sheet(rates_sheet(rates), rates_data(rates), form, output)


def _sizes(text: str, least: int) -> list[int]:
    """The batch sizes of a list, in increasing order. Raises OptionError."""
    sizes = set()
    for item in text.split(","):
        word = item.strip()
        if not (word.isascii() and word.isdigit() and len(word) < 10 and least <= int(word) <= LARGEST):
            reason = "with fewer, E 1/variance is infinite; with more, a batch is as good as infinite"
            raise OptionError(f"`{word}` is no batch size",
                              hint=f"B is a whole number from {least} to {LARGEST}: {reason}")
        sizes.add(int(word))
    if len(sizes) > MOST:
        raise OptionError(f"more than {MOST} batch sizes", hint="name fewer")
    return sorted(sizes)
