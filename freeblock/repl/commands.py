"""What the commands do: each takes the interpreter and the place of its argument in what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable

from freeblock.errors import UnknownNameError, did_you_mean
from freeblock.repl import file_commands, result_commands, setting_commands, signal_commands
from freeblock.repl.arguments import no_argument
from freeblock.repl.command_table import COMMANDS, help_text
from freeblock.repl.conversation import Leave
from freeblock.repl.interpreter import Interpreter
from freeblock.report.components import component_text, components_text
from freeblock.source import Source, Span

Handler = Callable[[Interpreter, Span], int]


def obey(interpreter: Interpreter, source: Source) -> int:
    """Do what a command says; the exit status. Raises FreeblockError kinds, and Leave."""
    match = _COMMAND.match(source.text)
    assert match is not None
    name = match["name"]
    handler = HANDLERS.get(OTHER_NAMES.get(name, name))
    if handler is None:
        raise _unknown(name, Span(source, *match.span("name")))
    return handler(interpreter, Span(source, *match.span("argument")))


_COMMAND = re.compile(r"\s*:\s*(?P<name>\S*)\s*(?P<argument>.*?)\s*\Z", re.DOTALL)
OTHER_NAMES = {"exit": "quit", "q": "quit", "h": "help", "?": "help"}


def _unknown(name: str, span: Span) -> UnknownNameError:
    close = did_you_mean(name, COMMANDS)
    return UnknownNameError(f"no command is called `:{name}`", span,
                            f"did you mean `:{close}`?" if close else "`:help` lists them")


def _library(interpreter: Interpreter, argument: Span) -> int:
    catalogue = interpreter.talk.catalogue
    if not argument.text:
        print(components_text([rule for rule in map(catalogue.find, catalogue.names()) if rule]).rstrip())
        return 0
    rule = catalogue.find(argument.text)
    if rule is None:
        raise UnknownNameError(f"no component is called `{argument.text}`", argument,
                               catalogue.suggest(argument.text) or "`:library` lists them")
    print(component_text(rule).rstrip())
    return 0


def _help(interpreter: Interpreter, argument: Span) -> int:
    name = argument.text.removeprefix(":")
    if name and name not in COMMANDS:
        raise _unknown(name, argument)
    print(help_text(name or None).rstrip())
    return 0


def _quit(interpreter: Interpreter, argument: Span) -> int:
    no_argument("quit", argument)
    raise Leave


HANDLERS: dict[str, Handler] = {
    "steps": result_commands.steps,
    "latex": result_commands.latex,
    "solve": result_commands.solve,
    "check": result_commands.check,
    "forward": signal_commands.forward,
    "dilution": signal_commands.dilution,
    "overlap": signal_commands.overlap,
    "set": setting_commands.set_value,
    "unset": setting_commands.unset,
    "assume": setting_commands.assume,
    "order": setting_commands.order,
    "program": file_commands.program,
    "load": file_commands.load,
    "save": file_commands.save,
    "library": _library,
    "undo": file_commands.undo,
    "clear": file_commands.clear,
    "help": _help,
    "quit": _quit,
}
