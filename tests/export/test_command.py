"""The command line: options, exit status, files; and macros in a document that compiles."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import freeblock as fb
from freeblock.report.code.export import TARGETS


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "freeblock", "export", *arguments], capture_output=True, text=True, input=stdin,
                          timeout=120, check=False)


def test_standard_input_and_options_of_derive() -> None:
    done = run("-", "--to", "python", "--name", "net", "--set", "a=3", "--order", "1", stdin="net = dense(var=a/fan_in)\nother = id\n")
    assert done.returncode == 0 and "# The block is net." in done.stdout and "def phi():" in done.stdout
    assert "def variance" not in done.stdout and "only phi was asked for (--order 1)" in done.stdout


def test_json_is_that_of_derive() -> None:
    done = run("(dense >> relu)^L", "--to", "json")
    assert json.loads(done.stdout) == fb.derive("(dense >> relu)^L").data()


@pytest.mark.parametrize("target", TARGETS)
def test_a_refused_phi_is_refused(target: str) -> None:
    done = run("(id + (dense >> relu >> dense)) >> relu >> (id + relu)", "--to", target)
    assert done.returncode == 1 and "refused" in done.stderr and (target == "json") == bool(done.stdout)


@pytest.mark.parametrize("arguments", [["dense", "--to", "pytohn"], ["dense"], ["dense >", "--to", "c"], ["dense", "--to", "c", "--order", "0"],
                                       ["dense", "--to", "c", "-o", "/nowhere/x.c"], ["dense", "--to", "c", "--set", "b=1"]])
def test_bad_input(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and done.stderr.startswith("error: ") and not done.stdout


def test_nothing_is_written_where_torch_init_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "init.py"
    assert run("id", "--to", "torch-init", "-o", str(target)).returncode == 1 and not target.exists()
    assert run("(dense >> relu)^L", "--to", "torch-init", "-o", str(target)).returncode == 0
    assert "def initialize(layers, *, L):" in target.read_text(encoding="utf-8")


def test_hypotheses_stand_in_the_header() -> None:
    text = fb.derive("(id + (bn >> relu >> dense))^L", assume="independent-patterns").export("c")
    assert "assumed: serial product, order 2 [independent-patterns]" in text and f"freeblock {fb.__version__}" in text


def test_a_target_that_does_not_exist() -> None:
    with pytest.raises(fb.FreeblockError, match="nothing is exported to 'fortran'"):
        fb.derive("dense").export("fortran")


MACROS = ["net_2 = (dense >> relu)^L", "Net = dense(m) | dense(k, var=a_1/fan_in)", "σ_net = serial[l=1..L](dense(var=(l+erf(a))/n)) >> tanh(q=b)",
          "wide = " + " >> ".join(f"(id + (dense(var=a{place}/fan_in) >> relu >> dense(var=b_{place}/fan_in)))" for place in range(60))]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_macros_compile(tmp_path: Path) -> None:
    uses = []
    for place, text in enumerate(MACROS):
        (tmp_path / f"m{place}.tex").write_text(fb.derive(text, order=3).export("latex-macros"), encoding="utf-8")
        found = re.findall(r"^\\providecommand\{(\\\w+)\}", (tmp_path / f"m{place}.tex").read_text(encoding="utf-8"), re.MULTILINE)
        uses.append(found)
        assert len(found) >= 5
    assert uses[0] == [r"\fbPhiNetUnderTwo", r"\fbVarianceNetUnderTwo", r"\fbKappaNetUnderTwo", r"\fbMomentTwoNetUnderTwo", r"\fbMomentThreeNetUnderTwo"]
    assert not set(uses[0]) & set(uses[1])
    inputs = "\n".join(rf"\input{{m{place}}}\input{{m{place}}}" for place in range(len(MACROS)))
    body = "\n\n".join(rf"${macro}$" for found in uses for macro in found)
    document = "\n".join([r"\documentclass{article}\usepackage{amsmath}\begin{document}", inputs, body, r"\end{document}"])
    (tmp_path / "d.tex").write_text(document, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "d.tex"], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
