"""What several commands take: the expression argument, and values for symbols."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from freeblock.calculus.orders import MAX_ORDER
from freeblock.errors import OptionError
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.source import Source

Command = TypeVar("Command", bound=Callable[..., Any])


def read_argument(text: str, name: str = "expression") -> Source:
    """A file if it ends in .fb or names an existing path with a separator, standard input for `-`, else the text."""
    if text == "-" or text.endswith(".fb") or (os.sep in text and "\0" not in text and os.path.exists(text)):
        return read_source(text)
    return Source(name, text)


def read_program(text: str, name: str = "expression") -> Program:
    """The parsed program of an argument. Raises FreeblockError kinds, before the mathematics is loaded."""
    return parse_program(read_argument(text, name))


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


library_option = click.option("--library", "library", metavar="FILE", multiple=True,
                              help="Component rules (YAML) laid over ours; repeatable.")
settings_option = click.option("--set", "settings", metavar="NAME=FORMULA", multiple=True,
                               help="Give a symbol a value: --set sigma_w=sqrt(2); repeatable.")


def network_options(command: Command) -> Command:
    """The options that say which network is meant."""
    name = click.option("--name", metavar="BLOCK", help="The definition to take; the last one if not said.")
    for option in (library_option, name, settings_option):
        command = option(command)
    return command


def theorem_options(command: Command) -> Command:
    """The options that say how far, and on what hypotheses, a network is derived."""
    for option in (
        click.option("--assume", metavar="NAME", multiple=True,
                     help="Assume one named hypothesis, e.g. independent-patterns; repeatable."),
        click.option("--assume-free", is_flag=True, help="Turn every refusal into a printed assumption."),
        click.option("--order", type=click.IntRange(1, MAX_ORDER), default=2, show_default=True,
                     help="The highest moment φ_k of JJᵀ."),
    ):
        command = option(command)
    return command


def write_output(text: str, path: str | None) -> None:
    """Print, or write a file completely or not at all. Raises OptionError where it cannot be written."""
    if path is None or path == "-":
        # `click.echo` would copy the text to look for colours, and it may be long.
        sys.stdout.write(text)
        if not text.endswith("\n"):
            sys.stdout.write("\n")
        return
    if not path:
        raise OptionError("-o needs the name of a file", hint="leave -o out to print the result")
    write_bytes((text if text.endswith("\n") else text + "\n").encode(), path, "-o")


def write_bytes(content: bytes, path: str, option: str) -> None:
    """Write a file completely or not at all. Raises OptionError where it cannot be written."""
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, "is a directory")
            target.write_bytes(content)
            return
        _replace(target, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(f"`{path}` cannot be written: {reason.lower()}",
                          hint=f"choose another file for {option}") from None


def _replace(target: Path, content: bytes) -> None:
    import tempfile  # noqa: PLC0415 - only where a file is written; it would be a tenth of the start-up

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
