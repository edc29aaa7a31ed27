"""Files written completely or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from freeblock.errors import OptionError


def write_file(content: str | bytes, path: str, *, hint: str = "choose another file") -> None:
    """Put a text (with a line break at its end) or bytes in the place of a file; a link stays a link.

    Raises OptionError, with the hint, where it cannot be written.
    """
    if isinstance(content, str):
        content = (content if content.endswith("\n") else content + "\n").encode()
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(21, "is a directory")
            target.write_bytes(content)
            return
        _replace(target, content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OptionError(f"`{path}` cannot be written: {reason.lower()}", hint=hint) from None


def _replace(target: Path, content: bytes) -> None:
    import tempfile  # noqa: PLC0415 - only where a file is written; it would be a tenth of the start-up

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
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
