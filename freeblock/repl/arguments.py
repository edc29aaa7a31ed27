"""What commands ask of their arguments."""

from __future__ import annotations

from freeblock.errors import OptionError
from freeblock.repl.command_table import COMMANDS
from freeblock.source import Span


def no_argument(name: str, argument: Span) -> None:
    """Raises OptionError where there is one."""
    if argument.text:
        raise OptionError(f"`:{name}` takes no argument", argument)


def needed(name: str, argument: Span) -> str:
    """Its text. Raises OptionError where there is none."""
    if not argument.text:
        raise OptionError(f"`:{name}` needs an argument", hint=f"write `:{name} {COMMANDS[name].arguments}`")
    return argument.text
