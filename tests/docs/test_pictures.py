"""The pictures of the documentation are what the commands beside them draw."""

from __future__ import annotations

import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from test_examples import PAGES, ROOT, SESSIONS, is_picture

SVG = "{http://www.w3.org/2000/svg}"
DOCS = ROOT / "docs"
PICTURES = sorted({(page.parent if page.is_relative_to(DOCS) else DOCS, command)
                   for page, command, _ in SESSIONS if is_picture(command)}, key=str)
"""The folder of a page, and what draws a picture there."""


def structure(path: Path) -> tuple[list[str], list[float]]:
    """The texts and parts of a picture in their order, and its size in points."""
    root = ElementTree.parse(path).getroot()
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    return titles, [float(root.get(side, "").removesuffix("pt")) for side in ("width", "height")]


@pytest.mark.parametrize(("folder", "command"), PICTURES, ids=[command for _, command in PICTURES])
def test_the_picture_is_current(folder: Path, command: str, tmp_path: Path) -> None:
    words = shlex.split(command)
    name = words[words.index("-o") + 1]
    subprocess.run([sys.executable, "-m", "freeblock", *words[1:words.index("-o")], "-o", str(tmp_path / name)],
                   check=True, cwd=folder, timeout=120)
    titles, size = structure(tmp_path / name)
    held, held_size = structure(folder / name)
    assert titles == held and len(titles) > 10
    assert size == pytest.approx(held_size, rel=0.02), "fonts of another version may differ a little"


def curves(path: Path) -> list[list[float]]:
    """The numbers of every curve of a plot."""
    root = ElementTree.parse(path).getroot()
    return [[float(word) for word in element.get("d", "").split() if word not in {"M", "L", "C", "z", "Q"}]
            for element in root.iter(f"{SVG}path") if len(element.get("d", "")) > 500]


def test_the_curves_of_the_selu_family_are_current(tmp_path: Path) -> None:
    script, name = ROOT / "docs" / "paper" / "selu_family.py", "selu-family.svg"
    subprocess.run([sys.executable, str(script), str(tmp_path / name)], check=True, cwd=ROOT, timeout=120)
    found, held = (curves(folder / name) for folder in (tmp_path, ROOT / "docs" / "paper"))
    # The two curves themselves; fonts of another version move them a little.
    longest, kept = (sorted(paths, key=len)[-2:] for paths in (found, held))
    assert [len(path) for path in longest] == [len(path) for path in kept] and len(longest[0]) > 100
    for path, other in zip(longest, kept, strict=True):
        assert path == pytest.approx(other, rel=0.02, abs=4)


def test_the_pictures_are_on_their_pages() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(PICTURES) >= 3
    for _, command in PICTURES:
        assert f"]({shlex.split(command)[-1]})" in shown


def test_every_network_has_its_page_and_its_picture() -> None:
    networks = {path.stem for path in (DOCS / "networks").glob("*.fb")}
    assert {path.stem for path in (DOCS / "networks").glob("*.md")} == networks | {"README"}
    plots = {f"{network}-gradient" for network in networks - {"mlp"}}
    assert {path.stem for path in (DOCS / "networks").glob("*.svg")} == networks | plots


def test_images_have_their_three_sizes() -> None:
    """ResNet-50 up to the end of its first stage."""
    titles, _ = structure(DOCS / "networks" / "resnet50.svg")
    assert {"3 × 224 × 224", "256 × 56 × 56"} <= set(titles)
