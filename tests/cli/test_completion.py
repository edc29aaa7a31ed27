"""Completion in real shells: what is typed, a tab, and what then stands on the line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest
from command_line import run

ROOT = Path(__file__).parents[2]
SHELLS = [pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed"))
          for shell in ("bash", "zsh", "fish")]
COMMANDS = {"derive", "check", "solve", "verify", "compare", "shallow", "forward", "overlap", "dilution", "draw", "layers", "export", "weave",
            "batch-norm", "isometry-gap", "haar", "shape", "correlation", "library", "repl", "completion"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with files to complete, and freeblock as a program on the path."""
    program = tmp_path / "bin" / "freeblock"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m freeblock "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    work = tmp_path / "work"
    (work / "nets" / "deep").mkdir(parents=True)
    (work / "empty").mkdir()
    for name in ("net.fb", "notes.txt", "mine.yaml", "nets/a.fb", "nets/deep/b.fb", "nets/c.txt"):
        (work / name).write_text("", encoding="utf-8")
    (work / "net.fb").write_text("branch = dense >> relu\nlet tied = dense\nblock = (id + branch) >> tied\nblock^3\n", encoding="utf-8")
    (work / "broken.fb").write_text("a = >> >>", encoding="utf-8")
    (work / "mine.yaml").write_text("relu:\n  broken\n", encoding="utf-8")
    return work


def environment(place: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PATH": f"{place.parent / 'bin'}:{os.environ['PATH']}", "HOME": str(place.parent),
            "TERM": "dumb", **more}


def offered(place: Path, *words: str) -> list[str]:
    """What the program offers for the last word."""
    more = {"_FREEBLOCK_COMPLETE": "bash_complete", "COMP_WORDS": "\n".join(("freeblock", *words)),
            "COMP_CWORD": str(len(words))}
    done = subprocess.run(["freeblock"], capture_output=True, text=True, cwd=place, env=environment(place, more),
                          timeout=60, check=False, stdin=subprocess.DEVNULL)
    assert done.stderr == "" and done.returncode == 0
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(("words", "expected"), [
    (("",), COMMANDS),
    (("l",), {"layers", "library"}),
    (("--",), {"--version", "--help"}),
    (("derive", "--format", ""), {"latex", "text", "markdown", "json", "unicode"}),
    (("derive", "--format=m"), {"markdown"}),
    (("derive", "--as"), {"--assume", "--assume-free"}),
    (("derive", "--assume", "h"), {"half-active"}),
    (("derive", ""), {"net.fb", "broken.fb", "nets/", "empty/"}),
    (("derive", "nets/"), {"nets/a.fb", "nets/deep/"}),
    (("derive", "nets/de"), {"nets/deep/", "nets/deep/b.fb"}),
    (("check", "./n"), {"./net.fb", "./nets/"}),
    (("derive", "net.fb", "--library", ""), {"mine.yaml", "nets/", "empty/"}),
    (("derive", "net.fb", "--notation", "m"), {"mine.yaml"}),
    (("derive", "net.fb", "--name", ""), {"branch", "tied", "block"}),
    (("check", "--order", "3", "net.fb", "--name", "br"), {"branch"}),
    (("derive", "a = dense; b = a", "--name", ""), set()),
    (("derive", "broken.fb", "--name", ""), set()),
    (("derive", "nowhere.fb", "--name", ""), set()),
    (("derive", "-", "--name", ""), set()),
    (("derive", "--name", ""), set()),
    (("derive", "no/such/folder/"), set()),
    (("library", "le"), {"leaky_relu"}),
    (("library", "b"), {"batch_norm", "bn"}),
    (("library", "--library", "mine.yaml", "r"), set()),
    (("library", "--library", "no.yaml", "r"), set()),
    (("completion", ""), {"bash", "zsh", "fish"}),
    (("shape", "so"), {"softplus"}),
    (("correlation", "so"), {"softplus"}),
    (("batch-norm", "re"), {"relu"}),
    (("nonsense", ""), COMMANDS),
])
def test_what_is_offered(words: tuple[str, ...], expected: set[str], place: Path) -> None:
    found = offered(place, *words)
    assert len(found) == len(set(found))
    if words != ("nonsense", ""):
        assert set(found) == expected


