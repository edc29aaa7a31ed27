"""The site builds without a warning; its pages hang together, and its formulas are LaTeX."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from built_site import ROOT, Page, build, read

import freeblock
from freeblock.rich_result import RichResult
from freeblock.rules.catalogue import load_catalogue

Site = dict[Path, Page]
FUNCTIONS = [name for name in freeblock.__all__ if name[0].islower()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("site")
    done = build(work)
    assert done.returncode == 0, done.stdout + done.stderr
    return (work / "site").resolve()


@pytest.fixture(scope="module")
def site(folder: Path) -> Site:
    return {path: read(path) for path in sorted(folder.glob("**/*.html"))}


def target(page: Path, link: str) -> tuple[Path, str] | None:
    """(file, place in it) that a link of a page leads to; None where it leaves the site."""
    path, place = urldefrag(link)
    if ":" in path.split("/")[0]:
        return None
    return (page.parent / unquote(path)).resolve() if path else page, unquote(place)


def test_every_link_and_picture_is_there(site: Site) -> None:
    broken = []
    for path, page in site.items():
        for link in page.links + page.pictures:
            found = target(path, link)
            if found is None:
                continue
            file, place = found
            if not file.is_file() or (place and file in site and place not in site[file].anchors):
                broken.append((path.name, link))
    assert not broken
    assert sum(len(page.links) for page in site.values()) > 500


def test_links_to_other_places_are_complete(site: Site) -> None:
    outside = {link for page in site.values() for link in page.links if target(Path("/"), link) is None}
    assert all(link.startswith("https://") for link in outside), outside


def test_every_page_is_reached_from_the_first(site: Site, folder: Path) -> None:
    seen, waiting = set(), [folder / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen or path not in site:
            continue
        seen.add(path)
        waiting += [found[0] for link in site[path].links if (found := target(path, link)) is not None]
    sources = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").glob("**/*.md")}
    assert {folder / path for path in sources} <= seen


def test_no_markup_is_left_over(site: Site, folder: Path) -> None:
    """What Markdown did not understand would stand in the text as it was written."""
    paper = [f"paper/{path.stem}.html" for path in (ROOT / "docs" / "paper").glob("*.md")]
    assert len(paper) >= 8
    for name in ("components.html", "testing.html", "proofs.html", "tutorial.html", *paper):
        text = site[folder / name].prose
        assert not re.search(r"\]\(|^##+ |\*\*|data:image|```", text, re.MULTILINE), name


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_every_formula_is_set_by_latex(site: Site, tmp_path: Path) -> None:
    formulas = [formula for page in site.values() for formula in page.formulas]
    assert len(formulas) > 200 and all(formula.startswith((r"\(", r"\[")) for formula in formulas)
    lines = [r"\documentclass{article}", r"\usepackage{amsmath}", r"\begin{document}",
             *(formula + "\n" for formula in formulas), r"\end{document}"]
    (tmp_path / "formulas.tex").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "formulas.tex"], cwd=tmp_path,
                          capture_output=True, text=True, errors="replace", timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_component_has_its_section_and_its_figure(site: Site, folder: Path) -> None:
    page = site[folder / "components.html"]
    names = load_catalogue().names()
    assert {f"component-{name.replace('_', '-')}" for name in names} <= page.anchors
    rules = [load_catalogue().find(name) for name in names]
    # Components for images are held against matrices in the tests.
    assert len(page.pictures) == sum(rule.sample is not None and rule.on_images is None and rule.acts_on != "image"
                                     for rule in rules)
    for rule in rules:
        assert rule.title in page.text
        assert all(parameter.meaning in page.text for parameter in rule.parameters.values())


def test_the_interface_is_on_its_page_with_its_purpose(site: Site, folder: Path) -> None:
    page = site[folder / "api.html"]
    public = [name for name in dir(RichResult) if not name.startswith("_")]
    assert {f"freeblock.{name}" for name in FUNCTIONS} <= page.anchors
    assert {f"freeblock.rich_result.RichResult.{name}" for name in public} <= page.anchors
    assert {f"freeblock.errors.{name}" for name in ("FreeblockError", "RefusedError", "OptionError")} <= page.anchors
    for name in public:
        member = inspect.getattr_static(RichResult, name)
        if callable(member) or isinstance(member, property):
            assert inspect.getdoc(member), name


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_argument_is_explained(function: str) -> None:
    said = inspect.getdoc(getattr(freeblock, function))
    for name in inspect.signature(getattr(freeblock, function)).parameters:
        assert re.search(rf"^    {name}: \S", said, re.MULTILINE), name
    assert "Raises:" in said
