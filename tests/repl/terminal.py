"""A terminal with a person at it: freeblock on a pseudo-terminal, and the screen that it draws."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import pexpect
import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which something that should appear on the screen is missing."""
ROWS, COLUMNS = 120, 100

UP, TAB, ENTER, CTRL_C, CTRL_D = "\x1b[A", "\t", "\r", "\x03", "\x04"


class Terminal:
    """`freeblock` with some arguments; used in a `with` statement."""

    def __init__(self, *arguments: str, home: Path, columns: int = COLUMNS, more: Mapping[str, str] | None = None) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "HOME": str(home), "XDG_STATE_HOME": str(home / "state"),
                       "PYTHONPATH": str(ROOT), **(more or {})}
        self._screen = pyte.HistoryScreen(columns, ROWS, history=10_000)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(sys.executable, ["-m", "freeblock", *arguments], dimensions=(ROWS, columns),
                                   env=environment, cwd=str(home))
        self._screen.write_process_input = self.child.send  # where the cursor is, a terminal answers

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.child.close(force=True)

    @property
    def lines(self) -> list[str]:
        """The rows of the screen down to the cursor, and what has scrolled off."""
        self._read()
        above = ["".join(row[place].data for place in range(self._screen.columns)) for row in self._screen.history.top]
        return [line.rstrip() for line in [*above, *self._screen.display]]

    @property
    def text(self) -> str:
        """All of it, without empty rows at the end."""
        return "\n".join(self.lines).rstrip()

    @property
    def line(self) -> str:
        """The row the cursor is in."""
        self._read()
        return self._screen.display[self._screen.cursor.y].rstrip()

    def send(self, keys: str) -> None:
        self.child.send(keys)

    def wait(self, found: Callable[[], bool], what: str) -> None:
        """Until something is on the screen."""
        end = time.monotonic() + PATIENCE
        while not found():
            assert time.monotonic() < end, f"{what} is not on the screen:\n{self.text}"
            assert self.child.isalive() or found(), f"left before {what}:\n{self.text}"

    def prompt(self) -> None:
        """Until a fresh prompt is there."""
        self.wait(lambda: self.line == "fb>", "a prompt")

    def ask(self, text: str) -> str:
        """Type a line at the prompt; what is on the screen between it and the next prompt."""
        self.prompt()
        before = self.text
        self.send(text)
        self.wait(lambda: self.line.endswith(text[-40:]), f"what was typed, {text}")
        self.send(ENTER)
        self.prompt()
        after = self.text
        return after[len(before):].partition("\n")[2].rsplit("\nfb>", 1)[0].strip("\n")

    def left(self) -> int | None:
        """Until the program has ended; its exit status."""
        end = time.monotonic() + PATIENCE
        while self.child.isalive():
            assert time.monotonic() < end, f"does not end:\n{self.text}"
            self._read()
        self._read()
        status: int | None = self.child.exitstatus
        return status

    def _read(self) -> None:
        try:
            while True:
                self._stream.feed(self.child.read_nonblocking(1 << 16, timeout=0.05))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
