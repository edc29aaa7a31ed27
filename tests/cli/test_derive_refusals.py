"""What `derive` does with hypotheses: refused, assumed, proved; the same in every format, the same in every run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import derive, run
from formula_strings import number, random_values

FLAGSHIP = "(id + (bn >> relu >> dense))^L"
REFUSED = "((id + (dense >> relu >> dense)) >> relu)^L"
FORMATS = ["latex", "text", "markdown", "unicode", "json"]


def statuses(data, name):
    return {entry["status"] for entry in data["hypotheses"] if entry["name"] == name}


def test_a_refused_variance_is_null_and_phi_is_given():
    outcome = derive(FLAGSHIP)
    assert outcome.status == 0 and not outcome.err
    data = outcome.data
    assert data["variance"] is None and data["kappa"] is None and data["moments"][1] is None
    assert data["latex"]["variance"] is None and data["contributions"] == []
    (refusal,) = [entry for entry in data["hypotheses"] if entry["status"] == "refused"]
    assert (refusal["theorem"], refusal["order"], refusal["name"]) == ("serial", 2, "independent-patterns")
    assert data["steps"][-1]["variance"] is None
    values = random_values(data)
    assert number(data["phi"], data, values) == pytest.approx(
        (1 + values["sigma_w"] ** 2 / (2 * values["sigma_B"] ** 2)) ** values["L"])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("steps", ["none", "summary", "full"])
def test_the_refusal_stands_in_its_place_in_every_format(form, steps):
    outcome = run("derive", FLAGSHIP, "--format", form, "--steps", steps)
    assert outcome.status == 0 and not outcome.err
    words = " ".join(outcome.out.split())
    assert "independent-patterns" in words
    assert "refused" in words
    if form != "json":
        assert "not given" in words


@pytest.mark.parametrize("form", FORMATS)
def test_require_variance(form):
    outcome = run("derive", FLAGSHIP, "--format", form, "--require", "variance")
    assert outcome.status == 1
    assert outcome.err.startswith("error: the variance is refused\n  order 2, serial: ")
    assert bool(outcome.out) == (form == "json")
    assert run("derive", FLAGSHIP, "--format", form, "--require", "variance", "--assume", "independent-patterns").status == 0
    assert run("derive", "dense >> relu", "--format", form, "--require", "variance").status == 0


def test_a_refusal_leaves_the_output_file_alone(tmp_path):
    file = tmp_path / "out.tex"
    assert run("derive", REFUSED, "-o", str(file)).status == 1
    assert not file.exists()
    assert run("derive", REFUSED, "--format", "json", "-o", str(file)).status == 1
    assert '"phi": null' in file.read_text(encoding="utf-8")


def test_assumptions_by_name():
    data = derive(FLAGSHIP, "--assume", "independent-patterns").data
    assert statuses(data, "independent-patterns") == {"assumed"}
    assert not [entry for entry in data["hypotheses"] if entry["status"] == "refused"]
    values = random_values(data)
    branch = values["sigma_w"] ** 2 / (2 * values["sigma_B"] ** 2)
    assert number(data["kappa"], data, values) == pytest.approx(values["L"] * (2 * branch**2 + 2 * branch) / (1 + branch) ** 2)
    for form in FORMATS:
        assert "assumed" in run("derive", FLAGSHIP, "--format", form, "--assume", "independent-patterns").out


def test_a_wrong_assumption_does_not_help():
    data = derive(FLAGSHIP, "--assume", "half-active").data
    assert data["variance"] is None
    outcome = run("derive", REFUSED, "--assume", "half-active")
    assert outcome.status == 1
    assert outcome.err.endswith("add --assume independent-patterns\n")


@pytest.mark.parametrize("options", [["--assume-free"], ["--assume", "free-blocks", "--assume", "half-active"],
                                     ["--assume", "half-active", "--assume", "independent-patterns"]])
def test_what_the_refusal_names_is_enough(options):
    outcome = derive(REFUSED, *options, "--require", "variance")
    assert outcome.status == 0
    data = outcome.data
    assert not [entry for entry in data["hypotheses"] if entry["status"] == "refused"]
    assert [entry for entry in data["hypotheses"] if entry["status"] == "assumed"]
    values = random_values(data)
    # relu halves φ of id + B, φ_B = σ⁴/2
    assert number(data["phi"], data, values) == pytest.approx(((1 + values["sigma_w"] ** 4 / 2) / 2) ** values["L"])


def test_proved_needs_no_assumption():
    data = derive("(id + (dense >> relu >> dense))^L", "--assume-free").data
    assert {entry["status"] for entry in data["hypotheses"]} == {"proved"}


def test_higher_orders_are_refused_one_by_one():
    """φ to order 1 of the flagship; all orders of a chain of fresh weights."""
    assert [moment is None for moment in derive(FLAGSHIP, "--order", "4").data["moments"]] == [False, True, True, True]
    assert None not in derive("(dense >> relu)^L", "--order", "4").data["moments"]


def test_markdown_is_mathematics():
    out = run("derive", "(dense >> relu)^L", "--format", "markdown").out
    assert "$" in out and "## " in out and r"\sigma_{w}" in out


def test_unicode_and_text_have_no_latex():
    for form, sigma in (("unicode", "σ_w²"), ("text", "sigma_w^2")):
        out = run("derive", "(dense >> relu)^L", "--format", form).out
        assert sigma in out and "\\" not in out and "$" not in out


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_output_in_every_run(form):
    program = ("let W = dense(var=a/n)\nnet = (dense(m) | id | dense(k, var=b/n)) >> relu(p) >> dense(n, var=c/fan_in) >> "
               "(id + (W >> leaky_relu(s) >> dense))^L >> (x * dropout + y * relu(q)) >> opaque(F, left, right)")
    outputs = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-m", "freeblock", "derive", program, "--format", form, "--order", "3", "--assume-free"],
            capture_output=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr.decode()
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_formats_agree_on_the_document_option():
    document = run("derive", "dense", "--document").out
    fragment = run("derive", "dense").out
    assert r"\documentclass" in document and r"\end{document}" in document
    assert r"\documentclass" not in fragment
