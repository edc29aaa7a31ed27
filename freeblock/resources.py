"""Where freeblock's own texts lie, and where it may keep what it computes from them."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent
_KINDS = ("grammar", "library")


def directory(kind: str) -> Path:
    """The folder of grammar or library files: inside an installed package, beside it in a checkout.

    Raises ValueError for another kind, FileNotFoundError where the installation is incomplete.
    """
    if kind not in _KINDS:
        raise ValueError(f"no resources of kind {kind!r}")
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (parent / kind).is_dir():
            return parent / kind
    raise FileNotFoundError(f"the freeblock installation lacks its {kind} folder")


def cached(name: str, made_of: Iterable[str], make: Callable[[], Any]) -> Any:
    """What `make` makes of some texts, as JSON; from the cache where it holds what was made of these very texts."""
    folder = cache_directory()
    if folder is None:
        return make()
    key = sha256("\0".join(made_of).encode()).hexdigest()
    file = folder / f"{name}-{key[:32]}.json"
    data = _load(file)
    if data is None:
        data = make()
        _save(file, data)
    return data


def cache_directory() -> Path | None:
    """The user's own cache folder for freeblock, made if need be; None where none can be trusted."""
    try:
        base = _cache_base()
        if base is None:
            return None
        folder = base / "freeblock"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, ValueError):
        return None
    return folder if _is_private(status) else None


def _cache_base() -> Path | None:
    """The platform's folder for caches, or None where the environment names no absolute one."""
    if sys.platform == "win32":
        named = os.environ.get("LOCALAPPDATA", "")
    else:
        named = os.environ.get("XDG_CACHE_HOME", "")
    if named and os.path.isabs(named):
        return Path(named)
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    places = {"win32": ("AppData", "Local"), "darwin": ("Library", "Caches")}
    return Path(home, *places.get(sys.platform, (".cache",)))


def _is_private(status: os.stat_result) -> bool:
    """True for a folder that is ours and that nobody else can write to."""
    if not stat.S_ISDIR(status.st_mode):
        return False
    if sys.platform == "win32":
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _load(path: Path) -> Any:
    """The cached data, or None where there is none or where it is not what was written."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        return json.loads(text) if digest == sha256(text.encode()).hexdigest() else None
    except (OSError, ValueError):
        return None


def _save(path: Path, data: Any) -> None:
    """Write the cache in one step; where that fails the next start makes the data again."""
    text = json.dumps(data, separators=(",", ":"))
    unfinished = path.with_suffix(f".{os.getpid()}.new")
    try:
        unfinished.write_text(f"{sha256(text.encode()).hexdigest()}\n{text}", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
