"""Sample every component that has a sampler and write component_checks.json: python docs/measure_components.py

With names of components only these are sampled, and the file keeps what it says of the others.
Each row is one run of `freeblock check EXPRESSION --network --order 3`; the page of components draws them.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import freeblock

CHECKS = Path(__file__).parent / "component_checks.json"
WIDTH, SAMPLES, ORDER = 128, 600, 3

SHAPES = ("1/2", "1", "3/2", "2")
VARIANCES = ("1/4", "1/2", "1", "2")
PLACES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "dense": ("fan_out/fan_in", "dense({v}*n, var=1/fan_in)", SHAPES),
    "orthogonal": ("fan_out/fan_in", "orthogonal({v}*n)", SHAPES),
    "scaled_weight_standardization": ("fan_out/fan_in", "scaled_weight_standardization({v}*n)", SHAPES),
    "relu": ("q", "dense(var={v}/fan_in) >> relu", VARIANCES),
    "leaky_relu": ("slope", "dense(var=1/fan_in) >> leaky_relu(slope={v})", ("1/100", "1/4", "1/2", "3/4")),
    "prelu": ("slope", "dense(var=1/fan_in) >> prelu(slope={v})", ("1/8", "1/4", "1/2", "3/4")),
    "tanh": ("q", "dense(var={v}/fan_in) >> tanh(q={v})", VARIANCES),
    "selu": ("q", "dense(var={v}/fan_in) >> selu(q={v})", VARIANCES),
    "dropout": ("keep", "dense(var=1/fan_in) >> dropout(keep={v})", ("1/2", "3/4", "9/10")),
    "batch_norm": ("q", "dense(var={v}/fan_in) >> batch_norm", VARIANCES),
    "layer_norm": ("q", "dense(var={v}/fan_in) >> layer_norm", VARIANCES),
    "rms_norm": ("q", "dense(var={v}/fan_in) >> rms_norm", VARIANCES),
    "second_moment_norm": ("q", "dense(var={v}/fan_in) >> second_moment_norm", VARIANCES),
    "id": ("q", "dense(var={v}/fan_in) >> id", VARIANCES),
    # New components stand at the end, so that the seeds of the others stay as they are.
    "weight_norm": ("fan_out/fan_in", "weight_norm({v}*n)", SHAPES),
    **{name: ("q", f"dense(var={{v}}/fan_in) >> {name}(q={{v}})", VARIANCES)
       for name in ("elu", "gelu", "silu", "softplus", "mish", "hard_tanh", "hard_swish", "erf", "sin", "abs",
                    "sigmoid")},
    "sprelu": ("slope", "dense(var=1/fan_in) >> sprelu(slope={v})", ("1/8", "1/4", "1/2", "3/4")),
    "crelu": ("q", "dense(var={v}/fan_in) >> crelu", VARIANCES),
    "activation": ("q", "dense(var={v}/fan_in) >> activation(x*exp(-x^2/2), q={v})", VARIANCES),
    **{name: ("slope", f"dense(var=1/fan_in) >> {name}(slope={{v}})", VARIANCES)
       for name in ("spike_sigmoid", "spike_arctan", "spike_rectangular")},
    "plain_dropout": ("keep", "dense(var=1/fan_in) >> plain_dropout(keep={v})", ("1/2", "3/4", "9/10")),
    "layer_scale": ("gain", "dense(var=1/fan_in) >> layer_scale(gain={v})", VARIANCES),
    "diagonal_gain": ("first", "dense(var=1/fan_in) >> diagonal_gain(first={v}, second=5)", VARIANCES),
    "l1_moment_norm": ("q", "dense(var={v}/fan_in) >> l1_moment_norm", VARIANCES),
    "permutation": ("q", "dense(var={v}/fan_in) >> permutation", VARIANCES),
}
"""Component → what is varied, how it is written, the values. q is the variance of what the component sees."""


ORDERS = {"diagonal_gain": 2}
"""The orders that are known of a component, where these are not all."""


def measured(expression: str, seed: int, order: int) -> dict[str, Any]:
    """One run of check on real forward passes, as the file holds it."""
    result = freeblock.check(expression, width=WIDTH, samples=SAMPLES, seed=seed, order=order, network=True)
    return {
        "expression": expression,
        "seed": seed,
        "statistics": dict(result.measured_statistics),
        "predicted": [order.predicted for order in result.orders],
        "measured": [order.measured for order in result.orders],
        "stderr": [order.stderr for order in result.orders],
    }


def main(names: list[str]) -> int:
    seeds = count(1)
    parts = []
    known = json.loads(CHECKS.read_text(encoding="utf-8"))["components"] if names else {}
    for name, (varied, form, values) in PLACES.items():
        numbers = [next(seeds) for _ in values]
        rows = known[name]["rows"] if names and name not in names else [
            {"value": float(Fraction(value)), **measured(form.format(v=value), seed, ORDERS.get(name, ORDER))}
            for value, seed in zip(values, numbers, strict=True)]
        parts.append(f'"{name}": {{"varied": "{varied}", "rows": [\n'
                     + ",\n".join(map(json.dumps, rows)) + "\n]}")
    CHECKS.write_text(f'{{"width": {WIDTH}, "samples": {SAMPLES}, "components": {{\n' + ",\n".join(parts) + "\n}}\n",
                      encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
