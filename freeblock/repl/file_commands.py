"""Commands about the statements as a text: show, read, write, take back."""

from __future__ import annotations

import os
import shlex

from freeblock.errors import OptionError
from freeblock.language.reading import read_source
from freeblock.repl.arguments import needed, no_argument
from freeblock.repl.interpreter import Interpreter
from freeblock.repl.program import Composition, Spoken
from freeblock.source import Span
from freeblock.writing import write_file


def program(interpreter: Interpreter, argument: Span) -> int:
    """The statements in force."""
    no_argument("program", argument)
    print(_text(interpreter.talk.spoken).rstrip() or "nothing has been said yet")
    return 0


def load(interpreter: Interpreter, argument: Span) -> int:
    """Read the statements of a file, all or none."""
    path = _path(needed("load", argument))
    if path == "-":
        raise OptionError("a file is loaded", argument, "name a file")
    return interpreter.enter(read_source(path), is_file=True)


def save(interpreter: Interpreter, argument: Span) -> int:
    """Write the statements to a file; a name without an ending gets `.fb`."""
    path = _path(needed("save", argument))
    if not interpreter.talk.spoken.statements and interpreter.talk.spoken.asked is None:
        raise OptionError("there is nothing to save", hint="type a block first, for example (dense >> relu)^L")
    if path == "-":
        raise OptionError("a file is saved", argument, "name a file; `:program` shows the statements")
    if not os.path.splitext(path)[1] and not os.path.isdir(path):
        path += ".fb"
    write_file(_text(interpreter.talk.spoken), path)
    plain = (path.endswith(".fb") or os.sep in path) and not path.startswith("-")
    shown = shlex.quote(path if plain else os.path.join(os.curdir, path))
    print(f"saved: `freeblock derive {shown}` derives it")
    return 0


def undo(interpreter: Interpreter, argument: Span) -> int:
    """Take the last input back that changed anything."""
    no_argument("undo", argument)
    what = interpreter.talk.undo()
    print("there is nothing to undo" if what is None else f"undone: {what}")
    return 0


def clear(interpreter: Interpreter, argument: Span) -> int:
    """Forget every statement; `:undo` brings them back."""
    no_argument("clear", argument)
    interpreter.talk.accept(Spoken(), ":clear")
    print("every statement is forgotten; :undo brings them back")
    return 0


def _path(written: str) -> str:
    if len(written) > 1 and written[0] == written[-1] and written[0] in "'\"":
        written = written[1:-1]
    return os.path.expanduser(written)


def _text(spoken: Spoken) -> str:
    """The statements as a file; what a file cannot say stands in a comment."""
    options = [f"--order {spoken.order}"] if spoken.order != Spoken().order else []
    options += [f"--assume {name}" for name in spoken.premises]
    comment = f"# derive with {' '.join(options)}\n" if options else ""
    return comment + Composition(spoken).source.text
