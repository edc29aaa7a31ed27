"""`freeblock solve`: the values of symbols that meet a condition on φ, ϕ or κ."""

from __future__ import annotations

import re
from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, theorem_options

_CHI = re.compile(r"(?<!\w)(?:chi|χ)(?!\w)")


@click.command(name="solve", short_help="Find the values of symbols that meet a condition.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--for", "unknowns", metavar="NAME", multiple=True, help="The unknown; repeatable.")
@click.option("--where", "conditions", metavar="CONDITION", multiple=True,
              help='What is to hold: "phi = 1" (the default), "kappa <= 1/10", "1/2 <= phi_3"; repeatable.')
@click.option("--depth", metavar="L", help="Take so many copies of the block in series: a number or a symbol.")
@click.option("--tolerance", metavar="EPS", help="How much an equation may be missed by: |phi - 1| <= EPS.")
@click.option("--q", metavar="FORMULA", help="Mean square of the input, for conditions on mean_square and mean.")
@click.option("--show", metavar="FORMULA", multiple=True,
              help="Print kappa, mean, … or a formula of such at each solution; repeatable.")
@click.option("--side", type=click.Choice(["out", "in", "average"]), default="out", show_default=True,
              help="phi is φ(JJᵀ) (out), φ(JᵀJ) (in), or the mean of both.")
@click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "json", "unicode"]),
              default="text", show_default=True, help="How the solutions are printed.")
@output_option
@theorem_options
@network_options
def command(
    expression: str, unknowns: tuple[str, ...], conditions: tuple[str, ...], depth: str | None, tolerance: str | None,
    q: str | None, show: tuple[str, ...], side: str, form: str, output: str | None, order: int, assume_free: bool,
    assume: tuple[str, ...], library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Find the values of symbols for which φ, ϕ or κ is what is wanted.

    Closed forms where they exist, else numbers to 15 digits. A condition is a relation between phi, variance,
    kappa, phi_3, …, phi_out, phi_in, the output's mean_square and mean, and the symbols of the network. Of one layer
    `dense(var=…, bias=…) >> f`, with the variances of a weight and a bias, "chi = 1" is the edge of chaos, at the
    fixed point of the variance, which --q may state. Exit status: 0 done; 1 there is no admissible solution, or the
    result is refused; 2 bad input.

    \b
    Examples:
      freeblock solve "dense >> relu" --for sigma_w
      freeblock solve "(id + tau*(dense >> relu >> dense))^L" --for tau --where "phi <= e"
      freeblock solve "dense >> relu" --for sigma_w --depth 100 --tolerance 1/10
      freeblock solve "dense(bias=1/20) >> tanh" --for sigma_w --where "chi = 1"
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    # The mathematics is loaded for a text that can be read; that of chi needs numpy besides.
    about_chi = any(map(_CHI.search, conditions)) and not _CHI.search(program.source.text)
    work = import_module("freeblock.cli.edging" if about_chi else "freeblock.cli.answering")
    work.print_solutions(
        program, form, output, unknowns=unknowns, where=conditions, depth=depth, tolerance=tolerance, q=q, show=show,
        side=side, order=order, assume_free=assume_free, assume=assume, library=library, name=name,
        values=read_settings(settings))
