"""The tutorial as a reader follows it: its files, its commands in one folder, and the paper at the end."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_examples import CONSOLE, ROOT, split_session

DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "language", "file"), [
    ("tutorial.md", "text", "tutorial.fb"), ("tutorial.md", "latex", "tutorial-paper.tex"),
    ("tutorial.md", "latex", "tutorial-woven.tex"),
    ("howto-component.md", "yaml", "howto-component.yaml"),
])
def test_a_file_is_shown_as_it_is(name: str, language: str, file: str) -> None:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page(name), re.MULTILINE | re.DOTALL)
    assert page(file) in blocks


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_the_tutorial_ends_in_a_paper(tmp_path: Path) -> None:
    shutil.copy(DOCS / "tutorial.fb", tmp_path)
    shutil.copy(DOCS / "tutorial-paper.tex", tmp_path / "paper.tex")
    shutil.copy(DOCS / "tutorial-woven.tex", tmp_path)
    shutil.copy(ROOT / "library" / "references.bib", tmp_path)
    for block in CONSOLE.findall(page("tutorial.md")):
        for _, command, _ in split_session(block):
            words = shlex.split(command)[1:]
            if "-o" in words or words[0] == "weave":
                subprocess.run([sys.executable, "-m", "freeblock", *words], cwd=tmp_path, check=True, timeout=120)
    (commands,) = [block for block in re.findall(r"^```sh\n(.*?)^```", page("tutorial.md"), re.MULTILINE | re.DOTALL)
                   if "pdflatex" in block]
    log = ""
    for line in commands.splitlines():
        program, document = shlex.split(line)
        arguments = ["-halt-on-error", "-interaction=nonstopmode"] if program == "pdflatex" else []
        done = subprocess.run([program, *arguments, document], cwd=tmp_path, capture_output=True, text=True,
                              errors="replace", timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        log = done.stdout
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
    assert not re.search(r"Warning|Overfull|Undefined", log), log[-3000:]
    fragment = (tmp_path / "result.tex").read_text(encoding="utf-8")
    assert r"\mu(JJ^{\top})" in fragment and r"v(JJ^{\top})" in fragment
    for document in ("net", "tutorial-woven"):
        done = subprocess.run(["pdflatex", "-halt-on-error", "-interaction=nonstopmode", document], cwd=tmp_path,
                              capture_output=True, text=True, errors="replace", timeout=120, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    assert "freeblock Warning" not in done.stdout
