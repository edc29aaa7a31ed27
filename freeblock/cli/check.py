"""`freeblock check`: the closed form against sampled random matrices."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files
from freeblock.cli.network import network_options


@click.command(name="check", short_help="Compare the closed form with sampled random matrices.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--width", type=click.IntRange(8, 4096), help="Number of input coordinates; half of it is sampled too.")
@click.option("--samples", type=click.IntRange(2, 10**6), help="Samples at the full width; enough, if not said.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True, help="Seed of the draws.")
@click.option("--order", type=click.IntRange(1, 8), default=2, show_default=True, help="The highest moment φ_k.")
@click.option("--network", is_flag=True,
              help="Run data through the network and use the masks and statistics that really occur.")
@click.option("--q", metavar="NUMBER", help="With --network: the mean square of a unit of the input; 1, if not said.")
@click.option("--c", metavar="NUMBER", help="With --network: the correlation of two inputs; 0, if not said.")
@click.option("--batch", type=click.IntRange(1, 4096), help="Images, or vectors, that go through at once.")
@click.option("--narrow", type=click.IntRange(1, 4096),
              help="Divide the numbers of channels of a network on images by this.")
@click.option("--blocks", is_flag=True, help="Of a network on images: the gradient at each block, as a table.")
@click.option("--plot", type=click.Path(), metavar="FILE", shell_complete=files(".svg", ".pdf", ".png"),
              help="The same as a picture: .svg, .pdf or .png.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
              help="How the result is printed.")
@output_option
@network_options
def command(
    expression: str, width: int | None, samples: int | None, seed: int, order: int, network: bool, q: str | None,
    c: str | None, batch: int | None, narrow: int | None, blocks: bool, plot: str | None, form: str, output: str | None,
    library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> int:
    """Build the random matrices an expression describes and compare their moments with the closed form.

    The argument is a block expression, a file (*.fb), or - for standard input. Orders that `derive` refuses are
    compared at their free value, and marked. Standard deviations without a value are 1. With --network the mean
    square q, the correlation c and the gradient scale coefficient GSC of the output are compared with what
    `forward` says, too. Exit status: 0 all agree; 1 one disagrees; 2 bad input.

    \b
    Examples:
      freeblock check "(dense >> relu)^3" --set sigma_w=sqrt(2)
      freeblock check "(dense >> bn >> relu)^5" --network --c 0.5
      freeblock check net.fb --width 512 --format json -o check.json
      freeblock check resnet18.fb --network --narrow 8 --plot gradients.svg
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.checking")  # sampling is loaded for a text that can be read
    agrees: bool = work.print_check(
        program, form, output, plot, width=width, samples=samples, seed=seed, order=order, network=network,
        q=q, c=c, batch=batch, narrow=narrow, blocks=blocks or plot is not None, values=read_settings(settings),
        name=name, library=library)
    return 0 if agrees else 1
