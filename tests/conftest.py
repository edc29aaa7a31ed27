"""What tests of all rooms share."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

PATIENCE = 20.0
"""Seconds after which a test hangs. How long things take is measured in the benchmarks."""


@pytest.fixture
def no_hang() -> Iterator[None]:
    """Fail a test that hangs."""
    def give_up(*_: object) -> None:
        raise AssertionError("this hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
