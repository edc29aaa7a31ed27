"""The inputs of earlier conversations, in a file that only the user can read."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from freeblock.resources import state_directory

LONGEST = 1_000_000
"""Bytes of a history; of a longer one the older half is forgotten."""


def open_history() -> History:
    """The history across conversations; that of this one alone where no file can be kept."""
    folder = state_directory()
    if folder is None:
        return InMemoryHistory()
    path = folder / "history"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        if size > LONGEST:
            _shorten(path)
    except (OSError, AttributeError):
        return InMemoryHistory()
    return _Kept(str(path))


def _shorten(path: Path) -> None:
    """An entry begins with an empty line."""
    content = path.read_bytes()
    _, _, kept = content[-LONGEST // 2:].partition(b"\n\n")
    path.write_bytes(b"\n" + kept)


class _Kept(FileHistory):
    """A full disk, or a text that is no UTF-8, costs the history, not the conversation."""

    def store_string(self, string: str) -> None:
        with suppress(OSError, ValueError):
            super().store_string(string)
