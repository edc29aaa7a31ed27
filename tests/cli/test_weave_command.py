"""`freeblock weave` as a person meets it: what it writes, what it says, and its exit status."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import Outcome, run

from freeblock.cli import arguments

PAPER = r"""\usepackage{freeblock}
\freeblock{plain = (dense >> relu)^L}
The mean is $\fbphi{plain}$ and one at \fbcondition{plain}{sigma_w}.
"""
FLAGSHIP = r"\freeblock{f = (id + (bn >> relu >> dense))^L} "


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def weave(text: str, *options: str) -> Outcome:
    Path("paper.tex").write_text(text, encoding="utf-8")
    return run("weave", "paper.tex", *options)


def test_a_paper_is_woven_checked_changed_and_woven_again() -> None:
    assert run("weave", "--check", "nothing.tex").status == 2
    first = weave(PAPER)
    assert (first.status, first.out, first.err) == (0, "paper.fbx: 2 formulas, 2 derived, 0 kept\n", "")
    assert weave(PAPER, "--check").out == "paper.fbx is current\n"
    assert weave(PAPER).out == "paper.fbx: 2 formulas, 0 derived, 2 kept\n"
    changed = PAPER.replace("dense >> relu", "dense >> dense")
    before = Path("paper.fbx").read_bytes()
    told = weave(changed, "--check")
    assert (told.status, told.out) == (1, "")
    line = PAPER.splitlines()[2]
    first_column, second_column = line.index("{plain") + 2, line.rindex("{plain") + 2
    assert f"error: this formula is stale\n  --> paper.tex:3:{first_column}\n" in told.err
    assert f"also at paper.tex:3:{second_column}\n" in told.err
    assert Path("paper.fbx").read_bytes() == before
    assert weave(changed).status == 0
    assert weave(changed, "--check").status == 0


def test_check_of_a_paper_that_was_never_woven_writes_nothing() -> None:
    outcome = weave(PAPER, "--check")
    assert outcome.status == 1 and "this formula is missing" in outcome.err
    assert os.listdir() == ["paper.tex"]


def test_the_name_may_lack_its_ending() -> None:
    weave(PAPER)
    os.remove("paper.fbx")
    assert run("weave", "paper").status == 0
    assert Path("paper.fbx").exists()
    os.rename("paper.tex", "my.paper.ltx")
    assert run("weave", "my.paper.ltx").status == 0
    assert Path("my.paper.fbx").exists()


REFUSALS = [
    (r"\fbvariance{f}", 1), (r"\fbkappa{f}", 1), (r"\fbvalue[kappa]{f}{L=2,sigma_w=1}", 1),
    (r"\fbcondition[kappa=1]{f}{L}", 1), (r"\fbtable{f}", 0), (r"\fbderivation{f}", 0),
    (r"\fbtable{f} \fbvariance{f}", 1), (r"\fbvariance{f} \fbtable{f}", 1), (r"\fbphi{f}", 0),
]


@pytest.mark.parametrize(("request_", "status"), REFUSALS)
def test_a_refused_variance_is_told_and_is_not_printed(request_: str, status: int) -> None:
    outcome = weave(FLAGSHIP + request_)
    assert outcome.status == status
    told = {0: "warning: ", 1: "error: "}[status] + "the variance is refused"
    assert (told in outcome.err) == (request_ != r"\fbphi{f}")
    if request_ != r"\fbphi{f}":
        assert r"\freeblock[assume=independent-patterns]" in outcome.err
        assert "refused" in Path("paper.fbx").read_text(encoding="utf-8")
    # The refusal is kept with the formula: it is told again, with the same status, by both.
    assert weave(FLAGSHIP + request_).status == status
    assert weave(FLAGSHIP + request_, "--check").status == status


@pytest.mark.parametrize("text", [
    FLAGSHIP.replace("{", "[assume=independent-patterns]{", 1) + r"\fbvariance{f}",
    r"\usepackage[assume=independent-patterns]{freeblock}" + FLAGSHIP + r"\fbvariance{f}",
    r"\RequirePackage{amsmath,freeblock}\usepackage[assume-free]{freeblock}" + FLAGSHIP + r"\fbvariance{f}",
])
def test_a_hypothesis_may_be_assumed_in_the_paper(text: str) -> None:
    assert weave(text).status == 0


def test_a_hypothesis_may_be_assumed_for_one_run() -> None:
    text = FLAGSHIP + r"\fbvariance{f}"
    assert weave(text, "--assume", "independent-patterns").status == 0
    assert weave(text, "--check", "--assume", "independent-patterns").status == 0
    assert weave(text, "--check").status == 1


def test_a_paper_has_a_notation() -> None:
    Path("names.yaml").write_text("sigma_w: \\tau\nL: T\nsigma_of_others: o\n", encoding="utf-8")
    text = PAPER.replace("{freeblock}", "[notation=names.yaml]{freeblock}", 1)
    assert weave(text).status == 0
    assert r"\tau = \sqrt{2}" in Path("paper.fbx").read_text(encoding="utf-8")
    assert weave(text, "--check").status == 0
    assert weave(text, "--notation", "sigma_w=s").status == 0
    assert "s = \\sqrt{2}%\n" in Path("paper.fbx").read_text(encoding="utf-8")
    assert weave(text, "--check").status == 1
    assert weave(text, "--check", "--notation", "sigma_w=s").status == 0


def test_a_library_from_standard_input_serves_all_networks() -> None:
    library = (b"third:\n  title: A third\n  kind: activation\n  depends_on: nothing\n  jacobian:\n    moments: 1/3\n"
               b"    traits: {diagonal: true}\n  source: a test\n")
    text = r"\freeblock{a = third >> dense} \fbphi{a} \freeblock{b = third} \fbphi{b}"
    Path("paper.tex").write_text(text, encoding="utf-8")
    assert run("weave", "paper.tex", "--library", "-", stdin=library).status == 0
    side = Path("paper.fbx").read_text(encoding="utf-8")
    assert r"\frac{\sigma_{w}^{2}}{3}" in side and r"\frac{1}{3}" in side


@pytest.mark.parametrize(("pair", "message", "marked"), [
    ("sigma_v=s", "this paper has no symbol `sigma_v` to give a notation to", "sigma_v"),
    ("sigma_w=L", "`sigma_w` would be printed like `L`", "L"),
    ("L=W", "`L` would be printed like a letter of the report, W", "W"),
    ("phi=\\input{x}", r"the command `\input` may not stand in a notation", "\\input"),
])
def test_a_notation_is_refused(pair: str, message: str, marked: str) -> None:
    outcome = weave(PAPER, "--notation", pair)
    assert (outcome.status, outcome.mistake.message, outcome.mistake.marked) == (2, message, marked)
    assert not Path("paper.fbx").exists()


def test_symbols_of_two_networks_are_not_given_one_notation() -> None:
    """Each network alone could print its symbol so."""
    two = PAPER + r"\freeblock{other = dense(var=T/fan_in)} \fbphi{other}"
    assert weave(two, "--notation", "sigma_w=\\tau").status == 0
    outcome = weave(two, "--notation", "L=T")
    assert (outcome.status, outcome.mistake.message) == (2, "`L` would be printed like `T`")


def test_a_condition_without_a_solution_says_no() -> None:
    # The mean of id plus a free branch is more than one.
    outcome = weave(r"\freeblock{a = id + (dense >> dense)} \fbcondition{a}{sigma_w}")
    assert outcome.status == 1 and "no positive `sigma_w` meets phi = 1" in outcome.err


MISTAKES = [
    # (the paper, the message, what the carets mark in paper.tex)
    (r"\freeblock{a = dense >> rellu} \fbphi{a}", "no block is called `rellu`", "rellu"),
    (r"\freeblock{a = dense >> } \fbphi{a}", None, None),
    (r"\freeblock{a = b >> relu}\freeblock{b = dense}\fbphi{a}", "`b` is used before it is defined", "b"),
    ("\\freeblock{a = dense}\n\\freeblock{a = relu}", "`a` is defined already, in paper.tex, line 1", "a"),
    (r"\freeblock{dense >> relu}", "a block in a paper needs a name", "dense >> relu"),
    (r"\freeblock{a = \dense}", None, "\\"),
    (r"\freeblock{a = de{n}se}", "there are no braces in a definition", "{"),
    (r"\freeblock{a = dense", "this `{` is never closed", "{"),
    (r"\begin{freeblock} a = dense", "this environment is never closed", r"\begin{freeblock}"),
    (r"\freeblock a = dense", r"\freeblock needs a definition", r"\freeblock"),
    (r"\freeblock{net = dense} \fbphi{nett}", "no block is called `nett`", "nett"),
    (r"\freeblock{a_b = dense} \fbphi{a\_b}", r"no block is called `a\_b`", r"a\_b"),
    (r"\fbphi{a}", "no block is called `a`", "a"),
    (r"\fbphi", r"\fbphi needs the name of a block in braces", r"\fbphi"),
    (r"\fbphi{}", r"\fbphi needs the name of a block in braces", r"\fbphi"),
    (r"\newcommand\x[1]{\fbphi{#1}}", "weaving reads a paper as it is written and does not carry out macros", "#1"),
    (r"\freeblock{g(k) = dense(k)} \fbphi{g}", "`g` has parameters; a block without parameters is derived", "g"),
    (r"\freeblock[asume=x]{a = dense}", "no option is called `asume`", "asume"),
    (r"\freeblock[assume]{a = dense}", "`assume` needs a value", "assume"),
    (r"\freeblock[show=yes]{a = dense}", "`show` takes no value", "show=yes"),
    (r"\freeblock[side=left]{a = dense}", "the side cannot be `left`", "left"),
    (r"\freeblock[assume=frree]{a = dense}\fbphi{a}", "no hypothesis is called `frree`", "frree"),
    (r"\usepackage[assume=frree]{freeblock}\freeblock{a = dense}\fbphi{a}", "no hypothesis is called `frree`", "frree"),
    (r"\usepackage[library=../x.yaml]{freeblock}", "a library of a paper lies in its folder", "../x.yaml"),
    (r"\usepackage[library=x.yaml]{freeblock}", "`x.yaml` is not found beside the paper", "x.yaml"),
    (r"\freeblock[set=sigma_w=(1]{a = dense}\fbphi{a}", "unclosed `(`", "("),
    (r"\freeblock[set=tau=1]{a = dense}\fbphi{a}", "`tau` does not occur in paper.tex", "1"),
    (r"\freeblock{a = dense(var=v)}\fbvalue{a}{v=1}", "`n` needs a value", "v=1"),
    (r"\freeblock{a = dense}\fbvalue{a}{sigma_w=*}", None, "*"),
    (r"\freeblock{a = dense}\fbvalue{a}{sigma_w}", "`sigma_w` is not of the form NAME=FORMULA", "sigma_w"),
    (r"\freeblock{a = dense}\fbvalue{a}{sigma_w=1,σ_w=2}", "`sigma_w` is set twice", "σ_w=2"),
    (r"\freeblock{a = dense}\fbvalue[phy]{a}{}", "the quantity cannot be `phy`", "phy"),
    (r"\freeblock{a = dense}\fbvalue[digits=99]{a}{}", "the digits are a whole number from 1 to 15, not `99`", "99"),
    (r"\freeblock{a = dense}\fbvalue{a}", r"\fbvalue needs the values of the symbols in a second pair of braces",
     r"\fbvalue"),
    (r"\freeblock{a = dense}\fbcondition{a}{tau}", "`tau` does not occur in the result", "tau"),
    (r"\freeblock{a = dense}\fbcondition[phi]{a}{sigma_w}", "the condition compares two formulas", "phi"),
    (r"\freeblock{a = dense}\fbcondition[psi = 1]{a}{sigma_w}", "the network has no symbol `psi`", "psi"),
    (r"\freeblock{a = dense}\fbderivation[all]{a}", "the detail of a derivation cannot be `all`", "all"),
    (r"\freeblock{a = dense}\fbtable[mean]{a}", "the column cannot be `mean`", "mean"),
    (r"\input{paper}", "`paper` includes itself", "paper"),
]


@pytest.mark.parametrize(("text", "message", "marked"), MISTAKES)
def test_a_mistake_is_shown_in_the_paper_and_nothing_is_written(text: str, message: str | None, marked: str | None) -> None:
    lead = "Some words.\n\n  "
    outcome = weave(lead + text)
    mistake = outcome.mistake
    assert outcome.status == 2
    assert (mistake.source, mistake.line) == ("paper.tex", 3 + text[:text.rfind(marked or "")].count("\n"))
    assert message is None or mistake.message.replace("line 3", "line 1") == message
    assert marked is None or mistake.marked == marked
    assert not Path("paper.fbx").exists()


def test_mistakes_of_several_definitions_are_told_at_once() -> None:
    outcome = weave("\\freeblock{a = (dense}\n\\freeblock{b = >> relu}\n")
    assert outcome.status == 2
    assert "paper.tex:1:16" in outcome.err and "paper.tex:2:16" in outcome.err


def test_files_that_are_no_paper() -> None:
    Path("latin.tex").write_bytes(b"caf\xe9")
    Path("folder.tex").mkdir()
    for name, message in (
        ("latin.tex", "latin.tex is not UTF-8 text: byte 0xe9 at byte offset 3"),
        ("folder.tex", "`folder.tex` is a directory"),
        ("nothing.tex", "`nothing.tex` cannot be read: no such file or directory"),
        ("-", "a paper is not read from standard input: its side file is written beside it"),
        ("paper.fbx", "a paper is a .tex file"),
    ):
        outcome = run("weave", name)
        assert (outcome.status, outcome.mistake.message) == (2, message)
    assert run("weave").status == 2
    assert run("weave", "--check").status == 2


def test_an_interrupted_run_leaves_the_side_file_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    weave(PAPER)
    before = Path("paper.fbx").read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arguments.os, "replace", fail)
    outcome = weave(PAPER + r"\fbkappa{plain}")
    assert outcome.status == 2 and "cannot be written: no space left on device" in outcome.err
    assert Path("paper.fbx").read_bytes() == before
    assert sorted(os.listdir()) == ["paper.fbx", "paper.tex"]


def test_the_style_is_installed() -> None:
    Path("paper").mkdir()
    outcome = run("weave", "--install-style", "paper")
    assert outcome.status == 0
    assert sorted(os.listdir("paper")) == ["freeblock.bib", "freeblock.sty"]
    assert r"\ProvidesPackage{freeblock}" in Path("paper/freeblock.sty").read_text(encoding="utf-8")
    assert "@article{fb:chen2020," in Path("paper/freeblock.bib").read_text(encoding="utf-8")
    assert run("weave", "--install-style", "nowhere").mistake.message == "`nowhere` is not a folder"
