"""What `freeblock haar` does once its options are read."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.batch_normalization.haar import haar_moment, read_entries
from freeblock.cli.sheets import print_sheet
from freeblock.report.haar_sheet import haar_data, haar_sheet


def print_moments(products: Sequence[str], form: str, output: str | None) -> None:
    """The expectations of the products. Raises FreeblockError kinds."""
    entries = [read_entries(text) for text in products]
    found = [(each, haar_moment(each)) for each in entries]
    print_sheet(haar_sheet(found), haar_data(found), form, output)
