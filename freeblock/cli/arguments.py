"""What several commands take: the expression argument, and values for symbols."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from freeblock.errors import OptionError
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.source import Source
from freeblock.writing import write_file

Command = TypeVar("Command", bound=Callable[..., Any])


def read_argument(text: str, name: str = "expression") -> Source:
    """A file if it ends in .fb or names an existing path with a separator, standard input for `-`, else the text."""
    if text == "-" or text.endswith(".fb") or (os.sep in text and "\0" not in text and os.path.exists(text)):
        return read_source(text)
    return Source(name, text)


def read_program(text: str, name: str = "expression") -> Program:
    """The parsed program of an argument. Raises FreeblockError kinds, before the mathematics is loaded."""
    return parse_program(read_argument(text, name))


def check_standard_input(*names: str) -> None:
    """Raise OptionError where two arguments are read from standard input, which can be read once."""
    if names.count("-") > 1:
        raise OptionError("two arguments are `-`, and standard input can be read once", hint="name a file for one")


def read_settings(settings: Iterable[str]) -> dict[str, object]:
    """NAME=FORMULA pairs. Raises OptionError for what is no pair or said twice."""
    values: dict[str, object] = {}
    for setting in settings:
        name, separator, formula = setting.partition("=")
        name = spell(name.strip())
        if not separator or not name or not formula.strip():
            raise OptionError(f"`{setting}` is not of the form NAME=FORMULA", hint="for example --set sigma_w=sqrt(2)")
        if name in values:
            raise OptionError(f"`{name}` is set twice", hint="keep one of the two")
        values[name] = formula
    return values


def output_option(command: Command) -> Command:
    """The option that says where the result goes."""
    return click.option("-o", "--output", metavar="FILE", type=click.Path(),
                        help="Write to a file, whole or not at all, instead of standard output.")(command)


def write_output(text: str | Sequence[str], path: str | None, hint: str = "choose another file for -o") -> None:
    """Print a text, or pieces of one, or write a file completely or not at all.

    Raises OptionError with the hint where that cannot be.
    """
    pieces = (text,) if isinstance(text, str) else text
    if path is None or path == "-":
        # `click.echo` would copy the text to look for colours, and it may be long.
        sys.stdout.writelines(pieces)
        if not pieces[-1].endswith("\n"):
            sys.stdout.write("\n")
        return
    if not path:
        raise OptionError("-o needs the name of a file", hint="leave -o out to print the result")
    write_file("".join(pieces), path, hint=hint)


def sheet_options(command: Command) -> Command:
    """How a command that works formulas out prints them, and where its plot goes."""
    for option in (
        output_option,
        click.option("--plot", metavar="FILE", type=click.Path(), help="Draw the curve, as .svg, .png or .pdf."),
        click.option("--format", "form", type=click.Choice(["text", "unicode", "markdown", "latex", "json"]),
                     default="text", show_default=True, help="How the result is printed."),
    ):
        command = option(command)
    return command


def simulation_options(command: Command) -> Command:
    """How often a simulation is repeated, and with which draws."""
    for option in (
        click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True,
                     help="Seed of the simulation."),
        click.option("--simulate", "samples", metavar="SAMPLES", type=click.IntRange(2, 10**6),
                     help="Run so many random networks, too, and print what they measure."),
    ):
        command = option(command)
    return command
