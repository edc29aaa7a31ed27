"""One input, one answer: printed, with its exit status."""

from __future__ import annotations

import sys

from freeblock.errors import FreeblockError, LimitError
from freeblock.repl.commands import obey
from freeblock.repl.conversation import Conversation
from freeblock.repl.interpreter import Interpreter, tell
from freeblock.repl.reading import is_command
from freeblock.source import Source

_WORDS = frozenset({"quit", "exit", "help"})
"""Commands that are understood without the colon."""


class Answerer:
    """Answers the inputs of a conversation."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._interpreter = Interpreter(talk)

    def answer(self, text: str) -> int:
        """Print the answer or the mistake; the exit status. Raises Leave at the end of the conversation."""
        try:
            # What a terminal sends need not be UTF-8; it could not be printed.
            return self._answer(text.encode("utf-8", "replace").decode())
        except FreeblockError as error:
            tell(error)
            return error.exit_status
        except RecursionError:
            tell(LimitError("the expression is nested too deeply"))
        except MemoryError:
            tell(LimitError("the result does not fit into memory"))
        finally:
            sys.stdout.flush()
        return LimitError.exit_status

    def load(self, path: str) -> int:
        """Answer as `:load` does."""
        return self.answer(f":load {path}")

    def _answer(self, text: str) -> int:
        word = text.strip()
        if word in _WORDS and self._talk.spoken.definition(word) is None:
            text = f":{word}"
        source = Source("input", text.rstrip("\r\n"))
        return obey(self._interpreter, source) if is_command(text) else self._interpreter.enter(source)
