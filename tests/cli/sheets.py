"""What every command that prints a sheet is held to: all formats, and LaTeX that compiles."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from command_line import run


def check_every_format(arguments: Sequence[str]) -> None:
    for form in ("text", "unicode", "markdown", "latex"):
        done = run(*arguments, "--format", form)
        assert (done.status, done.err) == (0, "")
        assert "None" not in done.out and "nan" not in done.out and len(done.out) > 80
    done = run(*arguments, "--format", "json")
    assert isinstance(done.data, dict) and "NaN" not in done.out and "Infinity" not in done.out


def check_latex_compiles(commands: Sequence[Sequence[str]], folder: Path) -> None:
    pages = "\n\n".join(run(*arguments, "--format", "latex").out for arguments in commands)
    (folder / "page.tex").write_text("\n".join([
        r"\documentclass{article}", r"\usepackage{amsmath,booktabs}", r"\usepackage[T1]{fontenc}", r"\begin{document}",
        pages, r"\end{document}"]), encoding="utf-8")
    done = subprocess.run(["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "page.tex"], cwd=folder,
                          capture_output=True, text=True, errors="replace", timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout
