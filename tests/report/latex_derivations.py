"""Derivations for the tests of the LaTeX report, and pdflatex run on a document."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.premises import Premises
from freeblock.formula.expression import Expression
from freeblock.language.parser import parse_program
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import Catalogue, load_catalogue
from freeblock.source import Source

PATTERNS = Premises(names=frozenset({"independent-patterns"}))
FREE = Premises(free=True)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def derived(
    text: str, order: int = 2, *, side: str = "out", premises: Premises | None = None,
    values: Mapping[str, Expression] | None = None,
) -> Derivation:
    network = resolve(parse_program(Source("test", text)), _catalogue(), values=values)
    return derive(network, order=order, side=side, premises=premises)


@dataclass(frozen=True)
class Compiled:
    status: int
    log: str

    @property
    def complaints(self) -> list[str]:
        words = ("Overfull", "undefined", "LaTeX Warning", "Missing character")
        return [line for line in self.log.splitlines() if line.startswith("!") or any(word in line for word in words)]


def compiled(text: str, folder: Path) -> Compiled:
    (folder / "report.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"]
    for _ in range(2):
        status = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False).returncode
    return Compiled(status, (folder / "report.log").read_text(encoding="utf-8", errors="replace"))
