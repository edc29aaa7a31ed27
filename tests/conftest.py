"""What tests of all rooms share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hanging import limited

# Before numpy is loaded: matrices are small, and each process of a run has one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture
def no_hang() -> Iterator[None]:
    """Fail a test that hangs."""
    with limited():
        yield
