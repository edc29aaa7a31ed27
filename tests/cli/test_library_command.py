"""`freeblock library`: every component listed and explained, in text and in LaTeX that compiles."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from command_line import run

COMPONENTS = {
    "dense": [], "orthogonal": [], "scaled_weight_standardization": ["sws"], "relu": [], "leaky_relu": [], "prelu": [],
    "tanh": [], "selu": [], "dropout": [], "batch_norm": ["bn"], "layer_norm": ["ln"], "rms_norm": [],
    "second_moment_norm": ["smn"], "id": [], "opaque": [],
}

MINE = """\
gate:
  title: A gate & 100% of {braces}
  kind: activation
  aliases: [door]
  parameters:
    p_0: {default: 1/2, meaning: "probability of #1 being _open_", domain: 0 <= p_0 <= 1}
  jacobian:
    measure: [[4, p_0], [1/9, 1 - p_0]]
    traits: {diagonal: true}
  depends_on: sign
  source: "a \\\\note ~ with $ signs"
  note: <see> the | note
"""


def test_all_components_are_listed():
    outcome = run("library")
    assert outcome.status == 0 and not outcome.err
    listed = {line.split()[0]: line for line in outcome.out.splitlines()}
    assert set(listed) == set(COMPONENTS)
    for name, aliases in COMPONENTS.items():
        assert all(f"({alias})" in listed[name] for alias in aliases)


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_is_explained(name):
    outcome = run("library", name)
    assert outcome.status == 0
    assert outcome.out.startswith(f"{name}: ")
    for heading in ("Law of JJᵀ:", "Outputs: ", "Traits: ", "Source: "):
        assert heading in outcome.out
    for alias in COMPONENTS[name]:
        assert run("library", alias).out == outcome.out


def test_what_is_said_of_relu_and_dense():
    relu = run("library", "relu").out
    assert "φ_k = p\n" in relu and "diagonal" in relu and "0 <= p <= 1" in relu and "P(x > 0) = 1/2" in relu
    dense = run("library", "dense").out
    assert "S(z) = " in dense and "fan_out" in dense and "var >= 0" in dense and "sigma_w" in dense
    assert "marchenko1967" in dense


def test_a_library_of_ones_own(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    assert "gate (door)" in run("library", "--library", str(file)).out
    out = run("library", "door", "--library", str(file)).out
    assert "eigenvalue 4 with weight p_0" in out and "1/9" in out
    assert run("library", "door").status == 2


needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")


@needs_pdflatex
def test_the_latex_of_all_components_compiles(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE)
    fragment = run("library", "--format", "latex", "--library", str(tmp_path / "mine.yaml")).out
    document = "\n".join([r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}", fragment, r"\end{document}"])
    (tmp_path / "all.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"], cwd=tmp_path,
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]
    assert (tmp_path / "all.pdf").exists()


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_latex_of_one_is_part_of_the_whole(name):
    alone = run("library", name, "--format", "latex").out.strip()
    assert alone.startswith(r"\paragraph{")
    assert alone in run("library", "--format", "latex").out
