"""What tests of all rooms share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hanging import limited


@pytest.fixture
def no_hang() -> Iterator[None]:
    """Fail a test that hangs."""
    with limited():
        yield
