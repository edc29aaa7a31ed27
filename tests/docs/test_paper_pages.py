"""The pages on papers: their numbers stand in outputs, their plots are what the commands draw."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from test_examples import CONSOLE, PYCON, RENDERED, ROOT, sessions_of

PAGES = sorted((ROOT / "docs" / "paper").glob("*.md"))
FORMULA = re.compile(r"^\$\$\n.*?^\$\$\n", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+")
SVG = "{http://www.w3.org/2000/svg}"
PLOTS = [(page, command) for page in PAGES for command, _ in sessions_of(page.read_text(encoding="utf-8"))
         if " --plot " in command]


def named(page: Path) -> str:
    """A page's name, as the id of a test."""
    return page.stem


GRADIENTS = ROOT / "docs" / "papers" / "gradients-explode.md"
ELSEWHERE = re.compile(r"^\|.*\n\| ---.*\n(?:\|.*\n)+", re.MULTILINE)
"""A table; on the page about gradients those of text have what was simulated elsewhere, and say so."""


@pytest.mark.parametrize("page", [*PAGES, GRADIENTS], ids=named)
def test_every_decimal_in_the_text_is_printed_by_a_command(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page == GRADIENTS:
        prose = CONSOLE.sub("", PYCON.sub("", text))
        assert all("simulated elsewhere" in table for table in ELSEWHERE.findall(prose))
        text = re.sub(r"\[arXiv [\d.]+\]\(\S+\)", "", ELSEWHERE.sub("", text))
    python = [line for block in PYCON.findall(text) for line in block.splitlines() if not line.startswith((">>>", "..."))]
    printed = "\n".join([*(expected for _, expected in sessions_of(text)), *python])
    prose = FORMULA.sub("", PYCON.sub("", CONSOLE.sub("", RENDERED.sub("", text))))
    assert {number for number in NUMBER.findall(prose) if number not in printed} == set()


def test_each_formula_about_gradients_has_a_measurement_beside_it() -> None:
    """A section prints what passes of data measured, with their error; every command of a check has a seed."""
    sections = re.split(r"^## ", GRADIENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(sections) >= 5
    for section in sections:
        assert "±" in "".join([*CONSOLE.findall(section), *PYCON.findall(section)]), section.split("\n")[0]
        for written in re.findall(r"fb\.check\(.*|^\$ freeblock check .*", section, re.MULTILINE):
            assert "seed" in written, written


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "index"], ids=named)
def test_a_page_has_a_measurement_that_can_be_repeated(page: Path) -> None:
    commands = [command for command, _ in sessions_of(page.read_text(encoding="utf-8"))]
    assert all("--seed" in command for command in commands if command.startswith("freeblock check"))
    assert any(command.startswith("freeblock check") for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_command_fails_by_mistake(page: Path) -> None:
    """A bad input is told with the place in the text; a refusal and a false claim, which the pages show, are not."""
    for command, expected in sessions_of(page.read_text(encoding="utf-8")):
        assert "  --> " not in expected and "is not of the form" not in expected, command


def _curves(path: Path) -> list[list[float]]:
    """The coordinates of the curves of a plot, and of its grid."""
    root = ElementTree.parse(path).getroot()
    axes = next(group for group in root.iter(f"{SVG}g") if group.get("id") == "axes_1")
    paths = [found.get("d", "") for found in axes.iter(f"{SVG}path") if found.get("clip-path")]
    return [[float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", one)] for one in paths]


def _texts(path: Path) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ElementTree.parse(path).getroot().iter(f"{SVG}text")]


@pytest.mark.parametrize(("page", "command"), PLOTS, ids=[page.stem for page, _ in PLOTS])
def test_the_plot_is_current(page: Path, command: str, tmp_path: Path) -> None:
    words = shlex.split(command.replace("\\\n", " "))
    name = words[words.index("--plot") + 1]
    subprocess.run([sys.executable, "-m", "freeblock", *words[1:]], check=True, cwd=tmp_path, timeout=120,
                   stdout=subprocess.DEVNULL)
    drawn, held = tmp_path / name, page.parent / name
    assert f"]({name})" in page.read_text(encoding="utf-8")
    assert _texts(drawn) == _texts(held)
    curves, old = _curves(drawn), _curves(held)
    assert len(curves) == len(old) > 1
    for one, other in zip(curves, old, strict=True):
        assert one == pytest.approx(other, rel=0.02, abs=3), "fonts of another version may move a plot a little"


def test_pages_have_plots() -> None:
    assert len({page for page, _ in PLOTS}) >= 5
