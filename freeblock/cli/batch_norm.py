"""`freeblock batch-norm`: the growth of gradients per layer at finite batch."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.activations import activations
from freeblock.cli.arguments import read_settings, sheet_options, simulation_options
from freeblock.cli.network import settings_option
from freeblock.cli.threads import use_one_thread


@click.command(name="batch-norm", short_help="Print how gradients grow per layer under batch norm of B values.")
@click.argument("activation", metavar="ACTIVATION", shell_complete=activations)
@click.option("--batch", "batches", metavar="LIST", default="4,5,6,8,16,32,128,1024", show_default=True,
              help="The numbers of values that are normalized together, separated by commas.")
@click.option("--without-mean", is_flag=True,
              help="The normalization subtracts no mean; a formula is known for `linear` alone.")
@click.option("--width", type=click.IntRange(16, 4096), default=1000, show_default=True,
              help="Units of the networks that are simulated.")
@simulation_options
@settings_option
@sheet_options
def command(
    activation: str, batches: str, without_mean: bool, width: int, samples: int | None, seed: int,
    settings: tuple[str, ...], form: str, plot: str | None, output: str | None,
) -> None:
    """Print the factor by which the mean square of gradients grows per layer `dense >> batch_norm(batch=B) >> f`.

    In mean field: a deep network, much wider than B, whose batch statistics have reached their fixed point. ACTIVATION
    is a component (relu, elu(alpha=2) …), `linear`, or a formula in x. Each rate is found in closed form where there
    is one, by quadrature, and by the Gegenbauer series. Exit status: 0 done; 1 no formula is known; 2 bad input.

    \b
    Examples:
      freeblock batch-norm relu
      freeblock batch-norm "x*tanh(x)" --batch 5,32 --format json
      freeblock batch-norm "max(x, a*x)" --set a=1/10 --plot rates.svg
    """
    use_one_thread()
    import_module("freeblock.cli.normalizing").print_rates(
        activation, batches, form, output, plot, without_mean=without_mean, width=width, samples=samples, seed=seed,
        values=read_settings(settings))
