"""freeblock: closed-form spectral moments of block-structured Jacobians, with the hypotheses they rest on.

`derive`, `check`, `solve`, `verify`, `compare`, `forward`, `dilution`, `overlap`, `shallow` and `FreeblockError` are
the whole interface. They are reached on first use, so that the command line can print its help without loading the
calculus.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from freeblock.version import __version__

if TYPE_CHECKING:
    from freeblock.api import check, compare, derive, dilution, forward, overlap, solve, verify
    from freeblock.errors import FreeblockError

__all__ = ["FreeblockError", "__version__", "check", "compare", "derive", "dilution", "forward", "overlap", "shallow",
           "solve", "verify"]


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext freeblock`: the magic `%fb` for lines and `%%fb` for cells."""
    from freeblock.notebook import register  # noqa: PLC0415 - only notebooks pay for it

    register(shell)


class _Interface(ModuleType):
    """The package as users see it: `freeblock.check` is the function, although a room of that name exists."""

    @property
    def check(self) -> Any:
        from freeblock.api import check as function  # noqa: PLC0415 - see the module's docstring

        return function

    @check.setter
    def check(self, room: ModuleType) -> None:
        """Importing the room would hide the function; import statements find the room all the same."""


def __getattr__(name: str) -> Any:
    if name not in __all__ or name == "__version__":
        raise AttributeError(f"module 'freeblock' has no attribute {name!r}")
    from freeblock import api  # noqa: PLC0415 - see the module's docstring

    return getattr(api, name)


sys.modules[__name__].__class__ = _Interface
