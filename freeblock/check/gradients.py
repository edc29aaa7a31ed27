"""Squared gradients at the inputs of the blocks of a network, by that at its output: measured beside predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BlockGradient:
    """One block: E|g|² at its input over |g|² at the output, which is φ of the network from this block on."""

    block: str
    predicted: float | None
    measured: float
    stderr: float

    @property
    def ratio(self) -> float | None:
        """Measured by predicted; None where nothing, or zero, is predicted."""
        return self.measured / self.predicted if self.predicted else None

    def to_data(self) -> dict[str, Any]:
        """The row as JSON-like data."""
        return {"block": self.block, "predicted": self.predicted, "measured": self.measured, "stderr": self.stderr}


HEAD = ("", "block", "predicted", "measured", "± std. error", "ratio")


def gradient_cells(blocks: Sequence[BlockGradient], longest: int = 60) -> list[tuple[str, ...]]:
    """The cells of the table, the head left out; long names are cut."""
    rows: list[tuple[str, ...]] = []
    for place, block in enumerate(blocks, 1):
        name = block.block if len(block.block) <= longest else block.block[: longest - 1] + "…"
        rows.append((str(place), name, "-" if block.predicted is None else f"{block.predicted:.5g}",
                     f"{block.measured:.5g}", f"{block.stderr:.2g}",
                     "-" if block.ratio is None else f"{block.ratio:.3f}"))
    return rows


def gradient_lines(blocks: Sequence[BlockGradient]) -> list[str]:
    """The table as text."""
    rows = [HEAD, *gradient_cells(blocks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["Squared gradient at the input of each block, by that at the output:"]
    for row in rows:
        cells = [cell.ljust(width) if column == 1 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return lines
