"""`freeblock shape`: gains before an activation, and the growth of gradients."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.activations import activations
from freeblock.cli.arguments import read_settings, sheet_options, simulation_options
from freeblock.cli.network import settings_option
from freeblock.cli.threads import use_one_thread


@click.command(name="shape", short_help="Print what gains before an activation do to gradients.")
@click.argument("activation", metavar="ACTIVATION", shell_complete=activations)
@click.option("--gain", "gains", metavar="ALPHA", multiple=True, help="Print g at this gain; repeatable.")
@click.option("--terms", type=click.IntRange(1, 6), default=2, show_default=True,
              help="Terms of the series of g after the first.")
@click.option("--kappa", metavar="K", help="Print the total log growth for the gains l^(-K) in layers l = 1, 2, …")
@click.option("--depth", type=click.IntRange(1, 10**12), metavar="L", help="Layers; infinitely many if not said.")
@click.option("--bound", metavar="X", help="Find the schedules whose total log growth is at most X.")
@click.option("--centred", is_flag=True, help="The normalization subtracts the mean: Var f stands for E f².")
@click.option("--width", type=click.IntRange(8, 2048), default=100, show_default=True,
              help="Units, and samples of the batch, of the networks that are simulated.")
@simulation_options
@settings_option
@sheet_options
def command(
    activation: str, gains: tuple[str, ...], terms: int, kappa: str | None, depth: int | None, bound: str | None,
    centred: bool, width: int, samples: int | None, seed: int, settings: tuple[str, ...], form: str, plot: str | None,
    output: str | None,
) -> None:
    """Print the growth g(alpha) = alpha² E f'(alpha z)² / E f(alpha z)² of squared gradients per normalized layer.

    As a series in alpha, exact where f is made of pieces of polynomials, exponentials, sin and cos; and whether the
    total growth ½ Σ log g stays finite for gains alpha_l = l^(-kappa). ACTIVATION is a component (tanh, elu(alpha=2)
    …), `linear`, or a formula in x; other names are symbols, or numbers with --set. Exit status: 0 done; 1 no schedule
    meets the bound, or the growth diverges; 2 bad input.

    \b
    Examples:
      freeblock shape tanh
      freeblock shape "x + b*x^3" --format latex
      freeblock shape sin --kappa 2/5 --depth 300 --simulate 20
      freeblock shape gelu --bound 1 --depth 100
    """
    use_one_thread()
    import_module("freeblock.cli.shaping").print_shape(
        activation, form, output, plot, gains=gains, terms=terms, kappa=kappa, depth=depth, bound=bound,
        centred=centred, width=width, samples=samples, seed=seed, values=read_settings(settings))
