"""The sample paper in docs/: its side file is current, and it compiles without a blemish."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from papers import compiled

from freeblock.weave.paper import read_paper
from freeblock.weave.sidefile import SideFile, read_side_file
from freeblock.weave.weaving import Weaver

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-paper"
COMMITTED = (SAMPLE / "paper.fbx").read_text(encoding="utf-8")


def weaver(side: SideFile) -> Weaver:
    return Weaver(read_paper(str(SAMPLE / "paper.tex")), "paper.tex", side)


def test_the_committed_side_file_is_current() -> None:
    assert weaver(read_side_file(COMMITTED)).stale() == []


def test_the_committed_side_file_is_what_weaving_anew_writes() -> None:
    """Also where a change of the code has not changed the version."""
    assert weaver(SideFile()).weave().text == COMMITTED


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_it_compiles_without_an_overfull_line_or_an_undefined_reference(tmp_path: Path) -> None:
    for name in ("paper.tex", "paper.fbx"):
        shutil.copy(SAMPLE / name, tmp_path)
    result = compiled(tmp_path, bibliography=True)
    assert (result.status, result.complaints) == (0, [])
    assert "Output written on paper.pdf (4 pages" in result.log


def test_the_page_images_are_there() -> None:
    assert [page.name for page in sorted(SAMPLE.glob("*.png"))] == [f"page-{number}.png" for number in range(1, 5)]
