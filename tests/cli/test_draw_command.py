"""`freeblock draw`: what it writes and where, and what it says of mistakes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from command_line import run

import freeblock.picture.picture as room

NETWORK = "(id + (dense >> relu >> dense))^L"


def test_svg_goes_to_standard_output() -> None:
    outcome = run("draw", NETWORK)
    assert outcome.status == 0 and not outcome.err
    assert ElementTree.fromstring(outcome.out.encode()).tag.endswith("svg")


@pytest.mark.parametrize(("ending", "begin"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("tex", b"% f"), ("PNG", b"\x89PNG")])
def test_the_ending_decides(ending: str, begin: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"net.{ending}"
    outcome = run("draw", NETWORK, "-o", str(path))
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert path.read_bytes().startswith(begin)
    assert [path.name] == [file.name for file in tmp_path.iterdir()]


def test_options_reach_the_picture(tmp_path: Path) -> None:
    program = tmp_path / "net.fb"
    program.write_text("block = id + (relu >> dense(var=tau/fan_in))\nnet = block^L\n")
    svg = run("draw", str(program), "--name", "block", "--set", "tau=3", "--title", "one block").out
    assert "one block" in svg and "φ = 3" in svg and "τ" not in svg
    assert ">net<" in run("draw", str(program)).out
    assert ">net<" not in run("draw", str(program), "--title", "").out
    refused, assumed = (run("draw", str(program), *more).out for more in ((), ("--assume", "independent-patterns")))
    assert "κ not proved" in refused and "on the assumption of independent-patterns" not in refused
    assert "κ not proved" not in assumed and "on the assumption of independent-patterns" in assumed
    wide, narrow = (run("draw", "dense(var=a) >> relu >> dense(var=b) >> relu >> dense(var=c)", "--wrap", wrap).out
                    for wrap in ("50", "8"))
    width = [float(ElementTree.fromstring(svg.encode()).get("width", "").removesuffix("pt")) for svg in (wide, narrow)]
    assert width[1] < 300 < width[0]


def test_what_is_refused_is_drawn_and_said() -> None:
    outcome = run("draw", "((id + (dense >> relu >> dense)) >> relu)^2")
    assert outcome.status == 0 and "φ, κ not proved" in outcome.out


MISTAKES = [
    (["dense >> rleu"], "no block is called `rleu`", "did you mean `relu`?"),
    (["dense", "-o", "net.gif"], "`net.gif` does not say which kind of picture it is", "let it end in .svg, .png, .pdf, .tex"),
    (["dense", "-o", "png"], "`png` does not say which kind of picture it is", "let it end in .svg, .png, .pdf, .tex"),
    (["dense", "-o", "net.svg", "--format", "png"], "`net.svg` ends like svg, and --format says png", "leave --format out"),
    (["dense", "-o", "net.svg", "--document"], "--document is a LaTeX document", "write to a .tex file, or add --format tex"),
    (["dense", "-o", "/nowhere/net.svg"], "`/nowhere/net.svg` cannot be written: no such file or directory", "choose another file for -o"),
    (["dense", "--assume", "indep"], "no hypothesis is called `indep`", None),
    (["dense", "--wrap", "1"], "Invalid value for '--wrap': 1.0 is not in the range 8<=x<=200.", "see `freeblock draw --help`"),
    (["dense", "--wrap", "nan"], "a chain is broken after 8 to 200 centimetres, not nan", None),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), MISTAKES, ids=[" ".join(row[0]) for row in MISTAKES])
def test_mistakes(arguments: list[str], message: str, hint: str | None) -> None:
    outcome = run("draw", *arguments)
    assert outcome.status == 2
    assert outcome.mistake.message == message
    assert hint is None or outcome.mistake.hint == hint


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    path.write_text("mine")
    assert run("draw", "serial[l=1..400](dense(var=l))", "-o", str(path)).status == 2
    assert path.read_text() == "mine"


def test_without_matplotlib_tex_is_drawn_and_the_others_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    mistake = run("draw", NETWORK).mistake
    assert mistake.message == "SVG, PNG and PDF are drawn by matplotlib, which is not installed"
    assert mistake.hint and 'pip install "freeblock[plot]"' in mistake.hint
    assert run("draw", NETWORK, "--format", "tex").out.startswith("% freeblock")
