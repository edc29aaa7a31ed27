"""`freeblock correlation`: what a wide layer does to the correlation of two inputs."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.activations import activations
from freeblock.cli.arguments import read_settings, sheet_options
from freeblock.cli.network import settings_option
from freeblock.cli.threads import use_one_thread


@click.command(name="correlation", short_help="Print the correlation map of a layer, its phase and its fixed point.")
@click.argument("activation", metavar="ACTIVATION", shell_complete=activations)
@click.option("--var", default="sigma_w^2", show_default=True, metavar="FORMULA",
              help="fan_in times the variance of a weight.")
@click.option("--bias", default="0", show_default=True, metavar="FORMULA", help="The variance of a bias.")
@click.option("--q", metavar="NUMBER", help="Variance of the first pre-activations.  [default: q*]")
@click.option("--c", default="0", show_default=True, metavar="NUMBER",
              help="Correlation of the first pre-activations, -1 to 1.")
@click.option("--layers", metavar="LIST", help="Print q and c behind so many layers: 1,10,50.")
@click.option("--terms", type=click.IntRange(1, 30), default=8, show_default=True,
              help="The last power of c in the Hermite series.")
@click.option("--phase-diagram", metavar="FILE", type=click.Path(),
              help="Draw the phases over (sigma_w, sigma_b), as .svg, .png or .pdf (needs matplotlib).")
@settings_option
@sheet_options
def command(
    activation: str, var: str, bias: str, q: str | None, c: str, layers: str | None, terms: int,
    phase_diagram: str | None, settings: tuple[str, ...], form: str, plot: str | None, output: str | None,
) -> None:
    """Print the correlation map of `dense >> f`, chi_1, the phase, c* and the asymptotics of 1 - c_l.

    Pre-activations of variance q become such of variance V(q) = var*E[f(x)^2] + bias, x ~ N(0, q); at the fixed point
    q* = V(q*) the correlation c of two inputs becomes c' = (var*E[f(u) f(v)] + bias)/q*, whose slope at c = 1 is
    chi_1 = var*E[f'(x)^2]. In closed form where there is one, and as a Hermite series. ACTIVATION is a component
    (relu, leaky_relu(slope=1/5), gelu …) or a formula in x; other names are symbols, or numbers with --set. --plot
    draws the map with its iterates. Exit status: 0 done; 1 there is no fixed point, or a mean is infinite; 2 bad input.

    \b
    Examples:
      freeblock correlation relu
      freeblock correlation relu --var 2 --layers 1,10,50
      freeblock correlation tanh --var 4 --bias 1/10 --plot map.svg
      freeblock correlation "x*tanh(x)" --var 2 --bias 1/2 --format json
      freeblock correlation tanh --phase-diagram phases.svg
    """
    use_one_thread()
    import_module("freeblock.cli.correlating").print_correlation(
        activation, form, output, plot, phase_diagram, var=var, bias=bias, q=q, c=c, layers=layers, terms=terms,
        values=read_settings(settings))
