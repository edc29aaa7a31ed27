"""`freeblock draw`: a network as a picture."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options


@click.command(name="draw", short_help="Draw a network with φ and κ on each block.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("-o", "--output", metavar="FILE",
              help="Write to a file; its ending (.svg, .png, .pdf, .tex) decides the format.")
@click.option("--format", "form", type=click.Choice(["svg", "png", "pdf", "tex"]),
              help="The format, where no file says it.  [default: svg]")
@click.option("--direction", type=click.Choice(["right", "down"]), default="right", show_default=True,
              help="The way the data goes.")
@click.option("--wrap", type=click.FloatRange(8, 200), metavar="CM",
              help="Continue a chain on a new line after so many centimetres (8 to 200); chosen if not said.")
@click.option("--title", metavar="TEXT", help="The heading; the block's name if not said, none if empty.")
@click.option("--document", is_flag=True, help="With .tex: a complete LaTeX document that pdflatex compiles.")
@click.option("--dpi", type=click.IntRange(36, 1200), default=200, show_default=True,
              help="Dots per inch of a PNG.")
@click.option("--assume-free", is_flag=True, help="Turn every refusal into a marked assumption.")
@click.option("--assume", metavar="NAME", multiple=True,
              help="Assume one named hypothesis, e.g. independent-patterns; repeatable.")
@network_options
def command(
    expression: str, output: str | None, form: str | None, direction: str, wrap: float | None, title: str | None,
    document: bool, dpi: int, assume_free: bool, assume: tuple[str, ...], library: tuple[str, ...], name: str | None,
    settings: tuple[str, ...],
) -> None:
    """Draw the serial/parallel structure of a network with φ and κ on each block.

    What repeats is drawn once: block^L and indexed forms in a frame with their count, equal neighbours with
    theirs. Where φ or κ of a block is not proved at its place, the block says so; what holds by --assume is
    marked. SVG, PNG and PDF need matplotlib (pip install "freeblock[plot]"), .tex needs nothing.

    \b
    Examples:
      freeblock draw "(id + (dense >> relu >> dense))^L" -o residual.svg
      freeblock draw net.fb --name block -o block.png --dpi 300
      freeblock draw net.fb -o net.tex --document
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.drawing")  # the mathematics is loaded for a text that can be read
    work.print_picture(
        program, output, form, direction=direction, wrap=wrap, title=title, document=document, dpi=dpi,
        network={"name": name, "library": library, "values": read_settings(settings), "assume_free": assume_free,
                 "assume": assume})
