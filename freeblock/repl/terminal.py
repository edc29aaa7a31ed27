"""A conversation at a terminal: the prompt, its keys, its colours, and what goes on behind it."""

from __future__ import annotations

import gc
import io
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from freeblock.repl.conversation import Conversation, Leave
from freeblock.repl.highlighting import stretches
from freeblock.repl.history import open_history
from freeblock.repl.reading import is_open
from freeblock.repl.suggestions import suggestions
from freeblock.version import __version__

PROMPT, CONTINUED = "fb> ", "... "
PATIENCE = 2.0
"""Seconds after which a note says that the work goes on."""
FILE_COMMANDS = (":load ", ":save ")
NOTE = "still working; Ctrl-C interrupts"

_STYLE = Style.from_dict({
    "keyword": "bold", "component": "ansiblue", "definition": "ansigreen", "function": "ansicyan",
    "number": "ansimagenta", "comment": "ansibrightblack", "command": "bold ansiyellow", "mistake": "ansired underline",
})


def run(file: str | None, libraries: Sequence[str]) -> int:
    """Converse until the user leaves; 0. Raises ErrorList for a faulty library, before the first prompt."""
    gc.enable()  # a conversation may be long
    talk = Conversation(libraries)
    prompt: PromptSession[str] = PromptSession(
        history=open_history(), lexer=_Colours(talk), completer=_Completions(talk), complete_while_typing=False,
        multiline=True, prompt_continuation=CONTINUED, key_bindings=_keys(), style=_STYLE, enable_suspend=True)
    print(f"freeblock {__version__}: type a block; :help lists the commands, Ctrl-D leaves")
    prompt.app.after_render += _once(_load_behind)
    answers = _Answers(talk)
    try:
        if file is not None:
            answers.answer(f":load {file}")
        while True:
            try:
                text = prompt.prompt(PROMPT)
            except KeyboardInterrupt:
                continue
            answers.answer(text)
    except (EOFError, Leave):
        return 0


class _Answers:
    """Answers inputs with the mathematics, once it is loaded."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._answerer: Any = None

    def answer(self, text: str) -> None:
        """Print the answer when it is complete; Ctrl-C leaves everything as it was. Raises Leave."""
        shown = io.StringIO()
        try:
            with _note_after(PATIENCE), redirect_stdout(shown), redirect_stderr(shown):
                if self._answerer is None:
                    self._answerer = import_module("freeblock.repl.answering").Answerer(self._talk)
                self._answerer.answer(text)
            print(shown.getvalue(), flush=True)
        except KeyboardInterrupt:
            print("interrupted")


def _load_behind() -> None:
    """Load the mathematics while the user reads and types."""
    def load() -> None:
        for name in ("freeblock.repl.answering", "sympy"):
            with suppress(ImportError):
                import_module(name)

    threading.Thread(target=load, daemon=True).start()


def _once(action: Callable[[], None]) -> Callable[[Any], None]:
    done: list[bool] = []

    def first(_: Any) -> None:
        if not done:
            done.append(True)
            action()

    return first


@contextmanager
def _note_after(seconds: float) -> Iterator[None]:
    """A note on the error stream while work takes long, gone when it is done."""
    shown, stream = threading.Event(), sys.stderr

    def show() -> None:
        shown.set()
        stream.write(NOTE)
        stream.flush()

    timer = threading.Timer(seconds, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if shown.is_set():
            stream.write("\r" + " " * len(NOTE + "^C") + "\r")
            stream.flush()


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=has_focus(DEFAULT_BUFFER))
    def _(event: KeyPressEvent) -> None:
        """Take the chosen completion, go on with an open input, or answer."""
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif is_open(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("c-c", filter=has_focus(DEFAULT_BUFFER) & Condition(lambda: bool(get_app().current_buffer.text)))
    def _(event: KeyPressEvent) -> None:
        """Clear what was typed."""
        event.current_buffer.reset()

    return keys


class _Colours(Lexer):
    def __init__(self, talk: Conversation) -> None:
        self._talk = talk

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The coloured pieces of each line."""
        lines: list[StyleAndTextTuples] = [[]]
        for text, kind in stretches(document.text, self._talk):
            first, *others = text.split("\n")
            lines[-1].append((f"class:{kind}", first))
            lines += [[(f"class:{kind}", other)] for other in others]
        return lambda number: lines[number] if number < len(lines) else []


class _Completions(Completer):
    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._files = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The suggestions before the cursor, one line of help beside each; file names where a command takes one."""
        before = document.text_before_cursor
        for command in FILE_COMMANDS:
            if before.startswith(command):
                path = Document(before.removeprefix(command).lstrip())
                yield from self._files.get_completions(path, complete_event)
                return
        for text, length, meaning in suggestions(before, self._talk):
            yield Completion(text, start_position=-length, display_meta=meaning)
