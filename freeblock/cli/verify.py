"""`freeblock verify`: a claimed formula against the derived one."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, theorem_options


@click.command(name="verify", short_help="Compare a claimed formula with the derived one.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--claim", "claims", metavar="CLAIM", multiple=True,
              help='What is claimed: "phi = (1 + sigma_w^2)^L"; of phi, variance, kappa, phi_3, …; repeatable.')
@click.option("--side", type=click.Choice(["out", "in"]), default="out", show_default=True,
              help="phi is φ(JJᵀ) (out) or φ(JᵀJ) (in).")
@click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "json", "unicode"]),
              default="text", show_default=True, help="How the verdicts are printed.")
@output_option
@theorem_options
@network_options
def command(
    expression: str, claims: tuple[str, ...], side: str, form: str, output: str | None, order: int, assume_free: bool,
    assume: tuple[str, ...], library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Say whether a formula is what follows for a network, or where and by how much it is not.

    Formulas are compared by their normal forms, as identities of polynomials, and at last at random points to 40
    digits. Exit status: 0 every claim is equal; 1 one is not, or nothing can be compared; 2 bad input.

    \b
    Examples:
      freeblock verify "(dense >> relu)^L" --claim "phi = (sigma_w^2/2)^L" --claim "kappa = 2*L"
      freeblock verify "serial[l=1..L](id + l^(-1/2)*(dense >> relu))" --claim "phi = gamma(L+1)"
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.reviewing")  # the mathematics is loaded for a text that can be read
    work.print_verdicts(
        program, form, output, claims=claims, side=side, order=order, assume_free=assume_free, assume=assume,
        library=library, name=name, values=read_settings(settings))