def test_names_that_a_shell_would_split_are_left_to_the_shell(place: Path) -> None:
    (place / "my net.fb").write_text("dense", encoding="utf-8")
    assert offered(place, "derive", "m") == ["file,m"]
    assert offered(place, "derive", "~/") == ["file,~/"]


def test_nothing_heavy_is_loaded(place: Path) -> None:
    script = ("import sys, atexit; atexit.register(lambda: print(sorted(name for name in sys.modules if name in "
              "('sympy', 'numpy', 'freeblock.session', 'freeblock.calculus.law', 'freeblock.network')))); "
              "from freeblock.__main__ import main; main([])")
    for words in ("derive --format ", "library re", "derive net.fb --name "):
        more = {"_FREEBLOCK_COMPLETE": "bash_complete", "COMP_WORDS": f"freeblock {words}", "PYTHONPATH": str(ROOT),
                "COMP_CWORD": str(len(words.split(" ")))}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=place, timeout=60,
                              env=environment(place, more), check=True)
        lines = done.stdout.splitlines()
        assert len(lines) > 1 and lines[-1] == "[]"


START = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "--interactive"],
}
PREPARE = {
    "bash": ['bind "set enable-bracketed-paste off"', "PS1='READY> '", 'eval "$(freeblock completion bash)"'],
    "zsh": ["PS1='READY> '", "autoload -U compinit && compinit -D -u", 'eval "$(freeblock completion zsh)"'],
}


@pytest.mark.parametrize("shell", SHELLS[:2])
@pytest.mark.parametrize(("typed", "completed"), [
    ("freeblock lib", "freeblock library "),
    ("freeblock derive --form", "freeblock derive --format "),
    ("freeblock library lea", "freeblock library leaky_relu "),
    ("freeblock derive net.fb --name bl", "freeblock derive net.fb --name block "),
    ("freeblock derive broken.fb --name ", "freeblock derive broken.fb --name "),
    ("freeblock check br", "freeblock check broken.fb "),
])
def test_a_tab_completes_the_line(shell: str, typed: str, completed: str, place: Path) -> None:
    session = pexpect.spawn(shell, START[shell], cwd=str(place), env=environment(place, {"INPUTRC": "/dev/null"}),
                            encoding="utf-8", timeout=30, dimensions=(50, 200))
    for number, command in enumerate(PREPARE[shell]):
        session.sendline(f"{command}; echo done-$(({number}+100))")
        session.expect_exact(f"done-{number + 100}\r\n")
    # The line is not run but shown: a comment sign before it, a mark behind it.
    session.send(f"echo : ; {typed}\t")
    session.send("THE_END")
    session.expect_exact("THE_END")
    line = session.before or ""
    session.close(force=True)
    shown = line.replace("\x07", "").replace("\r", "")
    assert completed in shown or (completed == typed and typed in shown), repr(line)
    assert "Traceback" not in line and "error" not in line


@pytest.mark.parametrize("shell", SHELLS[2:])
def test_fish(shell: str, place: Path) -> None:
    for typed, expected in (("freeblock lib", ["library"]), ("freeblock library lea", ["leaky_relu"]),
                            ("freeblock derive net.fb --name bl", ["block"]), ("freeblock check br", ["broken.fb"]),
                            ("freeblock derive --form", ["--format"]), ("freeblock completion ", ["bash", "zsh", "fish"])):
        done = subprocess.run([shell, "--no-config", "-c", f'freeblock completion fish | source; complete -C "{typed}"'],
                              capture_output=True, text=True, cwd=place, env=environment(place, {}), timeout=60, check=True)
        assert sorted(line.split("\t")[0] for line in done.stdout.splitlines()) == sorted(expected)


def test_an_unknown_shell_is_refused() -> None:
    outcome = run("completion", "powershell")
    assert outcome.status == 2 and "powershell" in outcome.err
