"""The table of layers: what each puts out, and how many weights and biases it has."""

from __future__ import annotations

import json
from typing import Any, Literal

from freeblock.formula.expression import Expression
from freeblock.formula.notations import PLAIN, PYTHON
from freeblock.formula.printing import print_expression
from freeblock.network.layers import Counted, Layer

Form = Literal["text", "markdown", "json"]

_HEADINGS = ("layer", "output", "weights", "biases")


def layers_text(counted: Counted, form: Form) -> str:
    """The table as text, Markdown or JSON."""
    if form == "json":
        return json.dumps(layers_data(counted), indent=1, ensure_ascii=False)
    rows = [(f"{'  ' * layer.depth}{layer.label}", _output(layer), _count(layer.weights), _count(layer.biases))
            for layer in counted.layers]
    last = ("total", "", _count(counted.weights), _count(counted.biases))
    sums = f"weights and biases together: {_grouped(counted.weights + counted.biases)}"
    if form == "markdown":
        lines = ["| layer | output | weights | biases |", "| --- | --- | ---: | ---: |"]
        for layer, row in zip(counted.layers, rows, strict=True):
            label = "&nbsp;" * 4 * layer.depth + f"`{layer.label}`".replace("|", r"\\|")
            lines.append(f"| {label} | {' | '.join(row[1:])} |")
        lines.append(f"| {' | '.join(last)} |")
        return "\n".join([*lines, "", f"{sums[0].upper()}{sums[1:]}"])
    table = [_HEADINGS, *rows, last]
    widths = [max(len(row[place]) for row in table) for place in range(4)]
    lines = ["  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]), row[2].rjust(widths[2]),
                        row[3].rjust(widths[3])]).rstrip() for row in table]
    return "\n".join([*lines[:-1], "", lines[-1], sums])


def layers_data(counted: Counted) -> dict[str, Any]:
    """The table as data: shapes and counts are formulas in the notation of Python."""
    return {
        "layers": [{"layer": layer.label, "component": layer.component, "depth": layer.depth,
                    "output": _shape(layer), "weights": _python(layer.weights), "biases": _python(layer.biases)}
                   for layer in counted.layers],
        "weights": _python(counted.weights), "biases": _python(counted.biases),
    }


def _shape(layer: Layer) -> str | list[str]:
    image = layer.image
    if image is None or image.height is None or image.width is None:
        return _python(layer.width)
    return [_python(size) for size in (image.channels, image.height, image.width)]


def _output(layer: Layer) -> str:
    image = layer.image
    if image is None or image.height is None or image.width is None:
        return _plain(layer.width)
    return " × ".join(map(_plain, (image.channels, image.height, image.width)))


def _count(value: Expression) -> str:
    return "" if value.is_zero else _grouped(value)


def _grouped(value: Expression) -> str:
    """A count with its thousands apart."""
    known = value.number()
    return f"{known:,}".replace(",", " ") if isinstance(known, int) else _plain(value)


def _plain(value: Expression) -> str:
    return print_expression(value, PLAIN)


def _python(value: Expression) -> str:
    return print_expression(value, PYTHON)
