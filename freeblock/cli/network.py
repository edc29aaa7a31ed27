"""The options of several commands that say which network is meant."""

from __future__ import annotations

import click

from freeblock.cli.arguments import Command
from freeblock.cli.completing import definitions, files


def library_option(command: Command) -> Command:
    """The option that adds components."""
    return click.option("--library", "library", metavar="FILE", multiple=True, shell_complete=files(".yaml", ".yml"),
                        help="Component rules (YAML; - is standard input) laid over ours; repeatable.")(command)


def network_options(command: Command) -> Command:
    """Components, the definition that is meant, and values for symbols."""
    for option in (
        library_option,
        click.option("--name", metavar="BLOCK", shell_complete=definitions,
                     help="The definition to take; the last one if not said."),
        click.option("--set", "settings", metavar="NAME=FORMULA", multiple=True,
                     help="Give a symbol a value: --set sigma_w=sqrt(2); repeatable."),
    ):
        command = option(command)
    return command
