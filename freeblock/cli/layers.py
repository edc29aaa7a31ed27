"""`freeblock layers`: a network layer by layer."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options


@click.command(name="layers", short_help="List the layers with their shapes and weights.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
              help="How the table is printed.")
@click.option("--without-bias", metavar="COMPONENT", multiple=True,
              help="Components that have no biases, e.g. conv; repeatable.")
@output_option
@network_options
def command(
    expression: str, form: str, without_bias: tuple[str, ...], output: str | None, library: tuple[str, ...],
    name: str | None, settings: tuple[str, ...],
) -> None:
    """List the layers of a network: what each puts out, and how many weights and biases it has.

    Biases are counted for every component that may have them. What is repeated is listed once and counted as
    often as it is there; what `let` draws is counted once.

    \b
    Examples:
      freeblock layers resnet50.fb --without-bias conv
      freeblock layers lenet.fb --format markdown -o lenet.md
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.layering")  # the mathematics is loaded for a text that can be read
    work.print_layers(program, form, without_bias, output, name=name, library=library, values=read_settings(settings))
