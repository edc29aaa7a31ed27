"""Runs a notebook of the documentation, and says what of its outputs is compared."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs").glob("*.ipynb"))
SECONDS = re.compile(r", \d+\.\d+ s\b")


def executed(path: Path) -> Any:
    """The notebook with fresh outputs; only cells that say so may fail."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
                   ).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def shown(cell: Any) -> list[Any]:
    """The outputs of a cell, without times, with a picture as the texts that it holds."""
    return [_output(output) for output in cell.get("outputs", [])]


def _output(output: Any) -> Any:
    if output["output_type"] == "stream":
        return output["name"], SECONDS.sub("", output["text"])
    if output["output_type"] == "error":
        return output["ename"], list(output["traceback"])
    return {kind: _titles(value) if kind == "image/svg+xml" else _plain(value)
            for kind, value in output["data"].items()}


def _plain(text: str) -> str:
    # How many characters a picture has depends on who set it.
    return re.sub(r"\d+ characters", "characters", SECONDS.sub("", text))


def _titles(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}title")]
