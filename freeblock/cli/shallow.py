"""`freeblock shallow`: a product of residual blocks by the number of branches that are passed."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.cli.arguments import check_standard_input, output_option, read_program, read_settings
from freeblock.cli.completing import files, words
from freeblock.cli.network import network_options


@click.command(name="shallow", short_help="Truncate a product of residual blocks.")
@click.argument("expression", metavar="EXPR|FILE|-", shell_complete=files(".fb"))
@click.option("--branches", type=click.IntRange(0), metavar="N",
              help="Keep the terms with at most N branches; 3 if neither is said.")
@click.option("--cover", metavar="PART", help="Keep the fewest branches that cover a part of φ, such as 0.95.")
@click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "json", "unicode"]),
              default="text", show_default=True, help="How the sum is printed.")
@output_option
@click.option("--assume-free", is_flag=True, help="Turn every refusal into a printed assumption.")
@click.option("--assume", metavar="NAME", multiple=True, shell_complete=words(*PREMISE_NAMES),
              help="Assume one named hypothesis, e.g. independent-patterns; repeatable.")
@network_options
def command(
    expression: str, branches: int | None, cover: str | None, form: str, output: str | None, assume_free: bool,
    assume: tuple[str, ...], library: tuple[str, ...], name: str | None, settings: tuple[str, ...],
) -> None:
    """Sum φ over the paths of a deep network that pass few branches (the shallow network trick).

    Each block is a skip beside a branch, `id + c*branch` or `id | branch`, so that its φ is ω + τφ̃ with φ̃ of the
    branch. Printed are ω, τ and φ̃, the sum of all terms with at most N branches, and a bound on the others. Exit
    status: 0 done; 1 φ is refused, or a block has no skip; 2 bad input.

    \b
    Examples:
      freeblock shallow "(id + (1/4)*dense(var=3/2/fan_in))^16" --cover 0.95
      freeblock shallow "(id + tau*(dense >> relu >> dense))^L" --branches 2 --format latex
      freeblock shallow dense_net.fb --branches 4
    """
    check_standard_input(expression, *library)
    program = read_program(expression)
    work = import_module("freeblock.cli.shallowing")  # the mathematics is loaded for a text that can be read
    work.print_truncation(
        program, form, output, branches=branches, cover=cover, assume_free=assume_free, assume=assume,
        library=library, name=name, values=read_settings(settings))
