"""Forward tables of expressions, for tests."""

from __future__ import annotations

from typing import Any

from freeblock.forwarding import forward_source
from freeblock.signals.table import Table
from freeblock.source import Source


def table(expression: str, *, q: float | str = 1, c: float | str = 0, **options: Any) -> Table:
    """The rows of a network on a Gaussian input."""
    return forward_source(Source("expression", expression), q=q, c=c, **options).table


def squared(expression: str, **options: Any) -> float:
    """GSC² of the whole."""
    logarithm = table(expression, **options).log_gsc_squared
    assert logarithm is not None
    return 10**logarithm
