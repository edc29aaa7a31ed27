"""`freeblock derive`: from an expression to its closed form."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options, theorem_options
from freeblock.errors import OptionError


@click.command(name="derive", short_help="Derive φ(JJᵀ) and ϕ in closed form.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--format", "form", type=click.Choice(["latex", "text", "markdown", "json", "unicode"]),
              default="latex", show_default=True, help="How the result is printed.")
@click.option("--steps", type=click.Choice(["none", "summary", "full"]), default="full", show_default=True,
              help="How much of the derivation is shown.")
@click.option("--document", is_flag=True, help="A complete LaTeX document that pdflatex compiles.")
@click.option("--side", type=click.Choice(["out", "in"]), default="out", show_default=True,
              help="out: φ(JJᵀ), normalised over the outputs; in: φ(JᵀJ), over the inputs.")
@click.option("--q", metavar="FORMULA",
              help="The mean square of a unit of a Gaussian input: with it, what normalisations and activations meet "
                   "is worked out.")
@click.option("--c", metavar="NUMBER", help="With --q, the correlation of two inputs, -1 to 1; 0 if not said.")
@click.option("--require", "required", type=click.Choice(["variance"]),
              help="Fail (exit status 1) where ϕ is refused.")
@click.option("--notation", "notations", metavar="NAME=LATEX|FILE", multiple=True,
              shell_complete=files(".yaml", ".yml"),
              help=r"Your paper's symbols, in LaTeX, Markdown and JSON: --notation 'phi=\varphi', or a YAML file of "
                   "such names; repeatable.")
@output_option
@theorem_options
@network_options
def command(
    expression: str, form: str, steps: str, document: bool, order: int, side: str, assume_free: bool,
    assume: tuple[str, ...], q: str | None, c: str | None, required: str | None,
    notations: tuple[str, ...], output: str | None,
    library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Derive the spectral moments of a network's Jacobian in closed form.

    The argument is a block expression, a file (*.fb), or - for standard input. Exit status: 0 done; 1 φ is
    refused (or ϕ with --require variance); 2 bad input.

    \b
    Examples:
      freeblock derive "(dense >> relu)^L"
      freeblock derive "(id + (dense >> relu >> dense))^L" --format text
      freeblock derive "relu >> dense >> bn" --q 1
      freeblock derive net.fb --set sigma_w=sqrt(2) --document -o net.tex
    """
    if document and form != "latex":
        raise OptionError("--document is a LaTeX document", hint="leave --format out")
    if notations and form in {"text", "unicode"}:
        raise OptionError(f"--notation is LaTeX, and --format {form} is not",
                          hint="take --format latex, markdown or json")
    check_standard_input(expression, *library, *notations)
    program = read_program(expression)
    work = import_module("freeblock.cli.deriving")  # the mathematics is loaded for a text that can be read
    work.print_derivation(
        program, form, steps, document=document, output=output, required=required or "phi", notations=notations,
        order=order, name=name, library=library, values=read_settings(settings), side=side, assume_free=assume_free,
        assume=assume, q=q, c=c)
