"""What `solve` and `shallow` print as LaTeX compiles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from latex_derivations import compiled

import freeblock as fb

pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
SELU = "assume epsilon > 0\ndense(var=g/fan_in) >> selu(scale=lambda, alpha=alpha, q=g*q)"
LEAKY = "dense(var=g/fan_in) >> leaky_relu(slope=s)"


@pytest.mark.parametrize("text", [
    lambda: fb.solve(SELU, ["lambda", "alpha"], ["phi = 1 + epsilon", "mean_square = q"], q="q", show=["kappa - 1"],
                     values={"g": 1, "q": 1}).text("latex"),
    lambda: fb.solve(LEAKY, ["g", "s"], ["phi = 1", "mean_square = 1"], q=1, show="mean").text("latex"),
    lambda: fb.shallow("2*dense >> (id + tau*(dense >> relu >> dense))^L", branches=2).text("latex"),
    lambda: fb.shallow("input 24\n(id | dense(12))^60", cover=0.9, values={"sigma_w": 2}).text("latex"),
    lambda: fb.shallow("(id + c*dense)^2", branches=2).text("latex"),
], ids=["system", "family", "symbolic depth", "many blocks", "all branches"])
def test_it_compiles(text, tmp_path: Path) -> None:
    done = compiled(rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{text()}\end{{document}}", tmp_path)
    assert done.status == 0 and not [line for line in done.complaints if "Overfull" not in line]
