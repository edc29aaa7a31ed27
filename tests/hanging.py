"""A limit against hanging. How long things take is measured in the benchmarks."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

PATIENCE = 20.0
"""Seconds after which a test hangs; each command is meant to answer within two."""


@contextlib.contextmanager
def limited(seconds: float = PATIENCE) -> Iterator[None]:
    """Fail a test that takes longer."""
    def give_up(*_: object) -> None:
        raise AssertionError("this hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
