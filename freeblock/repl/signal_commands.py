"""Commands about what a block does to a Gaussian input."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from freeblock.errors import OptionError
from freeblock.repl.command_table import COMMANDS
from freeblock.repl.interpreter import Interpreter, in_commands
from freeblock.source import Span


def forward(interpreter: Interpreter, argument: Span) -> int:
    """Mean square, correlation, χ, φ and GSC, block by block."""
    options = _options("forward", argument)
    return _shown(interpreter, "freeblock.forwarding", "forward_source", depth_table=options.pop("table", False),
                  assume=interpreter.premises(), **options)


def dilution(interpreter: Interpreter, argument: Span) -> int:
    """How skips dilute the growth of branches."""
    return _shown(interpreter, "freeblock.diluting", "dilute_source", assume=interpreter.premises(),
                  **_options("dilution", argument))


def overlap(interpreter: Interpreter, argument: Span) -> int:
    """The true ϕ of a residual network."""
    return _shown(interpreter, "freeblock.overlapping", "overlap_source", **_options("overlap", argument))


def _options(command: str, argument: Span) -> dict[str, Any]:
    """q=NUMBER and c=NUMBER, and words of the command. Raises OptionError."""
    options: dict[str, Any] = {}
    for word in argument.text.split():
        name, separator, number = word.partition("=")
        if word == "table" and command == "forward":
            options["table"] = True
        elif name in ("q", "c") and separator and number:
            options[name] = number
        else:
            raise OptionError(f"`{word}` is no option of `:{command}`", argument,
                              f"write `:{command} {COMMANDS[command].arguments}`")
    return options


def _shown(interpreter: Interpreter, module: str, work: str, **options: Any) -> int:
    """Print what is found, without the text of the block, which was typed before."""
    # The numerical libraries are loaded where a signal is asked for.
    found = interpreter.found(getattr(import_module(module), work), **options)
    print(in_commands(found.text("unicode").partition("\n\n")[2]).rstrip())
    return 0
