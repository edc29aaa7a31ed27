"""`batch-norm`, `isometry-gap`, `haar` and `shape`: formats, exit statuses, plots, and what is refused."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import sympy
from command_line import run
from sheets import check_every_format, check_latex_compiles

EVERY = [
    ("batch-norm", "relu", "--batch", "4,16"), ("batch-norm", "max(x, x/10)", "--batch", "8"),
    ("batch-norm", "gelu", "--batch", "8"), ("batch-norm", "linear", "--without-mean"),
    ("batch-norm", "tanh", "--batch", "8", "--simulate", "2", "--width", "50"),
    ("isometry-gap", "1, 2, 3 x 2, 1/k for k=4..6", "--depth", "30"), ("isometry-gap", "1, 0, 2"),
    ("isometry-gap", "1, 2", "--depth", "3", "--simulate", "5"), ("isometry-gap", "--dimension", "d", "--columns", "n"),
    ("isometry-gap", "--dimension", "4", "--depth", "3", "--simulate", "5"),
    ("haar", "B_ii B_jj", "B_ij", "B_ij B_jk B_ki"), ("haar", "O_11^2 O_12^2"),
    ("shape", "tanh", "--gain", "1/2", "--kappa", "2/5", "--bound", "1"), ("shape", "relu"), ("shape", "selu", "--centred"),
    ("shape", "x + b*x^3"), ("shape", "exp(x)"), ("shape", "hard_tanh", "--bound", "1", "--depth", "100"),
    ("shape", "sin", "--kappa", "0", "--depth", "5", "--simulate", "2", "--width", "10"), ("shape", "gelu", "--terms", "6"),
]


@pytest.mark.parametrize("arguments", EVERY, ids=" ".join)
def test_every_format_is_printed(arguments: tuple[str, ...]) -> None:
    check_every_format(arguments)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed here")
def test_the_latex_compiles(tmp_path: Path) -> None:
    check_latex_compiles(EVERY, tmp_path)


def test_the_closed_form_of_a_rate_is_read_by_sympy() -> None:
    size = sympy.Symbol("B")
    for text in ("relu", "linear", "max(x, x/10)", "abs(x)"):
        data = run("batch-norm", text, "--batch", "5,64", "--format", "json").data
        formula = sympy.sympify(data["closed_form"], locals={"B": size})
        for row in data["rates"]:
            assert float(formula.subs(size, row["batch"])) == pytest.approx(row["quadrature"], rel=1e-9)
        limit = sympy.limit(formula, size, sympy.oo) if text == "linear" else formula.subs(size, 10**9)
        assert float(limit) == pytest.approx(float(sympy.sympify(data["limit"]["formula"])), rel=1e-7)
        assert data["limit"]["value"] == pytest.approx(float(limit), rel=1e-7)
    assert data["hypotheses"][0]["status"] == "assumed"


def test_printed_rates_are_those_of_the_printed_formula() -> None:
    """The formula on the page, evaluated here."""
    done = run("batch-norm", "max(x, x/10)", "--batch", "6")
    lines = dict(line.strip().split(" = ", 1) for line in done.out.split("\n") if " = " in line)
    known = {"B": 6.0, "pi": math.pi, "arccos": math.acos, "sqrt": math.sqrt}
    for name in ("c", "J_1", "J_0"):
        known[name] = eval(lines[name].replace("^", "**"), {}, known)
    found = eval(lines["lambda(B)"].replace("^", "**"), {}, known)
    assert found == pytest.approx(run("batch-norm", "max(x, x/10)", "--batch", "6", "--format", "json").data["rates"][0]["series"],
                                  rel=1e-7)


def test_the_gap_of_a_file_and_of_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "spectrum.txt"
    file.write_text("1\n2 # the middle one\n3\n", encoding="utf-8")
    shown = [run("isometry-gap", "1, 2, 3").out, run("isometry-gap", str(file)).out,
             run("isometry-gap", "-", stdin=b"1, 2\n3").out]
    assert shown[0] == shown[1] == shown[2] and "0.0958940241506" in shown[0]


def test_the_curve_of_a_long_network_is_a_selection() -> None:
    data = run("isometry-gap", "1, 2", "--depth", "5000", "--format", "json").data
    assert [row["depth"] for row in data["depths"]][:6] == [0, 1, 2, 5, 10, 20]
    assert data["depths"][-1]["depth"] == 5000
    bounds = [float(row["bound"]) for row in data["depths"]]
    assert bounds == sorted(bounds, reverse=True)


def test_the_backward_law_in_symbols() -> None:
    data = run("isometry-gap", "--dimension", "m", "--depth", "L", "--format", "json").data
    m, depth = sympy.symbols("m L", positive=True)
    expected = (m - 1) / (2 * m) + (1 - (m - 1) / (2 * m) - 1 / m**2) * (1 - 2 / (m + 2)) ** depth
    found = sympy.sympify(data["phi"], locals={"m": m, "L": depth})
    for d, layers in ((3, 1), (10, 4)):
        assert float((found - expected).subs({m: d, depth: layers})) == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("arguments", [
    ("batch-norm", "relu", "--batch", "4,8", "--plot"), ("isometry-gap", "1, 2, 3", "--depth", "9", "--plot"),
    ("isometry-gap", "--dimension", "5", "--depth", "9", "--plot"), ("shape", "tanh", "--plot"),
    ("shape", "sin", "--kappa", "1/3", "--depth", "1000", "--plot"),
])
def test_plots(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert run(*arguments, str(tmp_path / "curve.svg")).status == 0
    paths = ElementTree.parse(tmp_path / "curve.svg").getroot().iter("{http://www.w3.org/2000/svg}path")
    assert sum(1 for _ in paths) > 5
    assert run(*arguments, str(tmp_path / "curve.doc")).status == 2


@pytest.mark.parametrize(("arguments", "status", "message"), [
    (("batch-norm", "tanh", "--without-mean"), 1, "linear networks alone"),
    (("batch-norm", "relu", "--batch", "3"), 2, "no batch size"),
    (("batch-norm", "relu", "--batch", ","), 2, "no batch size"),
    (("batch-norm", "relu", "--batch", "9" * 30), 2, "no batch size"),
    (("batch-norm", "relu", "--batch", "²"), 2, "no batch size"),
    (("batch-norm", "max(x, a*x)"), 2, "no value"),
    (("batch-norm", "swoosh"), 2, "no activation"),
    (("isometry-gap",), 2, "either a spectrum or --dimension"),
    (("isometry-gap", "1", "--dimension", "2"), 2, "either a spectrum or --dimension"),
    (("isometry-gap", "1, 2", "--weights", "gaussian"), 1, "no formula is known"),
    (("isometry-gap", "--dimension", "d", "--weights", "gaussian"), 1, "no formula is known"),
    (("isometry-gap", "1, 2, 3", "--columns", "2"), 1, "no formula is known"),
    (("isometry-gap", "--dimension", "3", "--columns", "2"), 1, "no formula is known"),
    (("isometry-gap", "1, 0", "--plot", "x.svg"), 1, "infinite"),
    (("isometry-gap", "1, 2", "--depth", "L"), 2, "whole number"),
    (("isometry-gap", "1, 2", "--depth", "99999999999"), 2, "whole number"),
    (("isometry-gap", "1 x 2000", "--simulate", "1000", "--depth", "1000"), 2, "too large"),
    (("isometry-gap", "--dimension", "d*d"), 2, "whole number or a symbol"),
    (("isometry-gap", "--dimension", "pi"), 2, "whole number or a symbol"),
    (("isometry-gap", "--dimension", "d", "--simulate", "5"), 2, "needs numbers"),
    (("haar", "B_ii +"), 2, "expected an entry"),
    (("haar", "B_ii^4"), 2, "1 to 3 entries"),
    (("shape", "tanh", "--kappa", "1/4"), 1, "diverges"),
    (("shape", "relu", "--centred", "--kappa", "3"), 1, "diverges"),
    (("shape", "exp(x)", "--bound", "1", "--depth", "9"), 1, "no schedule"),
    (("shape", "tanh", "--bound", "1/100"), 1, "no exponent"),
    (("shape", "x + x^13"), 1, "no nonlinear term"),
    (("shape", "tanh", "--kappa", "-1"), 2, "lies between"),
    (("shape", "tanh", "--kappa", "k"), 2, "is a number"),
    (("shape", "tanh", "--gain", "2"), 2, "lies between"),
    (("shape", "tanh", "--depth", "9"), 2, "says nothing by itself"),
    (("shape", "tanh", "--simulate", "9"), 2, "needs --kappa and --depth"),
    (("shape", "sin", "--kappa", "1", "--depth", "100000", "--simulate", "9"), 2, "too large"),
    (("shape", "x", "--set", "x=1"), 2, "variable"),
    (("shape", "x + c*x^2", "--set", "c=d"), 0, ""),
    (("shape", "exp(exp(exp(x)))", "--gain", "1"), 1, "infinite"),
    (("shape", "x + tanh", "--gain", "1"), 2, "is a component"), (("shape", "tanh", "--set", "b=1"), 2, "does not occur"),
    (("batch-norm", "dense"), 2, "no function of x"),
])
def test_refusals_and_mistakes(arguments: tuple[str, ...], status: int, message: str) -> None:
    done = run(*arguments)
    assert done.status == status
    assert message in done.err and (not done.out) == bool(status)


def test_set_gives_symbols_values() -> None:
    first = run("shape", "x + b*x^3", "--set", "b=1/3", "--gain", "1/2", "--format", "json").data
    second = run("shape", "x + x^3/3", "--gain", "1/2", "--format", "json").data
    assert first["gains"] == second["gains"] and first["exact"] == second["exact"]


def test_the_printed_schedules_meet_the_bound() -> None:
    shown = run("shape", "gelu", "--bound", "1", "--depth", "100").out
    kappa = re.search(r"kappa >= (\S+)", shown)
    gain = re.search(r"alpha <= (\S+)", shown)
    assert kappa is not None and gain is not None
    total = run("shape", "gelu", "--kappa", kappa[1], "--depth", "100", "--format", "json").data["total"]["log_growth"]
    assert 0.999 < total <= 1
    one = run("shape", "gelu", "--gain", gain[1], "--format", "json").data["gains"][0]["g"]
    assert 0.999 < 50 * math.log(one) <= 1


@pytest.mark.parametrize("network", ["(dense >> batch_norm(batch=B) >> relu)^L", "(dense >> bn(batch=8) >> relu)^20"])
def test_derive_does_not_claim_the_rate(network: str) -> None:
    assert run("derive", network).status == 1


def test_derive_and_help_load_nothing_of_it() -> None:
    program = ("import sys; from freeblock.__main__ import main; main(sys.argv[1:]); "
               "print([name for name in sys.modules if 'batch_normalization' in name or 'activation.given' in name])")
    for arguments in (["derive", "dense >> relu"], ["--help"]):
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_simulation_of_data_without_full_rank_has_nothing_to_measure(form):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outcome = run("isometry-gap", "1, 2, 0", "--depth", "3", "--simulate", "10", "--format", form)
    assert outcome.status == 0 and "nan" not in outcome.out.lower()
    assert form == "json" or "no formula is known for their rate" in outcome.out
