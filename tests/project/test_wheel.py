"""The wheel is whole: installed elsewhere and run from /, it derives, reads a library and explains a component."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LIBRARY = """\
half:
  title: Half of everything
  kind: linear
  parameters:
    scale: {default: 1/2, meaning: the factor, domain: scale > 0}
  jacobian:
    moments: scale^(2*k)
    traits: {scalar: true}
  depends_on: nothing
  source: by definition
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked wheel and nothing of the checkout."""
    work = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(work), str(ROOT)],
                   check=True, capture_output=True, timeout=300)
    (wheel,) = work.glob("freeblock-*.whl")
    target = work / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, "-m", "freeblock", *arguments], capture_output=True, text=True, cwd="/",
                          env=environment, timeout=120, check=False)


def test_the_wheel_holds_the_grammar_and_the_library(installed: Path) -> None:
    assert (installed / "freeblock" / "grammar" / "freeblock.lark").is_file()
    assert (installed / "freeblock" / "library" / "components.yaml").is_file()
    assert not (installed / "tests").exists()


def test_the_installed_program_is_the_one_that_runs(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, "-c", "import freeblock; print(freeblock.__file__)"], capture_output=True,
                          text=True, cwd="/", env=environment, timeout=60, check=True)
    assert done.stdout.startswith(str(installed))


def test_it_derives(installed: Path) -> None:
    done = _run(installed, "derive", "(dense >> relu)^L", "--format", "text", "--steps", "none")
    assert done.returncode == 0, done.stderr
    assert "φ(JJᵀ) = (sigma_w^2/2)^L" in done.stdout


def test_it_reads_a_library(installed: Path, tmp_path: Path) -> None:
    library = tmp_path / "mine.yaml"
    library.write_text(LIBRARY, encoding="utf-8")
    done = _run(installed, "derive", "half >> dense(var=1/fan_in)", "--library", str(library), "--format", "text",
                "--steps", "none")
    assert done.returncode == 0, done.stderr
    assert "φ(JJᵀ) = 1/4" in done.stdout


def test_it_explains_a_component(installed: Path) -> None:
    done = _run(installed, "library", "relu")
    assert done.returncode == 0, done.stderr
    assert "φ_k = p" in done.stdout


def test_it_weaves_and_brings_the_style(installed: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.tex"
    paper.write_text(r"\freeblock{a = dense} \fbphi{a}", encoding="utf-8")
    done = _run(installed, "weave", str(paper), "--install-style", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"paper.tex", "paper.fbx", "freeblock.sty", "freeblock.bib"}
