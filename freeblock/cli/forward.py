"""`freeblock forward`: what a network does to a signal, and gradients beside it."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, premise_options, signal_options


@click.command(name="forward", short_help="Follow a signal block by block.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@signal_options
@click.option("--depth-table", is_flag=True, help="One row for each copy of what is repeated.")
@click.option("--plot", metavar="FILE", type=click.Path(),
              help="Also draw q, c and GSC against depth: an .svg, .png or .pdf file (needs matplotlib).")
@premise_options
@network_options
def command(
    expression: str, q: str, c: str, depth_table: bool, plot: str | None, form: str, output: str | None,
    assume_free: bool, assume: tuple[str, ...], library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Follow a Gaussian signal through a network: mean square q, correlation c of two inputs, χ, φ and GSC.

    The gradient scale coefficient is GSC² = φ(JJᵀ)·q_in/q_out. The statistics of normalisations and the variance
    that each activation meets are worked out. A network that explodes, vanishes, collapses or stays pseudo-linear
    is told in words. Exit status: 0 done; 1 no rule says what a block does to a signal; 2 bad input.

    \b
    Examples:
      freeblock forward "(dense(var=2/fan_in) >> relu)^50"
      freeblock forward "(id + (bn >> relu >> dense))^50" --set sigma_w=sqrt(2) --depth-table
      freeblock forward net.fb --q 2 --c 0.3 --format json --plot depth.svg
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.forwarding")  # the mathematics is loaded for a text that can be read
    work.print_table(program, form, output, plot, q=q, c=c, depth_table=depth_table, assume_free=assume_free,
                     assume=assume, library=library, name=name, values=read_settings(settings))
