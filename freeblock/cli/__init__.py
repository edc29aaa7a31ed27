"""The commands; each lives in its own module and is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.errors import OptionError, did_you_mean

COMMANDS = {
    "derive": "Derive φ(JJᵀ) and the variance ϕ of the spectrum in closed form.",
    "check": "Compare the closed form with sampled random matrices.",
    "solve": "Find the values of symbols for which φ, ϕ or κ is what is wanted.",
    "verify": "Compare a formula that someone claims with the derived one.",
    "compare": "Print networks side by side, as a table or a plot.",
    "library": "List and explain the components.",
}


class _OnDemand(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"freeblock.cli.{name}").command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = did_you_mean(args[0], COMMANDS)
            raise OptionError(f"no command is called `{args[0]}`",
                              hint=f"did you mean `{close}`?" if close else f"the commands are {', '.join(COMMANDS)}")
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_OnDemand, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(package_name="freeblock")
def program() -> None:
    """Closed-form spectral moments of block-structured Jacobians.

    Write a network as a serial/parallel block expression and get φ(JJᵀ), the variance ϕ, the hypotheses
    they rest on, and LaTeX for a paper:

        freeblock derive "(id + (dense >> relu >> dense))^L"
    """
