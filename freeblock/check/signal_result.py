"""What a check found out about the signal behind a network, and about gradients relative to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from freeblock.check.data import Data
from freeblock.errors import OptionError

NAMES = ("q", "c", "GSC")
"""Mean square of a unit, correlation of two inputs, gradient scale coefficient."""


class SignalRow(NamedTuple):
    """One of the three: what is predicted, and what the passes show at infinite width."""

    name: str
    predicted: float | None
    measured: float
    stderr: float
    tolerance: float
    at_width: float
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class SignalCheck:
    """The rows; without any, the reason why they are left out."""

    data: Data
    rows: tuple[SignalRow, ...]
    passes: int
    half_passes: int
    batch: int
    reason: str | None
    """Why rows, or the prediction of GSC, are left out."""
    seconds: float

    @property
    def agrees(self) -> bool:
        """No row that was predicted disagrees."""
        return all(row.agrees is not False for row in self.rows)

    def row(self, name: str) -> SignalRow:
        """The row `q`, `c` or `GSC`. Raises OptionError for another name, or where rows are left out."""
        for row in self.rows:
            if row.name == name:
                return row
        raise OptionError(f"there is no row {name!r}" + (f": {self.reason}" if self.reason else ""),
                          hint=f"rows are {', '.join(NAMES)}")

    def to_data(self) -> dict[str, Any]:
        """The result as JSON-like data."""
        rows = {row.name: {key: value for key, value in row._asdict().items() if key != "name"} for row in self.rows}
        return {"input": {"q": self.data.q, "c": self.data.c}, **{name.lower(): rows.get(name) for name in NAMES},
                "passes": self.passes, "half_passes": self.half_passes, "batch": self.batch, "reason": self.reason}


def left_out(data: Data, reason: str) -> SignalCheck:
    """No rows, for a reason."""
    return SignalCheck(data, (), 0, 0, 0, reason, 0.0)
