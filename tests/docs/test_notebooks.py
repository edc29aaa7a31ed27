"""The notebooks of the documentation run, and show what they hold."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from notebooks import NOTEBOOKS, executed, shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_outputs_are_current(path: Path) -> None:
    held = nbformat.read(path, as_version=4)
    fresh = executed(path)
    nbformat.validate(held)
    assert [shown(cell) for cell in fresh.cells] == [shown(cell) for cell in held.cells]


def test_the_tour_shows_mathematics_a_table_a_picture_and_a_mistake() -> None:
    (tour,) = [path for path in NOTEBOOKS if path.name == "tour.ipynb"]
    outputs = [output for cell in nbformat.read(tour, as_version=4).cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert {"text/plain", "text/latex", "text/html", "image/svg+xml"} <= kinds
    (mistake,) = [output for output in outputs if output["output_type"] == "error"]
    assert "^^^^" in "\n".join(mistake["traceback"]) and "Traceback" not in "\n".join(mistake["traceback"])
