"""`freeblock overlap`: φ and ϕ of residual networks whose patterns share one stream."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, signal_options


@click.command(name="overlap", short_help="The true ϕ of pre-activation residual networks.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@signal_options
@network_options
def command(
    expression: str, q: str, c: str, form: str, output: str | None, library: tuple[str, ...], name: str | None,
    settings: tuple[str, ...],
) -> None:
    """Derive φ and ϕ of a pre-activation residual network or DenseNet exactly (the overlap theorem).

    The activation patterns of different blocks look at one stream, so that blocks are not free and the plain ϕ is too
    small. The forward state gives the joint law of the patterns, and a recursion over the blocks gives φ and ϕ, for
    any activation. Exit status: 0 done; 1 a network of another form; 2 bad input.

    \b
    Examples:
      freeblock overlap "(id + (bn >> relu >> dense))^8" --set sigma_w=1
      freeblock overlap "(id + (activation(x*tanh(x)) >> dense(var=1/8/fan_in)))^8" --q 2
      freeblock overlap "(id | (relu >> dense(96, var=2/fan_in)))^12" --set n=800
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.overlapping")  # the mathematics is loaded for a text that can be read
    work.print_overlap(program, form, output, q=q, c=c, library=library, name=name, values=read_settings(settings))
