"""`import freeblock as fb`: what DESIGN promises of the Python interface."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import sympy

import freeblock as fb

SIGMA, DEPTH = sympy.Symbol("sigma_w", positive=True), sympy.Symbol("L", positive=True, integer=True)


def test_formulas_are_sympy() -> None:
    d = fb.derive("(dense >> relu)^L", order=4)
    assert sympy.expand_log(sympy.log(d.phi) - DEPTH * sympy.log(SIGMA**2 / 2), force=True).equals(0)
    assert d.kappa == 2 * DEPTH
    at = {SIGMA: 1.5, DEPTH: 3}
    assert float(d.variance.subs(at)) == pytest.approx(6 * (1.5**2 / 2) ** 6)
    # m_3 = 1 + 3κ + (3/2)κ² + λ_2 with κ = 2L and λ_2 = L·(−1/2 + (4 − 1 − 3 − 3/2)), of dense and of relu
    assert float(d.moment(3).subs(at)) == pytest.approx((1 + 18 + 54 + 3 * (-0.5 - 1.5)) * (1.5**2 / 2) ** 9)
    assert d.moment(4) is not None


def test_what_is_refused_is_none() -> None:
    d = fb.derive("(id + (bn >> relu >> dense))^L")
    assert d.phi is not None
    assert d.variance is None and d.kappa is None and d.moment(2) is None
    assert {item.status for item in d.hypotheses} >= {"proved", "refused", "assumed"}
    assumed = fb.derive("(id + (bn >> relu >> dense))^L", assume="independent-patterns")
    assert assumed.variance is not None
    post = fb.derive("((id + (dense >> relu >> dense)) >> relu)^L")
    assert post.phi is None
    with pytest.raises(fb.FreeblockError) as caught:
        fb.derive("(id + (relu >> dense))^2", require_variance=True)
    assert caught.value.exit_status == 1


def test_values_and_evaluation() -> None:
    d = fb.derive("(dense >> relu)^L", values={"sigma_w": "sqrt(2)"})
    assert d.phi == 1
    numbers = fb.derive("(dense >> relu)^L").evaluate({"sigma_w": 1, "L": 10**6})
    assert numbers.log10_phi == pytest.approx(-1e6 * 0.30102999566398120, rel=1e-12)
    assert numbers.phi == 0.0 and numbers.kappa == 2e6
    with pytest.raises(fb.FreeblockError):
        d.evaluate({})


def test_errors_carry_message_span_and_hint() -> None:
    with pytest.raises(fb.FreeblockError) as caught:
        fb.derive("dense >> rleu")
    error = caught.value
    assert "rleu" in error.message and error.span is not None and error.span.column == 10
    assert "relu" in (error.hint or "")


def test_prints() -> None:
    d = fb.derive("(id + (dense >> relu >> dense))^L")
    assert json.loads(d.to_json())["kappa"]
    assert r"\phi(JJ^{\top})" in d.latex(steps="none")
    assert d._repr_latex_().startswith("$$") and d._repr_latex_().rstrip().endswith("$$")
    assert "φ" in repr(d)
    assert d.steps[-1].law.phi == d.derivation.law.phi


def test_check() -> None:
    result = fb.check("(dense(var=2/fan_in) >> relu)^2", width=64, samples=200, seed=1)
    assert result.agrees
    assert set(result.to_data()) >= {"orders", "agrees"}


def test_deriving_imports_no_sympy() -> None:
    code = ("import sys, freeblock as fb; d = fb.derive('(dense >> relu)^L'); d.latex(); d.to_json(); d.text(); "
            "print('sympy' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "False"


def test_a_papers_symbols() -> None:
    d = fb.derive("(dense(k) >> relu >> dense(n))^L", order=3)
    paper = {"phi": r"\mu", "kappa": "K", "moment": "M", "J": r"\mathbf{J}", "sigma_w": r"\tau", "L": "T", "k": "N_1"}
    report = d.latex(notation=paper)
    for shown in (r"\mu(\mathbf{J} \mathbf{J}^{\top}) &= ", "K &= ", r"M_{3}(\mathbf{J} \mathbf{J}^{\top}) &= "):
        assert shown in report
    data, usual = d.data(notation=paper), d.data()
    assert json.loads(d.to_json(notation=paper)) == data
    assert {name: entry["latex"] for name, entry in data["symbols"].items()} == {
        "sigma_w": r"\tau", "L": "T", "k": "N_{1}", "n": "n"}
    assert all(data[key] == usual[key] for key in ("phi", "variance", "kappa", "moments", "hypotheses"))
    assert r"$K = " in d.text(style="markdown", notation=paper)


@pytest.mark.parametrize("notation", [{"phi": r"\input{x}"}, {"phi": 1}, {1: "x"}, {"sigma_v": "x"}, "phi=x", ["phi"]])
def test_a_notation_that_is_none_is_refused(notation: object) -> None:
    with pytest.raises(fb.FreeblockError) as caught:
        fb.derive("dense >> relu").latex(notation=notation)  # type: ignore[arg-type]
    assert caught.value.hint
