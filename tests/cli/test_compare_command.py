"""`freeblock compare`: every row and every refusal is in the table; the LaTeX compiles; curves are drawn."""

from __future__ import annotations

import builtins
import csv
import io
import math
import subprocess

import pytest
from command_line import run
from sympy_reader import read

import freeblock as fb

NETWORKS = ["He=(dense >> relu)^L", "residual=(id + (bn >> relu >> dense))^L",
            "post=((id + (dense >> relu >> dense)) >> relu)^L", "tanh & co=(dense >> tanh)^L"]


def test_rows_and_refusals():
    data = run("compare", *NETWORKS, "--format", "json").data
    assert [row["name"] for row in data["networks"]] == ["He", "residual", "post", "tanh & co"]
    he, residual, post, tanh = data["networks"]
    assert read(he["phi"], ["sigma_w", "L"]) == read("(sigma_w**2/2)**L", ["sigma_w", "L"])
    assert he["condition"] == [{"sigma_w": "sqrt(2)"}] and he["notes"] == {}
    assert residual["variance"] is None and "independent-patterns" in residual["notes"]["variance"]
    assert residual["condition"] is None and "sigma_w = 0" in residual["notes"]["condition"]
    assert post["phi"] is None and "half-active" in post["notes"]["phi"]
    assert tanh["kappa"].startswith("L*")


@pytest.mark.parametrize("form", ["text", "unicode", "markdown", "latex", "csv"])
def test_no_refusal_is_silent(form):
    shown = run("compare", *NETWORKS, "--format", form).out
    assert shown.count("refused") >= 5 and "half-active" in shown and "independent-patterns" in shown.replace("\\", "")


def test_csv_is_read_back():
    rows = list(csv.DictReader(io.StringIO(run("compare", *NETWORKS, "--format", "csv").out)))
    assert [row["network"] for row in rows] == ["He", "residual", "post", "tanh & co"]
    assert rows[0]["kappa"] == "2*L" and rows[2]["phi"] == "refused" and "half-active" in rows[2]["notes"]


