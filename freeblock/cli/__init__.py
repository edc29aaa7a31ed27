"""The commands; each lives in its own module and is loaded when it is asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from freeblock.errors import OptionError, did_you_mean

COMMANDS = {
    "derive": "Derive φ(JJᵀ) and the variance ϕ of the spectrum in closed form.",
    "check": "Compare the closed form with sampled random matrices.",
    "solve": "Find the values of symbols for which φ, ϕ or κ is what is wanted.",
    "verify": "Compare a formula that someone claims with the derived one.",
    "compare": "Print networks side by side, as a table or a plot.",
    "shallow": "Truncate a product of residual blocks, with a bound on the rest.",
    "forward": "Follow a signal: q, c, χ, φ and gradient scale block by block.",
    "overlap": "The true ϕ of pre-activation residual networks and DenseNets.",
    "dilution": "How far skips dilute the growth of the branches beside them.",
    "draw": "Draw a network with φ and κ on each block.",
    "layers": "List the layers with their shapes and weights.",
    "export": "Write the closed form as code: Python, C, Julia, LaTeX macros …",
    "weave": "Fill in the formulas of a LaTeX paper, always current.",
    "batch-norm": "Print how gradients grow per layer under batch norm of B values.",
    "isometry-gap": "Print what batch norm makes of the spectrum of a batch.",
    "haar": "Print moments of Haar matrices, exact in the dimension.",
    "shape": "Print what gains before an activation do to gradients.",
    "correlation": "Print the correlation map of a layer, its phase and its fixed point.",
    "library": "List and explain the components.",
    "repl": "Type expressions and see their closed forms at once.",
    "completion": "Print the completion script of a shell.",
}


def at_terminal() -> bool:
    """Whether a person is at both ends. Without standard input (closed) nobody is."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


class _OnDemand(click.Group):
    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """At a terminal `freeblock` alone is `freeblock repl`; elsewhere it prints the help."""
        if not args and at_terminal():
            args = ["repl"]
        return super().parse_args(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"freeblock.cli.{name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not context.resilient_parsing:
            close = did_you_mean(args[0], COMMANDS)
            raise OptionError(f"no command is called `{args[0]}`",
                              hint=f"did you mean `{close}`?" if close else f"the commands are {', '.join(COMMANDS)}")
        return super().resolve_command(context, args)

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Commands (none is loaded to find its help) and options."""
        found = [CompletionItem(name, help=help) for name, help in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, context, incomplete)]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_versions(context: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(import_module("freeblock.cli.versions").versions_text())
        context.exit()


@click.command(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_versions,
              help="Show the versions a formula depends on, and exit.")
def program() -> None:
    """Closed-form spectral moments of block-structured Jacobians.

    Write a network as a serial/parallel block expression and get φ(JJᵀ), the variance ϕ, the hypotheses
    they rest on, and LaTeX for a paper:

        freeblock derive "(id + (dense >> relu >> dense))^L"
    """
