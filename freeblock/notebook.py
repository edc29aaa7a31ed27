"""The magics `%fb` and `%%fb` of IPython: a line or a cell in our language, with the options of `freeblock derive`.

Nothing of IPython is imported: the shell that loads the extension brings all there is to know.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from functools import cache
from io import StringIO
from shlex import shlex
from typing import Any, Literal

import click

from freeblock.cli.arguments import read_argument, read_settings
from freeblock.cli.derive import command as derive_command
from freeblock.errors import OptionError
from freeblock.rich_result import RichResult
from freeblock.session import derive_source, require
from freeblock.source import Source

_OPTIONS = ("order", "side", "assume_free", "assume", "required", "name", "library", "settings")
"""The options of `freeblock derive` that say what is derived, not how it is printed."""

_HELP = """Derive the spectral moments of a network's Jacobian.

    %fb [OPTIONS] EXPR          one expression, or a file that ends in .fb
    d = %fb [OPTIONS] EXPR      the result as a value
    %%fb [OPTIONS]              the rest of the cell is a program; its last block, or --name, is derived

The result is that of `freeblock.derive`: `_` holds it, or a variable with --as NAME. `%fb --help` lists the options.
"""


def register(shell: Any) -> None:
    """Give a shell the magics."""
    def fb(line: str, cell: str | None = None) -> RichResult | None:
        return _run(shell, line, cell)

    fb.__doc__ = _HELP
    shell.register_magic_function(fb, magic_kind="line_cell", magic_name="fb")


def _run(shell: Any, line: str, cell: str | None) -> RichResult | None:
    """Derive what a magic says. Raises FreeblockError kinds, which show themselves without a traceback."""
    words, rest = _words(line)
    try:
        context = _command().make_context("%fb", words)
    except click.exceptions.Exit:  # --help has been printed
        return None
    except click.ClickException as error:
        raise OptionError(error.format_message(), hint="see `%fb --help`") from None
    options = dict(context.params)
    bound = _variable(options.pop("bound"))
    required: Literal["phi", "variance"] = options.pop("required") or "phi"
    options["values"] = read_settings(options.pop("settings"))
    result = derive_source(_source(rest, cell), **options)
    result = RichResult.of(replace(result, expression=result.expression.strip("\n")))
    require(result, required)
    if bound is not None:
        shell.user_ns[bound] = result
    return result


def _source(rest: str, cell: str | None) -> Source:
    """What is derived; the lines of a cell are counted with the magic's own."""
    if cell is None:
        if not rest:
            raise OptionError("there is nothing to derive", hint="for example `%fb dense >> relu`")
        return read_argument(rest) if rest != "-" else Source("%fb", rest)
    if rest:
        raise OptionError(f"`{rest}` stands behind the options of a cell",
                          hint="the program stands in the lines below; one expression is `%fb EXPR`")
    return Source("%%fb", f"\n{cell}")


def _variable(name: str | None) -> str | None:
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise OptionError(f"`{name}` is no name of a variable", hint="for example --as d")
    return name


@cache
def _command() -> click.Command:
    options: list[click.Parameter] = [option for option in derive_command.params if option.name in _OPTIONS]
    options.append(click.Option(["--as", "bound"], metavar="NAME", help="Bind the result to a variable."))
    return click.Command("%fb", params=options, help="Derive an expression, or the program of a cell.",
                         context_settings={"help_option_names": ["-h", "--help"]})


def _words(line: str) -> tuple[list[str], str]:
    """The options in front, and the rest of the line as it was written."""
    words: list[str] = []
    rest = line.strip()
    while re.match(r"-{1,2}[A-Za-z]", rest):
        option, rest = _word(rest)
        words.append(option)
        if "=" not in option and _takes_value(option) and rest:
            value, rest = _word(rest)
            words.append(value)
    return words, rest


def _word(text: str) -> tuple[str, str]:
    """The first word, quotation marks read, and what is behind it."""
    stream = StringIO(text)
    reader = shlex(stream, posix=True)
    reader.whitespace_split, reader.commenters = True, ""
    try:
        word = reader.get_token() or ""
    except ValueError:
        raise OptionError("a quotation mark is not closed", hint="see `%fb --help`") from None
    return word, stream.read().lstrip()


def _takes_value(option: str) -> bool:
    return any(option in parameter.opts and isinstance(parameter, click.Option) and not parameter.is_flag
               for parameter in _command().params)
