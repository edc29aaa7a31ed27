"""`freeblock forward`: what a network does to a signal, and gradients beside it."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files, words
from freeblock.cli.network import network_options


@click.command(name="forward", short_help="Follow a signal block by block.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--q", default="1", show_default=True, metavar="NUMBER", help="The mean square of a unit of the input.")
@click.option("--c", default="0", show_default=True, metavar="NUMBER",
              help="The correlation of two inputs, -1 to 1.")
@click.option("--depth-table", is_flag=True, help="One row for each copy of what is repeated.")
@click.option("--plot", metavar="FILE", type=click.Path(),
              help="Also draw q, c and GSC against depth: an .svg, .png or .pdf file (needs matplotlib).")
@click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "json", "unicode"]),
              default="text", show_default=True, help="How the table is printed.")
@output_option
@click.option("--assume-free", is_flag=True, help="Turn every refusal into a printed assumption.")
@click.option("--assume", metavar="NAME", multiple=True, shell_complete=words(*PREMISE_NAMES),
              help="Assume one named hypothesis; repeatable.")
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
