"""Prints the measured ratios at the end of a run."""

from __future__ import annotations

from typing import Any

from measuring import REPORT


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of docs/benchmarks.md."""
    if not REPORT:
        return
    terminalreporter.section("speed: measured and target")
    for line in REPORT:
        mark = "" if line.measured <= line.target else "  above the target"
        terminalreporter.write_line(f"{line.what:<64} {line.measured:7.2f}  {line.target:6g}{mark}")
