"""The options of several commands that say which network is meant."""

from __future__ import annotations

import click

from freeblock.calculus.orders import MAX_ORDER
from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.cli.arguments import Command, output_option
from freeblock.cli.completing import definitions, files, words


def library_option(command: Command) -> Command:
    """The option that adds components."""
    return click.option("--library", "library", metavar="FILE", multiple=True, shell_complete=files(".yaml", ".yml"),
                        help="Component rules (YAML; - is standard input) laid over ours; repeatable.")(command)


def settings_option(command: Command) -> Command:
    """The option that gives symbols values."""
    return click.option("--set", "settings", metavar="NAME=FORMULA", multiple=True,
                        help="Give a symbol a value: --set sigma_w=sqrt(2); repeatable.")(command)


def network_options(command: Command) -> Command:
    """Components, the definition that is meant, and values for symbols."""
    name = click.option("--name", metavar="BLOCK", shell_complete=definitions,
                        help="The definition to take; the last one if not said.")
    return settings_option(name(library_option(command)))


def premise_options(command: Command) -> Command:
    """What may be assumed."""
    for option in (
        click.option("--assume", metavar="NAME", multiple=True, shell_complete=words(*PREMISE_NAMES),
                     help="Assume one named hypothesis, e.g. independent-patterns; repeatable."),
        click.option("--assume-free", is_flag=True, help="Turn every refusal into a printed assumption."),
    ):
        command = option(command)
    return command


def theorem_options(command: Command) -> Command:
    """How far, and on what hypotheses, a network is derived."""
    order = click.option("--order", type=click.IntRange(1, MAX_ORDER), default=2, show_default=True,
                         help="The highest moment φ_k of JJᵀ.")
    return order(premise_options(command))


def signal_options(command: Command) -> Command:
    """The Gaussian input that is followed, and how the result is printed."""
    for option in (
        output_option,
        click.option("--format", "form", type=click.Choice(["text", "latex", "markdown", "json", "unicode"]),
                     default="text", show_default=True, help="How the result is printed."),
        click.option("--c", default="0", show_default=True, metavar="NUMBER",
                     help="The correlation of two inputs, -1 to 1."),
        click.option("--q", default="1", show_default=True, metavar="NUMBER",
                     help="The mean square of a unit of the input."),
    ):
        command = option(command)
    return command
