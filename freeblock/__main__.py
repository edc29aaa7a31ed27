"""The command line's entry: every error becomes one clear message and an exit status."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from freeblock.cli import program
from freeblock.errors import FreeblockError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 done, 1 the mathematics says no, 2 bad input."""
    try:
        status = program.main(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="freeblock",
                              standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except SystemExit as end:
        # Click ends the process itself where a shell asks for completions.
        return end.code if isinstance(end.code, int) else 0
    except FreeblockError as error:
        click.echo(str(error), err=True)
        return error.exit_status
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        click.echo(f"error: {error.format_message()}", err=True)
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(f"hint: see `{error.ctx.command_path} --help`", err=True)
        return 2
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone: that is its right, and nothing is left to say to it.
        _give_up_printing()
        return 0
    except OSError as error:
        _give_up_printing()
        click.echo(f"error: the result cannot be printed: {(error.strerror or str(error)).lower()}", err=True)
        return 2
    except RecursionError:
        click.echo("error: the expression is nested too deeply", err=True)
        return 2
    except MemoryError:
        click.echo("error: the result does not fit into memory", err=True)
        return 2


def _give_up_printing() -> None:
    """What is still to be written at the end of the process goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> NoReturn:
    """The process of one command.

    It makes no cyclic garbage worth collecting, and holds up to a million small objects: the collector would walk
    through them again and again (a third of the time), and to free them one by one at the end takes a tenth.
    """
    gc.disable()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # LaTeX and JSON are, whatever the terminal is
    status = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
