"""The figures of the components: measured moments beside the closed form, as SVG inside the page."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

CHECKS: dict[str, Any] = json.loads((Path(__file__).parent / "component_checks.json").read_text(encoding="utf-8"))
"""What measure_components.py wrote."""
_COLOURS = ("#0072b2", "#d55e00", "#009e73")
_MARKS = ("o", "s", "^")


def figure(name: str, checks: dict[str, Any]) -> str:
    """The picture of one component as a data URI."""
    rows = checks["rows"]
    values = [row["value"] for row in rows]
    with matplotlib.rc_context({"svg.hashsalt": name, "font.size": 9}):
        picture = Figure(figsize=(7.2, 2.7), layout="constrained")
        moments, differences = picture.subplots(1, 2)
        known = len(rows[0]["predicted"])
        for order, (colour, mark) in enumerate(zip(_COLOURS[:known], _MARKS[:known], strict=True)):
            predicted = [row["predicted"][order] for row in rows]
            measured = [row["measured"][order] for row in rows]
            errors = [row["stderr"][order] for row in rows]
            style = {"color": colour, "marker": mark, "markersize": 4, "linestyle": "none", "capsize": 3}
            moments.plot(values, predicted, color=colour, linewidth=1)
            moments.errorbar(values, measured, yerr=errors, label=f"$\\phi_{order + 1}$", **style)
            shift = (order - 1) * 0.012 * (max(values) - min(values))
            differences.errorbar(
                [value + shift for value in values],
                [100 * (found / said - 1) for found, said in zip(measured, predicted, strict=True)],
                yerr=[100 * error / said for error, said in zip(errors, predicted, strict=True)], **style)
        differences.axhline(0, color="black", linewidth=0.8)
        low, high = differences.get_ylim()
        differences.set_ylim(min(low, -1), max(high, 1))
        moments.set_title("closed form (line through its values), measured", fontsize=9)
        differences.set_title("measured / closed form − 1, in %", fontsize=9)
        moments.legend(frameon=False)
        for axes in (moments, differences):
            axes.set_xlabel(checks["varied"])
        stream = io.BytesIO()
        picture.savefig(stream, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"
