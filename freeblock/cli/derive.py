"""`freeblock derive`: from an expression to its closed form."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import network_options, read_program, read_settings, theorem_options
from freeblock.errors import OptionError


@click.command(name="derive", short_help="Derive φ(JJᵀ) and ϕ in closed form.")
@click.argument("expression", metavar="EXPR|FILE|-")
@click.option("--format", "form", type=click.Choice(["latex", "text", "markdown", "json", "unicode"]),
              default="latex", show_default=True, help="How the result is printed.")
@click.option("--steps", type=click.Choice(["none", "summary", "full"]), default="full", show_default=True,
              help="How much of the derivation is shown.")
@click.option("--document", is_flag=True, help="A complete LaTeX document that pdflatex compiles.")
@click.option("--side", type=click.Choice(["out", "in"]), default="out", show_default=True,
              help="out: φ(JJᵀ), normalised over the outputs; in: φ(JᵀJ), over the inputs.")
@click.option("--require", "required", type=click.Choice(["variance"]),
              help="Fail (exit status 1) where ϕ is refused.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
@theorem_options
@network_options
def command(
    expression: str, form: str, steps: str, document: bool, order: int, side: str, assume_free: bool,
    assume: tuple[str, ...], required: str | None, output: str | None,
    library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Derive the spectral moments of a network's Jacobian in closed form.

    The argument is a block expression, a file (*.fb), or - for standard input. Exit status: 0 done; 1 φ is
    refused (or ϕ with --require variance); 2 bad input.

    \b
    Examples:
      freeblock derive "(dense >> relu)^L"
      freeblock derive "(id + (dense >> relu >> dense))^L" --format text
      freeblock derive net.fb --set sigma_w=sqrt(2) --document -o net.tex
    """
    if document and form != "latex":
        raise OptionError("--document is a LaTeX document", hint="leave --format out")
    program = read_program(expression)
    work = import_module("freeblock.cli.deriving")  # the mathematics is loaded for a text that can be read
    work.print_derivation(
        program, form, steps, document=document, output=output, required=required or "phi", order=order, name=name,
        library=library, values=read_settings(settings), side=side, assume_free=assume_free, assume=assume)
