"""A program read from a file or from standard input."""

from __future__ import annotations

import os
import stat
import sys

from freeblock.errors import FreeblockError, LanguageError, LimitError, OptionError
from freeblock.language.scanner import TEXT_LENGTH
from freeblock.source import Source

_MARK = b"\xef\xbb\xbf"


_SHORTER = "write repeated parts as definitions, `block^L` or indexed forms"


def read_source(path: str | os.PathLike[str]) -> Source:
    """The text of a regular file, or of standard input for `-`.

    Raises OptionError for what cannot be read or is no text file, LimitError for a file too large,
    LanguageError for bytes that are not UTF-8.
    """
    name = os.fspath(path)
    if name == "-":
        return _decode("standard input", _read_standard_input(), TEXT_LENGTH, _SHORTER)
    return read_file(name, name, TEXT_LENGTH, _SHORTER)


def read_file(path: str | os.PathLike[str], name: str, most: int, shorter: str) -> Source:
    """The text of a regular file of at most `most` bytes, under a name; `shorter` says how to make it smaller.

    Raises what `read_source` does.
    """
    return _decode(name, _read_file(os.fspath(path), name, most), most, shorter)


def _read_standard_input() -> bytes:
    try:
        return sys.stdin.buffer.read(TEXT_LENGTH + 1)
    except (OSError, AttributeError, ValueError):
        raise OptionError("standard input cannot be read", None, "give a file or an expression") from None


def _read_file(path: str, name: str, most: int) -> bytes:
    """The bytes of a regular file; anything else is turned away before it is read, and cannot block."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as failure:
        raise _unreadable(name, failure) from None
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise OptionError(f"`{name}` is a directory", None, "name a file")
        if not stat.S_ISREG(mode):
            raise OptionError(f"`{name}` is not a regular file", None, "`-` reads standard input")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(most + 1)
    except OSError as failure:
        raise _unreadable(name, failure) from None
    finally:
        os.close(descriptor)


def _unreadable(name: str, failure: OSError | ValueError) -> FreeblockError:
    reason = getattr(failure, "strerror", None) or "its name is no file name"
    missing = isinstance(failure, FileNotFoundError)
    hint = "check the spelling and the folder" if missing else "name a readable text file"
    return OptionError(f"`{name}` cannot be read: {reason.lower()}", None, hint)


def _decode(name: str, content: bytes, most: int, shorter: str) -> Source:
    if len(content) > most:
        raise LimitError(f"{name} is larger than {most} bytes", hint=shorter)
    skipped = len(_MARK) if content.startswith(_MARK) else 0
    try:
        return Source(name, content[skipped:].decode("utf-8"))
    except UnicodeDecodeError as failure:
        offset = skipped + failure.start
        raise LanguageError(
            f"{name} is not UTF-8 text: byte {content[offset]:#04x} at byte offset {offset}",
            None,
            "save the file as UTF-8",
        ) from None
