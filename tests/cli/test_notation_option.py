"""`--notation`: pairs and files, their order, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from formula_strings import evaluate
from latex_evaluator import evaluate_latex

CHAIN = "(dense >> relu)^L"
PAPER = "phi: \\mu\nsigma_w: \\tau\nL: T\nsigma_b: \\beta\n"


def test_pairs_and_files(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text(PAPER, encoding="utf-8")
    outcome = run("derive", CHAIN, "--notation", str(tmp_path / "paper.yaml"), "--notation", "L = N", "--format", "markdown")
    assert outcome.status == 0
    assert r"$\mu(JJ^{\top}) = \left(\frac{\tau^{2}}{2}\right)^{N}$" in outcome.out


def test_a_file_from_standard_input() -> None:
    outcome = run("derive", CHAIN, "--notation", "-", "--format", "json", stdin=PAPER.encode())
    assert outcome.data["symbols"]["sigma_w"]["latex"] == r"\tau"
    assert outcome.data["latex"]["phi"] == r"\left(\frac{\tau^{2}}{2}\right)^{T}"


@pytest.mark.parametrize("network", [
    "(dense(k) >> relu >> dense(n))^L", "(id + (dense(k,var=a_1/fan_in) >> leaky_relu(s) >> dense(n)))^L", "dense(k) | (dense >> relu)"])
def test_formulas_keep_their_values(network: str) -> None:
    given = {"sigma_w": r"\hat{q}", "L": "T", "k": "N_1", "n": r"\mu", "a_1": "u", "s": "w"}
    usual = run("derive", network, "--format", "json").data
    own = run("derive", network, "--format", "json", *[
        word for name, shown in given.items() if name in usual["symbols"] for word in ("--notation", f"{name}={shown}")]).data
    assert {key: own[key] for key in ("phi", "variance", "kappa")} == {key: usual[key] for key in ("phi", "variance", "kappa")}
    values = {"sigma_w": 0.75, "L": 3, "k": 20, "n": 30, "a_1": 1.25, "s": 0.5}
    # The reader of LaTeX knows no accents.
    printed = {entry["latex"].replace(r"\hat", r"\mathrm"): values[name] for name, entry in own["symbols"].items()}
    for quantity in ("phi", "variance"):
        shown = own["latex"][quantity].replace(r"\hat", r"\mathrm")
        assert evaluate_latex(shown, printed) == pytest.approx(evaluate(usual[quantity], values), rel=1e-9)


def test_values_and_notations_go_together() -> None:
    outcome = run("derive", CHAIN, "--set", "sigma_w=2*a", "--notation", r"a=\hat a", "--format", "markdown")
    assert r"\hat{a}^{2}" in outcome.out


@pytest.mark.parametrize(("options", "message", "marked"), [
    (["phi=\\input{x}"], r"the command `\input` may not stand in a notation", "\\input"),
    (["  phi =  {a"], "this brace is not closed", "{"),
    (["sigma_v=a"], "this network has no symbol `sigma_v` to give a notation to", "sigma_v"),
    (["sigma_b=a"], "this network has no symbol `sigma_b` to give a notation to", "sigma_b"),
    (["L=a", "L=b"], "`L` is given two notations", "L"),
    (["L=a", "n=a"], "`L` and `n` would be printed alike", "a"),
    (["no/such.yaml"], "`no/such.yaml` cannot be read: no such file or directory", None),
    ([" "], "--notation is empty", None),
    (["-", "-"], "two arguments are `-`, and standard input can be read once", None),
])
def test_refused(options: list[str], message: str, marked: str | None) -> None:
    outcome = run("derive", CHAIN, *[word for option in options for word in ("--notation", option)])
    assert outcome.status == 2
    assert (outcome.mistake.message, outcome.mistake.marked) == (message, marked)
    assert outcome.mistake.hint


@pytest.mark.parametrize("form", ["text", "unicode"])
def test_text_takes_none(form: str) -> None:
    outcome = run("derive", CHAIN, "--notation", "phi=a", "--format", form)
    assert (outcome.status, outcome.mistake.message) == (2, f"--notation is LaTeX, and --format {form} is not")


def test_two_files_may_not_name_the_same(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("phi: f\n", encoding="utf-8")
    outcome = run("derive", CHAIN, "--notation", str(tmp_path / "a.yaml"), "--notation", str(tmp_path / "b.yaml"))
    assert outcome.mistake.message == "`phi` has a notation in two files"
