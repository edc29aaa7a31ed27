"""`freeblock isometry-gap`: batch norm with Haar weights, the spectrum of a batch and the gradients."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import sheet_options, simulation_options
from freeblock.cli.threads import use_one_thread


@click.command(name="isometry-gap", short_help="Print what batch norm makes of the spectrum of a batch.")
@click.argument("spectrum", metavar="[SPECTRUM|FILE|-]", required=False)
@click.option("--dimension", metavar="D", help="Without a spectrum: the laws in d, a number or a symbol.")
@click.option("--columns", metavar="N", help="Columns of the d by n data, n ≥ d; d if not said.")
@click.option("--depth", metavar="L", help="Layers: a number, or with --dimension a symbol.")
@click.option("--weights", type=click.Choice(["haar", "gaussian"]), default="haar", show_default=True,
              help="How the weights are drawn.")
@simulation_options
@sheet_options
def command(
    spectrum: str | None, dimension: str | None, columns: str | None, depth: str | None, weights: str,
    samples: int | None, seed: int, form: str, plot: str | None, output: str | None,
) -> None:
    """Print the isometry gap of a spectrum and what layers X -> BN(WX) make of it, W Haar on O(d).

    gap(X) = log(tr XXᵀ/d) - (1/d) log det XXᵀ; BN divides each row by its norm and subtracts no mean. SPECTRUM are
    the eigenvalues of XXᵀ, separated by commas: formulas, `2 x 10` (ten times 2), `1/k for k=1..20`; or a file that
    lists them. Printed: the gap, its exact mean after one layer, proved upper bounds at any depth, and φ(JJᵀ) of the
    next layer. With --dimension in place of a spectrum: the late rate of the gap, and φ(JJᵀ) of L layers at isometry.
    Exit status: 0 done; 1 no formula is known; 2 bad input.

    \b
    Examples:
      freeblock isometry-gap "1, 2, 3" --depth 20 --plot gap.svg
      freeblock isometry-gap "1/k for k=1..10" --depth 5 --simulate 200
      freeblock isometry-gap --dimension d --depth L --format latex
    """
    use_one_thread()
    import_module("freeblock.cli.isometry").print_gap(
        spectrum, form, output, plot, dimension=dimension, columns=columns, depth=depth, weights=weights,
        samples=samples, seed=seed)
