"""`freeblock repl`: a conversation at a terminal, or through a pipe."""

from __future__ import annotations

from importlib import import_module

import click

from freeblock.cli import at_terminal


@click.command(name="repl", short_help="Type expressions and see their closed forms at once.")
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--library", "library", metavar="FILE", multiple=True,
              help="Component rules (YAML) laid over ours; repeatable.")
def command(file: str | None, library: tuple[str, ...]) -> int:
    """Type an expression and see φ, ϕ, κ and the hypotheses at once; definitions live on.

    FILE is loaded first. At a terminal there are completion (Tab), history and highlighting; :help lists the
    commands. From a pipe the inputs are answered in turn, in plain text, and the exit status is that of the worst
    of them: 0 done; 1 the mathematics says no; 2 bad input.

    \b
    Examples:
      freeblock repl
      freeblock repl net.fb
      echo "(dense >> relu)^L" | freeblock repl
    """
    room = import_module("freeblock.repl.terminal" if at_terminal() else "freeblock.repl.piped")
    status: int = room.run(file, library)
    return status
