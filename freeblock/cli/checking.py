"""What `freeblock check` does once its text is read."""

from __future__ import annotations

import json
from typing import Any

from freeblock.cli.arguments import write_output
from freeblock.cli.progress import ProgressBar
from freeblock.language.nodes import Program
from freeblock.measure import Measurement, measure


def print_check(program: Program, form: str, output: str | None, **options: Any) -> bool:
    """Compare, print, and say whether all orders agree; `options` are those of `measure`."""
    with ProgressBar("sampling") as progress:
        measurement = measure(program, progress=progress, **options)
    write_output(json.dumps(_data(measurement), indent=1) if form == "json" else _text(measurement), output)
    return measurement.result.agrees


def _proved(measurement: Measurement, order: int) -> bool:
    return order <= measurement.derivation.derivation.proved


def _data(measurement: Measurement) -> dict[str, Any]:
    data = measurement.result.to_data()
    for entry in data["orders"]:
        entry["proved"] = _proved(measurement, entry["k"])
    data["defaults"] = dict(measurement.defaults)
    return data


def _text(measurement: Measurement) -> str:
    result = measurement.result
    lines = ["order     predicted      measured  ± std. error  verdict"]
    for entry in result.orders:
        predicted = "-" if entry.predicted is None else f"{entry.predicted:.6g}"
        verdict = "-" if entry.agrees is None else "agrees" if entry.agrees else "DISAGREES"
        note = "" if _proved(measurement, entry.k) else "  (free value; not proved)"
        measured = f"{entry.measured:>12.6g}  ± {entry.stderr:<10.2g}"
        lines.append(f"φ_{entry.k:<3}  {predicted:>12}  {measured}  {verdict}{note}")
    first, second = result.orders[0], result.orders[min(1, len(result.orders) - 1)]
    if second is not first and first.predicted and second.predicted is not None:
        predicted_variance = second.predicted - first.predicted**2
        measured_variance = second.measured - first.measured**2
        ratio = f", ratio {measured_variance / predicted_variance:.3f}" if predicted_variance > 0 else ""
        lines.append(f"ϕ      {predicted_variance:>12.6g}  {measured_variance:>12.6g}{ratio}")
    lines.append(f"width {result.width} and half of it, {result.samples} samples, {result.seconds:.1f} s")
    if measurement.defaults:
        taken = ", ".join(f"{name} = {value:g}" for name, value in measurement.defaults.items())
        lines.append(f"taken for granted: {taken} (--set gives other values)")
    lines.append("The closed form and the samples agree." if result.agrees
                 else "The closed form and the samples DISAGREE.")
    return "\n".join(lines)
