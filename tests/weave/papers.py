"""Papers woven and compiled for the tests."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from freeblock.weave.paper import read_paper
from freeblock.weave.sidefile import SideFile, read_side_file
from freeblock.weave.style import style_files
from freeblock.weave.weaving import Weaver, Woven


def write(folder: Path, text: str, name: str = "paper.tex") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def woven(folder: Path, text: str, *, again: bool = False, **options: object) -> Woven:
    """The paper woven over the side file of `again`, or over none; the side file is written."""
    path = write(folder, text)
    side = path.with_suffix(".fbx")
    before = read_side_file(side.read_text(encoding="utf-8")) if again else SideFile()
    result = Weaver(read_paper(str(path)), path.name, before, **options).weave()  # type: ignore[arg-type]
    side.write_text(result.text, encoding="utf-8")
    return result


def formulas(result: Woven) -> dict[tuple[str, str, str], str]:
    """LaTeX by what it is looked up by, as LaTeX itself would read the side file."""
    found = re.findall(r"^\\fbentry\{(.*?)\}\{(.*?)\}\{(.*?)\}\{%\n(.*?)%\n\}$", result.text, re.MULTILINE | re.DOTALL)
    return {(kind, name, argument): latex for kind, name, argument, latex in found}


def formula(folder: Path, definition: str, request: str) -> str:
    """The LaTeX of the only formula of a paper."""
    (latex,) = formulas(woven(folder, definition + "\n" + request)).values()
    return latex


@dataclass(frozen=True)
class Compiled:
    status: int
    log: str
    text: str

    @property
    def complaints(self) -> list[str]:
        words = ("Overfull", "undefined", "Warning", "Missing character")
        return [line for line in self.log.splitlines() if line.startswith("!") or any(word in line for word in words)]


def compiled(folder: Path, *, bibliography: bool = False, name: str = "paper") -> Compiled:
    """The paper through pdflatex (and BibTeX), and the words of its pages as TeX shows them in the log."""
    for file, text in style_files().items():
        (folder / file).write_text(text, encoding="utf-8")
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", f"{name}.tex"]
    runs = [latex, ["bibtex", name], latex, latex, latex] if bibliography else [latex, latex, latex]
    status = 0
    for command in runs:
        status = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False).returncode
        if status:
            break
    log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    return Compiled(status, log.replace("\n(freeblock)", ""), log)
