"""The documentation site built as CI builds it, and a reader of its pages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Page:
    """What one page holds: links, pictures, places that can be linked to, formulas, and its text."""

    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    formulas: list[str] = field(default_factory=list)
    text: str = ""
    prose: str = ""
    """The text outside listings and formulas."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._formula: list[str] | None = None
        self._listings = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.page.anchors.add(given["id"])
        if tag == "a" and given.get("href"):
            self.page.links.append(given["href"])
        if tag == "img":
            self.page.pictures.append(given["src"])
        if tag in {"pre", "code"}:
            self._listings += 1
        if "math" in (given.get("class") or "").split():
            self._formula = []

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self._formula is not None:
            self._formula.append(data)
        elif not self._listings:
            self.page.prose += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"pre", "code"}:
            self._listings -= 1
        if self._formula is not None and tag in {"span", "div"}:
            self.page.formulas.append("".join(self._formula).strip())
            self._formula = None


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """The site in a folder; a warning is an error."""
    return subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html",
                           "-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "site")],
                          capture_output=True, text=True, timeout=300, check=False)


def read(path: Path) -> Page:
    """One page of the site."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.page
