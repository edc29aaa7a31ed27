"""The versions that a printed formula depends on."""

from __future__ import annotations

import platform
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from freeblock.resources import directory
from freeblock.version import __version__

_PACKAGES = ("sympy", "mpmath", "numpy", "lark", "PyYAML", "click")


def versions_text() -> str:
    """freeblock, Python and the packages it uses, and what tells one grammar and library from another."""
    packages = ", ".join(f"{package} {_version(package)}" for package in _PACKAGES)
    texts = ", ".join(f"{kind} {_digest(kind, name)}" for kind, name in
                      (("grammar", "freeblock.lark"), ("library", "components.yaml"), ("library", "images.yaml")))
    return f"freeblock {__version__}\nPython {platform.python_version()}, {packages}\n{texts} (SHA-256)"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _digest(kind: str, name: str) -> str:
    """The beginning of the SHA-256 of a text, which `sha256sum` prints too."""
    return sha256((directory(kind) / name).read_bytes()).hexdigest()[:16]
