"""`freeblock export`: the closed form as code in another language."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.calculus.orders import MAX_ORDER
from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options
from freeblock.report.code.export import TARGETS


@click.command(name="export", short_help="Write the closed form as code: Python, C, Julia, LaTeX macros …")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="The language of the code.")
@click.option("--order", type=click.IntRange(1, MAX_ORDER), default=2, show_default=True,
              help="The highest moment φ_k.")
@click.option("--side", type=click.Choice(["out", "in"]), default="out", show_default=True,
              help="out: φ(JJᵀ), normalised over the outputs; in: φ(JᵀJ), over the inputs.")
@click.option("--assume-free", is_flag=True, help="Turn every refusal into a stated assumption.")
@click.option("--assume", metavar="NAME", multiple=True,
              help="Assume one named hypothesis, e.g. independent-patterns; repeatable.")
@output_option
@network_options
def command(
    expression: str, target: str, order: int, side: str, assume_free: bool, assume: tuple[str, ...],
    output: str | None, library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Write φ(JJᵀ), the variance ϕ and κ as code that stands alone, with the hypotheses in its header.

    python, numpy, c and julia define phi(…), variance(…), kappa(…), phi_2(…) and log_phi(…) over the symbols;
    nothing overflows on the way, whatever the depth. A refused ϕ is left out, and the header says why.
    torch-init writes initialisation code that meets φ = 1. Exit status: 0 done; 1 φ is refused, or no scale meets
    φ = 1; 2 bad input.

    \b
    Examples:
      freeblock export "(dense >> relu)^L" --to python -o chain.py
      freeblock export "(dense >> relu)^L" --to torch-init
      freeblock export net.fb --to latex-macros -o net.tex
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.exporting")  # the mathematics is loaded for a text that can be read
    work.print_export(
        program, target, output=output, order=order, name=name, library=library, values=read_settings(settings),
        side=side, assume_free=assume_free, assume=assume)
