"""`freeblock dilution`: how far skips dilute the growth of the branches beside them."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, premise_options, signal_options


@click.command(name="dilution", short_help="How skips dilute the growth of branches.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--plot", metavar="FILE", type=click.Path(),
              help="Also draw k, R and the growth of GSC against depth: an .svg, .png or .pdf file (needs matplotlib).")
@signal_options
@premise_options
@network_options
def command(
    expression: str, plot: str | None, q: str, c: str, form: str, output: str | None, assume_free: bool,
    assume: tuple[str, ...], library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Find the skip and the residual part of each block, and how far the one dilutes the other.

    With k² = q_skip/q_branch, and R_S and R the squared growth of each alone, GSC² is exactly
    (k²R_S + R)/(k² + 1); beside it stands the published first-order form 1 + r/(k² + 1) of GSC, R = (1 + r)². Where
    one block is repeated and adds the same to the mean square each time, the product over the blocks is a quotient of
    gamma functions, given with its growth at large depth; then the depth and other parameters may be symbols. Exit
    status: 0 done; 1 no block has a skip, GSC is refused, or symbols have no closed form; 2 bad input.

    \b
    Examples:
      freeblock dilution "(id + (bn >> relu >> dense))^L" --format latex
      freeblock dilution "(id + (ln >> tanh >> dense(var=1/fan_in)))^50"
      freeblock dilution "(id + (bn >> relu >> dense(var=2/fan_in)))^50" --format json
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.diluting")  # the mathematics is loaded for a text that can be read
    work.print_dilution(program, form, output, plot, q=q, c=c, assume_free=assume_free, assume=assume, library=library,
                        name=name, values=read_settings(settings))
