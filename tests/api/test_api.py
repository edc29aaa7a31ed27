"""The Python interface in the hands of someone who makes mistakes, and beside the command line."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy
import pytest
import sympy

import freeblock as fb

SIGMA = sympy.Symbol("sigma_w", positive=True)
CHAIN = "(dense >> relu)^L"


def error_of(function, *arguments, **options):
    with pytest.raises(fb.FreeblockError) as caught:
        function(*arguments, **options)
    error = caught.value
    assert error.message and str(error).startswith(f"error: {error.message.splitlines()[0]}")
    return error


def test_keywords_mirror_the_options(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "half:\n  title: Half\n  kind: structure\n  jacobian:\n    moments: 1/4^k\n    traits: {scalar: true}\n  source: by definition\n")
    d = fb.derive("a = half >> dense(m)\nb = a >> relu", order=3, name="a", library=str(tmp_path / "mine.yaml"),
                  values={"sigma_w": 4, "m": "2*n"}, side="in", assume_free=True)
    # φ(JᵀJ) = (m/n)·φ(JJᵀ) with φ(JJᵀ) = σ²/4
    assert d.phi == 8
    assert d.derivation.order == 3 and d.derivation.side == "in"
    assert fb.derive("dense", library=None).phi == SIGMA**2
    assert fb.derive("half", library=[str(tmp_path / "mine.yaml")]).phi == sympy.Rational(1, 4)


def test_assumptions():
    flagship = "(id + (bn >> relu >> dense))^L"
    assert fb.derive(flagship).variance is None
    for assume in ("independent-patterns", ["independent-patterns", "half-active"], ("free-blocks",)):
        d = fb.derive(flagship, assume=assume)
        assert d.variance is not None
        assert any(item.status == "assumed" and item.order == 2 for item in d.hypotheses)
        assert not any(item.status == "refused" for item in d.hypotheses)
    error = error_of(fb.derive, flagship, assume="independent-paterns")
    assert error.hint == "did you mean `independent-patterns`?"
    assert error_of(fb.derive, flagship, require_variance=True).exit_status == 1


@pytest.mark.parametrize("value", [2, 2.0, Fraction(2), "2", "sqrt(4)", numpy.float64(2), numpy.int64(2)])
def test_values_of_every_kind(value):
    assert fb.derive("dense", values={"sigma_w": value}).phi == 4
    assert fb.derive("dense", values={"σ_w": value}).phi == 4


def test_numbers_are_exact():
    assert fb.derive("dense", values={"sigma_w": 0.1}).phi == sympy.Rational(1, 100)
    assert fb.derive("dense", values={"sigma_w": 10**50}).phi == 10**100
    assert fb.derive("dense", values={"sigma_w": 1e-320}).phi == sympy.Rational(1, 10**640)


@pytest.mark.parametrize("value", [None, True, [1], 1 + 2j, float("nan"), float("inf"), b"2"])
def test_values_of_no_kind(value):
    error = error_of(fb.derive, "dense", values={"sigma_w": value})
    assert error.message == f"`sigma_w` cannot be set to {value!r}"
    if value is not None:
        assert error_of(fb.derive("dense").evaluate, {"sigma_w": value}).message == error.message


@pytest.mark.parametrize(("options", "message"), [
    ({"order": 0}, "the order is a whole number from 1 to 12, not 0"),
    ({"order": 13}, "the order is a whole number from 1 to 12, not 13"),
    ({"order": "2"}, "the order is a whole number from 1 to 12, not '2'"),
    ({"order": 2.5}, "the order is a whole number from 1 to 12, not 2.5"),
    ({"order": True}, "the order is a whole number from 1 to 12, not True"),
    ({"side": "up"}, "the side cannot be 'up'"),
    ({"name": "net"}, "no definition is called `net`"),
    ({"library": "no.yaml"}, "`no.yaml` cannot be read: no such file or directory"),
    ({"values": {"pi": 3}}, "`pi` has a fixed meaning and cannot be set"),
    ({"values": {"sigma_v": 3}}, "`sigma_v` does not occur in the expression"),
    ({"values": {1: 3}}, "`1` is not a name"),
    ({"values": {"σ_w": 1, "sigma_w": 2}}, "`sigma_w` is set twice"),
    ({"assume": "nothing"}, "no hypothesis is called `nothing`"),
])
def test_options_that_cannot_be(options, message):
    error = error_of(fb.derive, "dense", **options)
    assert error.message == message and error.exit_status == 2


@pytest.mark.parametrize("text", [None, 3, b"dense", ["dense"]])
def test_expressions_that_are_no_text(text):
    assert error_of(fb.derive, text).message == f"the expression is text, not {type(text).__name__}"
    assert error_of(fb.check, text).message == f"the expression is text, not {type(text).__name__}"


def test_moments_that_were_not_asked_for():
    d = fb.derive(CHAIN)
    assert d.moment(1) == d.phi
    for k in (0, 3, -1, 1.5, "1", True):
        assert error_of(d.moment, k).message == f"the moments are those of order 1 to 2, not {k!r}"


def test_evaluation():
    d = fb.derive(CHAIN)
    numbers = d.evaluate({"σ_w": 1.5, "L": numpy.int64(3), "unused": 7})
    phi = (1.5**2 / 2) ** 3
    assert (numbers.phi, numbers.kappa, numbers.variance) == pytest.approx((phi, 6, 6 * phi**2))
    assert numbers.moments == pytest.approx((phi, 7 * phi**2))
    error = error_of(d.evaluate, {"sigma_w": 1})
    assert (error.message, error.hint) == ("`L` needs a value", "add 'L' to the values")
    large = d.evaluate({"sigma_w": 2, "L": 10**6})
    assert large.phi == float("inf") and large.log10_phi == pytest.approx(1e6 * 0.30102999566398120)
    assert error_of(d.evaluate, {"sigma_w": 1, "L": 1e300}).message.startswith("the result has no value there")
    refused = fb.derive("(id + (bn >> relu >> dense))^L").evaluate({"sigma_w": 1, "sigma_B": 1, "L": 2})
    assert refused.phi == pytest.approx(2.25) and refused.variance is None and refused.moments[1] is None


def test_zero_blocks():
    d = fb.derive("0 * dense")
    assert (d.phi, d.variance, d.kappa) == (0, 0, None)
    assert d.evaluate({"sigma_w": 1}).log10_phi is None


def test_errors_are_told_as_on_the_command_line():
    error = error_of(fb.derive, "a = id\nb = dense >> rellu")
    assert (error.message, error.hint) == ("no block is called `rellu`", "did you mean `relu`?")
    assert (error.span.line, error.span.column, error.span.text) == (2, 14, "rellu")
    assert str(error).splitlines()[1:5] == ["  --> expression:2:14", "   |", " 2 | b = dense >> rellu", "   |              ^^^^^"]
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (str(again), again.hint, again.span.column) == (str(error), error.hint, 14)


def test_prints():
    d = fb.derive(CHAIN, order=3)
    assert json.loads(d.to_json()) == d.data()
    assert d.latex(document=True).startswith("% freeblock") and r"\end{document}" in d.latex(document=True)
    assert r"\begin{document}" not in d.latex()
    assert len(d.latex(steps="none")) < len(d.latex(steps="summary")) < len(d.latex(steps="full"))
    assert "$" in d.text(style="markdown") and "σ_w" in d.text(style="unicode") and "sigma_w" in d.text()
    assert d._repr_latex_().startswith("$$") and "(dense >> relu)^L" in repr(d)
    for function, name in ((d.latex, "steps"), (d.text, "steps"), (d.text, "style")):
        assert error_of(function, **{name: "bogus"}).message == f"the {name} cannot be 'bogus'"
    assert d in {d}


def test_the_json_is_that_of_the_command_line():
    done = subprocess.run([sys.executable, "-m", "freeblock", "derive", CHAIN, "--order", "3", "--format", "json"],
                          capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout) == fb.derive(CHAIN, order=3).data()


def test_check():
    result = fb.check("dense(m) >> dense(n)", width=32, samples=50, seed=3, order=3, values={"m": "2*n", "sigma_w": 1.5})
    assert [entry.k for entry in result.orders] == [1, 2, 3] and result.agrees
    again = fb.check("dense(m) >> dense(n)", width=32, samples=50, seed=3, order=3, values={"m": "2*n", "sigma_w": 1.5})
    assert [entry.measured for entry in result.orders] == [entry.measured for entry in again.orders]
    # φ = σ⁴ and κ = (n/m)·(m/n) + n/m = 3/2 predict φ_2 = 5/2·σ⁸
    assert [entry.predicted for entry in result.orders[:2]] == pytest.approx([1.5**4, 2.5 * 1.5**8])


@pytest.mark.parametrize(("options", "message"), [
    ({"width": 4}, "the width must lie between 8 and 4096, not 4"),
    ({"width": 16.5}, "the width is a whole number, not 16.5"),
    ({"samples": 1}, "the samples must lie between 2 and 1000000, not 1"),
    ({"seed": "a"}, "the seed is a whole number, not 'a'"),
    ({"order": 9}, "the order must lie between 1 and 8, not 9"),
    ({"values": {"sigma_w": "a"}}, "`a` needs a number"),
])
def test_checks_that_cannot_be(options, message):
    assert error_of(fb.check, "dense", **{"width": 16, "samples": 2, **options}).message == message


def test_importing_and_deriving_leave_sympy_alone():
    code = (f"import sys, freeblock as fb; early = 'numpy' in sys.modules; d = fb.derive({CHAIN!r}, order=4); "
            "d.evaluate({'sigma_w': 1, 'L': 3}); d.hypotheses; d.steps; d._repr_latex_(); repr(d); d.to_json(); "
            "print(early, 'sympy' in sys.modules, d.phi is not None, 'sympy' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False", "True", "True"]


def test_there_is_nothing_else():
    assert set(fb.__all__) == {"FreeblockError", "__version__", "check", "compare", "derive", "dilution", "forward", "overlap", "shallow", "solve", "verify"}
    with pytest.raises(AttributeError):
        fb.nothing  # noqa: B018
