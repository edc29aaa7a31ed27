"""Every example in the README and in docs/ is executed, and every printed page is current."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from freeblock.cli import COMMANDS
from freeblock.report.paper_notation import QUANTITIES
from freeblock.report.safe_latex import READ
from freeblock.report.theorems import theorem_page

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "grammar" / "README.md", ROOT / "library" / "README.md",
         *sorted((ROOT / "docs").glob("**/*.md"))]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
RENDERED = re.compile(r"^```console\n\$ ((?:(?!```|^\$ ).)*?)\n```\n\n<!-- output -->\n(?:\n((?:(?!<!--).)*?)\n)?\n<!-- end of output -->$",
                      re.MULTILINE | re.DOTALL)
"""A command whose output, Markdown, is part of the page."""
PAPER = re.compile(r"^```latex\n% (\w+\.tex)\n.*?^```", re.MULTILINE | re.DOTALL)
PYCON = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


def typed(written: str) -> str:
    """A command without the `> ` that continues it."""
    return written.replace("\n> ", "\n")


def split_session(block: str) -> list[tuple[str, str, str]]:
    """(as written, command, expected output) for each `$ freeblock …`; `> ` continues it."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        written = [lines.pop(0)]
        while lines and lines[0].startswith("> "):
            written.append(lines.pop(0))
        whole = "\n".join(written)
        found.append((whole, typed(whole), "\n".join(lines)))
    return found


def sessions_of(page: str) -> list[tuple[str, str]]:
    """(command, expected output) of a page, printed or rendered."""
    rendered = [(typed(match[1]), match[2] or "") for match in RENDERED.finditer(page)]
    blocks = CONSOLE.findall(RENDERED.sub("", page))
    return rendered + [(command, expected) for block in blocks for _, command, expected in split_session(block)]


def papers_of(page: str) -> dict[str, str]:
    """The papers a page shows, a file name in a comment on their first line."""
    return {match[1]: match[0].removeprefix("```latex\n").removesuffix("```") for match in PAPER.finditer(page)}


def run_example(command: str, papers: dict[str, str] | None = None, beside: Path = ROOT / "docs") -> str:
    """What the command prints, with its error output where it fails, and without times.

    It runs in a folder with the page's papers and copies of those in docs/. Where files have one name, the one beside
    the page is meant.
    """
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "freeblock", "examples run freeblock itself"
    files = {path.name: str(path) for path in [*(ROOT / "docs").glob("**/*"), *beside.glob("*")]
             if path.suffix in {".fb", ".yaml"}}
    with tempfile.TemporaryDirectory() as folder:
        for paper in (ROOT / "docs").glob("**/*.[ft][be]x"):
            shutil.copy(paper, folder)
        for name, text in (papers or {}).items():
            Path(folder, name).write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, "-m", "freeblock", *(files.get(word, word) for word in words[1:])],
                              capture_output=True, text=True, cwd=folder, timeout=120, check=False)
    shown = done.stdout if done.returncode == 0 else done.stdout + done.stderr
    return re.sub(r", \d+(\.\d+)? s$", "", shown, flags=re.MULTILINE)


SESSIONS = [(page, command, expected) for page in PAGES
            for command, expected in sessions_of(page.read_text(encoding="utf-8"))]


def is_picture(command: str) -> bool:
    """Whether a command draws a file and prints nothing; test_pictures.py runs it."""
    return command.startswith("freeblock draw ") and " -o " in command


def held_by_data(page: Path, command: str) -> bool:
    """Whether a command is the check of a network whose data lie beside its page; test_network_checks.py holds those."""
    return command.startswith("freeblock check ") and " --network " in command and page.with_suffix(".json").is_file()


@pytest.mark.parametrize(("page", "command", "expected"), [
    pytest.param(*session, id=f"{session[0].name}-{session[1]}") for session in SESSIONS
    if not is_picture(session[1]) and not held_by_data(*session[:2])])
def test_console_example(page: Path, command: str, expected: str) -> None:
    papers = papers_of(page.read_text(encoding="utf-8"))
    assert run_example(command, papers, page.parent).rstrip() == expected.rstrip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.name}")
def test_python_examples(page: Path) -> None:
    for block in PYCON.findall(page.read_text(encoding="utf-8")):
        test = doctest.DocTestParser().get_doctest(block, {}, page.name, str(page), 0)
        assert test.examples
        assert doctest.DocTestRunner().run(test).failed == 0


def test_the_notation_that_is_shown_is_the_one_the_examples_read() -> None:
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    assert re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL) == [
        (ROOT / "docs" / "paper.yaml").read_text(encoding="utf-8")]


def test_the_page_of_the_command_line_has_the_help_of_every_command() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    shown = {command for _, command, _ in split_session("".join(CONSOLE.findall(page)))}
    assert shown >= {"freeblock --help", *(f"freeblock {name} --help" for name in COMMANDS)}


def test_the_page_of_notations_lists_every_command_that_is_read() -> None:
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    assert all(rf"\{name}" in page for name in READ)
    assert all(f"`{name}`" in page for name in QUANTITIES)


def test_there_are_examples() -> None:
    assert len(SESSIONS) >= 15


def test_the_page_of_theorems_is_printed_from_the_records() -> None:
    assert (ROOT / "docs" / "theorems.md").read_text(encoding="utf-8") == theorem_page()
