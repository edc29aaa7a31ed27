"""The files LaTeX needs: the style, and the works that derivations cite as a BibTeX file."""

from __future__ import annotations

from pathlib import Path

from freeblock.report.bibliography import library_bibliography
from freeblock.weave.formulas import CITED

STYLE = "freeblock.sty"
BIBLIOGRAPHY = "freeblock.bib"


def style_files() -> dict[str, str]:
    """The text of each file by its name."""
    style = (Path(__file__).parent / STYLE).read_text(encoding="utf-8")
    entries = [entry.text.replace(entry.key, CITED + entry.key, 1) for entry in library_bibliography().values()]
    return {STYLE: style, BIBLIOGRAPHY: "\n\n".join(entries) + "\n"}
