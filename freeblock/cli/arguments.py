"""What several commands take: the expression argument, and values for symbols."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from freeblock.errors import OptionError
from freeblock.language.names import spell
from freeblock.language.nodes import Program
from freeblock.language.parser import parse_program
from freeblock.language.reading import read_source
from freeblock.source import Source

Command = TypeVar("Command", bound=Callable[..., Any])


def read_argument(text: str) -> Source:
    """A file if it ends in .fb or names an existing path with a separator, standard input for `-`, else the text."""
    if text == "-" or text.endswith(".fb") or (os.sep in text and "\0" not in text and os.path.exists(text)):
        return read_source(text)
    return Source("expression", text)


def read_program(text: str) -> Program:
    """The parsed program of an argument. Raises FreeblockError kinds, before the mathematics is loaded."""
    return parse_program(read_argument(text))


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


def write_output(text: str, path: str | None, hint: str = "choose another file for -o") -> None:
    """Print, or write a file completely or not at all. Raises OptionError with the hint where that cannot be."""
    if path is None or path == "-":
        # `click.echo` would copy the text to look for colours, and it may be long.
        sys.stdout.write(text)
        if not text.endswith("\n"):
            sys.stdout.write("\n")
        return
    if not path:
        raise OptionError("-o needs the name of a file", hint="leave -o out to print the result")
    target = Path(os.path.realpath(path))  # a link stays a link
    content = text if text.endswith("\n") else text + "\n"
    try:
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, "is a directory")
            target.write_text(content, encoding="utf-8")
            return
        _replace(target, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(f"`{path}` cannot be written: {reason.lower()}", hint=hint) from None


def _replace(target: Path, content: str) -> None:
    import tempfile  # noqa: PLC0415 - only where a file is written; it would be a tenth of the start-up

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
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