def test_the_latex_compiles(tmp_path):
    table = run("compare", *NETWORKS, "--format", "latex", "--columns", "phi,kappa,growth,condition").out
    assert r"\toprule" in table
    page = "\\documentclass{article}\\usepackage{amsmath,booktabs}\\begin{document}\n" + table + "\\end{document}\n"
    (tmp_path / "t.tex").write_text(page, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=tmp_path, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_columns_unknowns_and_values():
    data = run("compare", "a=id + t*(dense >> relu >> dense)", "b=dense >> relu", "--format", "json", "--columns", "condition,phi",
               "--where", "phi = 2", "--set", "t=1/2").data
    assert data["columns"] == ["condition", "phi"]
    first, second = data["networks"]
    assert first["phi"] == "1 + sigma_w**4/8" and float(read(first["condition"][0]["sigma_w"])) == pytest.approx(8**0.25)
    assert second["condition"] == [{"sigma_w": "2"}]
    data = run("compare", "a=dense(var=2/fan_in) >> relu", "b=dense(var=1/fan_in)", "c=dense(var=2/fan_in)", "--format", "json").data
    assert [row["condition"] for row in data["networks"]] == ["holds", "holds", "does not hold"]


@pytest.mark.parametrize(("name", "start"), [("a.svg", b"<?xml"), ("a.png", b"\x89PNG"), ("a.pdf", b"%PDF")])
def test_plots(name, start, tmp_path):
    target = tmp_path / name
    outcome = run("compare", *NETWORKS[:3], "--set", "sigma_w=1", "--set", "sigma_B=1", "--plot", str(target), "--depth", "1..20")
    assert outcome.status == 0 and target.read_bytes().startswith(start)
    assert outcome.err.startswith("note: post has no curve: ")
    if name == "a.svg":
        assert "post (refused)" in target.read_text(encoding="utf-8")


def test_curves_are_the_values():
    compared = fb.compare({"He": "(dense >> relu)^L", "block": "id + (dense >> relu >> dense)"}, values={"sigma_w": 1})
    first, second = compared.curves("phi", 3, 200)
    assert first.depths[0] == 3 and first.depths[-1] == 200
    assert first.values[-1] == pytest.approx(-200 * 0.30102999566398120)  # log10 2^−200
    assert second.values[0] == pytest.approx(3 * 0.17609125905568124)  # log10 (3/2)^3
    kappa = compared.curves("kappa", 1, 4)[0]
    assert kappa.values == pytest.approx([2, 4, 6, 8])


def test_a_plot_without_matplotlib(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *arguments, **keywords):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    outcome = run("compare", "a=dense >> relu", "--set", "sigma_w=1", "--plot", str(tmp_path / "a.svg"))
    assert outcome.status == 2 and not (tmp_path / "a.svg").exists()
    assert (outcome.mistake.message, outcome.mistake.hint) == ("a plot needs matplotlib", "install it with: pip install 'freeblock[plot]'")


@pytest.mark.parametrize(("arguments", "message"), [
    (["dense >> relu"], "`dense >> relu` is not of the form NAME=EXPR"),
    (["dense(var=1/fan_in)"], "`dense(var=1/fan_in)` is not of the form NAME=EXPR"),
    (["a=dense", "a=relu"], "two networks are called `a`"), (["a="], "`a=` is not of the form NAME=EXPR"),
    (["a=dense", "--columns", "phi,kapa"], "no column is called `kapa`"),
    (["a=dense", "--depth", "5..1"], "`5..1` is no range of depths"),
    (["a=dense", "--plot", "a.gif"], "`a.gif` is no picture"),
    (["a=dense", "--set", "sigma_v=1"], "`sigma_v` occurs in none of the networks"),
    (["a=dense", "--plot", "a.svg"], "the curve of a needs a number for `sigma_w`"),
    (["a=dense", "--where", "phi"], "the condition compares two formulas"),
])
def test_mistakes(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run("compare", *arguments)
    assert outcome.status == 2 and outcome.mistake.message == message
    assert not list(tmp_path.iterdir())


def test_a_mistake_in_a_network_names_it():
    mistake = run("compare", "a=dense", "He et al.=dens >> relu").mistake
    assert mistake.source == "He et al." and mistake.marked == "dens"


def test_of_several_solutions_a_note_says_which_requires_something() -> None:
    # (a − b)² = 1 at b − 1, which is positive for b > 1 only, and at b + 1.
    for form, note in (("text", "[1] a = b - 1 where b - 1 > 0"), ("latex", "$a = b - 1$ where $b - 1 > 0$")):
        outcome = run("compare", "x=(a-b)*id", "--for", "a", "--format", form)
        assert outcome.status == 0 and note in outcome.out


@pytest.mark.parametrize(("text", "quantity", "values"), [
    ("(dense(var=2/fan_in) >> relu)^L", "kappa", [2, 4, 6, 8]),  # φ = 1 does not show the depth
    ("(dense(var=2/fan_in) >> relu)^L", "phi", [0, 0, 0, 0]),
    ("serial[l=1..L](id + (rms_norm(rms=sqrt(l)) >> relu >> dense(var=2/fan_in)))", "phi",
     [math.log10(1 + depth) for depth in range(1, 5)]),  # Π (1 + 1/l) = L + 1
    ("(dense(var=2/fan_in) >> relu)^(M + 1)", "kappa", [4, 6, 8, 10]),
    ("2 * (relu >> (dense(var=1/fan_in) >> orthogonal(gain=1))^M)", "kappa", [2, 3, 4, 5]),
    # what counts the layers of a branch, or branches, is no depth: so many copies of the network
    ("id + orthogonal^m", "kappa", [.5, 1, 1.5, 2]),
])
def test_the_depth_is_what_counts_the_copies_also_where_phi_does_not_show_it(text, quantity, values):
    assert fb.compare({"a": text}).curves(quantity, 1, 4)[0].values == pytest.approx(values)


def test_growth_says_why_it_is_not_told():
    words = [row["growth"] for row in run(
        "compare", "a=(dense(var=2/fan_in) >> relu)^L", "b=dense >> relu", "c=((id + (dense >> relu >> dense)) >> relu)^L",
        "d=serial[l=1..L](id + (rms_norm(rms=sqrt(l)) >> relu >> dense(var=2/fan_in)))", "--columns", "growth",
        "--format", "json").data["networks"]]
    assert words == ["it does not depend on the depth", "the depth is no symbol", "refused", "polynomial growth"]
