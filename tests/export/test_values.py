"""Every target, executed, against the JSON evaluated by sympy and mpmath."""

from __future__ import annotations

import random
from pathlib import Path

import mpmath
import pytest
from exported_code import REFUSALS, RUNNERS, exported
from json_values import value

import freeblock as fb

LANGUAGES = ["python", "numpy", "c", "julia"]
RANDOM = {"L": (2, 6), "m": (2, 9), "n": (2, 9), "k": (2, 9)}

# Every function of the language, each where its value matters.
FORMULAS = [
    "sqrt(a)/2 + sqrt(9*L^2)", "exp(a/3)*e^L", "log(1+a)/(2+log(a+3*b))", "erf(a)", "erf(5*a)+erf(a/10)", "Phi(a-b)", "Phi(-3*a)",
    "Phi(-60*a)", "gamma(a)", "gamma(1/10+a)/gamma(b)", "gamma(300*L+a)/gamma(300*L)", "harmonic(L)", "harmonic(2000*L)+harmonic(a)",
    "floor(3*a)+1", "floor(L/2)+ceiling(L/3)", "ceiling(7*a)", "floor(sqrt(36*L^2))/6", "min(a, b, 3/4)", "max(a, b, 1)", "abs(a-b)+1",
    "tanh(a)+tanh(30*b)", "arcsin(a/(a+b)) + arcsin(sqrt(a/(a+1)))", "pi^2*a + a^pi", "(a/7)^(3/2)/(1+b)^(1/3)", "(2/3)^L + 3^(-L)", "1 + (1/3)^(10*L)",
    "123456789012345678901234567890*a/98765432109876543210", "(1+a)^40/3^40", "a^(L+b)/(a+b)^L", "10^30/(10^30+1)*a",
    "2^(1/2)*3^(1/3)+5^(2/7)*a",
]
NETWORKS = [
    "(dense >> relu)^L", "(id + (dense >> relu >> dense))^L", "dense(m) >> relu >> dense(k, var=a/fan_in)", "(dense >> selu)^L",
    "dense(m) >> tanh(q=a) >> dense(k)", "serial[l=1..L](id + l^(-1/2) * dense(var=a/fan_in))",
    "serial[l=1..L](dense(var=(l^2 + a)/n))", "serial[l=1..L](dense(var=a^l/n) >> leaky_relu(b/l))",
    "sum[l=1..L]((1/l) * dense(var=a/fan_in))", "sum[l=1..L](serial[j=l..L](dense(var=(j+l)*a/n)))",
    "sum[l=1..L](serial[j=1..3](dense(var=erf(j*a)/n)) >> dense(var=l/fan_in))",
    "stack[l=1..L](dense(m, var=l*a/fan_in)) >> dense(n)", "(serial[l=1..L](id + dense(var=min(l,a,2)/fan_in)) >> dense(m)) | id",
    "serial[l=2..L+1](dense(var=gamma(l+a)/gamma(l)/n))", "opaque(F, left, right) >> dense(m) >> opaque(G, left, right)",
    "dense(m) | dense(k, var=a/n) | id", "dense(var=0)>>relu", "dense(var=2/fan_in)", "id", "(bn >> relu(p=1/3) >> dense)^3",
    "(dense >> dropout(keep=a/(1+a)))^(2*L)", "(dense(m)>>relu>>dense(n))^L",
]


def _random_values(names: list[str], seed: str) -> dict[str, float]:
    chance = random.Random(seed)
    return {name: float(chance.randint(*RANDOM[name])) if name in RANDOM else round(chance.uniform(0.3, 1.6), 3) for name in names}


def _symbols(derivation: object) -> list[str]:
    from freeblock.report.code.content import Content

    return list(Content(derivation.derivation, "").symbols)  # type: ignore[attr-defined]


def _check(text: str, target: str, folder: Path, results: list[str], order: int = 2, tolerance: float = 1e-11, **options: object) -> None:
    derivation = fb.derive(text, order=order, **options)  # type: ignore[arg-type]
    data = derivation.data()
    values = _random_values(_symbols(derivation), text)
    function = RUNNERS[target](derivation.export(target), folder)
    for name in results:
        formula = data["moments"][int(name[4:]) - 1] if name.startswith("phi_") else data[name]
        if formula is None:
            continue
        expected = float(value(formula, data, values))
        assert function(name, values) == pytest.approx(expected, rel=tolerance, abs=1e-300), (name, values)


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("formula", FORMULAS)
def test_functions(formula: str, target: str, tmp_path: Path) -> None:
    _check(f"dense(var=({formula})/n)", target, tmp_path, ["phi"])


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("text", NETWORKS)
def test_networks(text: str, target: str, tmp_path: Path) -> None:
    _check(text, target, tmp_path, ["phi", "variance", "kappa", "phi_2", "phi_3"], order=3, tolerance=1e-10, assume_free=True)


# Mathics sums and multiplies symbolically first, which takes minutes where a summand is no polynomial.
IN_MATHICS = [f"dense(var=({formula})/n)" for formula in FORMULAS if not any(name in formula for name in ("300", "2000", "60", "1234", "10^30", "5^(2/7)", "3^40"))] + [
    "(dense >> relu)^L", "(id + (dense >> relu >> dense))^L", "dense(m) >> relu >> dense(k, var=a/fan_in)", "(dense >> selu)^L",
    "serial[l=1..L](dense(var=(l + a)/n))", "sum[l=1..L]((1/l) * dense(var=a/fan_in))", "dense(var=0)>>relu", "id",
    "dense(m) | dense(k, var=a/n) | id",
]


@pytest.mark.parametrize("text", IN_MATHICS)
def test_mathematica(text: str, tmp_path: Path) -> None:
    _check(text, "mathematica", tmp_path, ["phi", "kappa"], tolerance=1e-10, assume_free=True)


@pytest.mark.parametrize("target", [*LANGUAGES, "mathematica"])
def test_the_input_side(target: str, tmp_path: Path) -> None:
    _check("dense(m) >> relu >> dense(k, var=a/fan_in)", target, tmp_path, ["phi", "variance", "kappa"], side="in")


DEEP = {"(dense >> relu)^L": {"L": 1e6, "sigma_w": 1.5}, "(dense >> relu)^(3*L)": {"L": 1e6, "sigma_w": 0.3},
        "(id + (dense >> relu >> dense))^L": {"L": 1e6, "sigma_w": 2.0}, "(dense >> selu >> dropout(keep=a))^L": {"L": 1e6, "sigma_w": 3.0, "a": 0.3},
        "(dense(m) >> relu >> dense(n))^L": {"L": 1e6, "sigma_w": 0.01, "m": 10.0, "n": 10.0},
        "serial[l=1..L](dense(var=l/n))": {"L": 2000.0}, "serial[l=1..L](id + dense(var=(a+l)^3/(n*(l+1))))": {"L": 150.0, "a": 2.5}}


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("text", DEEP)
def test_depth_overflows_in_phi_alone(text: str, target: str, tmp_path: Path) -> None:
    derivation, values = fb.derive(text, assume_free=True), DEEP[text]
    data = derivation.data()
    values = {name: values[name] for name in _symbols(derivation)}
    function = RUNNERS[target](derivation.export(target), tmp_path)
    exact = value(data["phi"], data, values)
    assert abs(mpmath.log(exact)) > 700
    for name, logarithm in (("log_phi", mpmath.log), ("log10_phi", mpmath.log10)):
        assert function(name, values) == pytest.approx(float(logarithm(exact)), rel=1e-12)
    assert function("phi", values) == float(exact) in {0.0, float("inf")}
    assert function("kappa", values) == pytest.approx(float(value(data["kappa"], data, values)), rel=1e-10)


def test_logarithm_in_mathematica(tmp_path: Path) -> None:
    from exported_code import Mathematica

    file = Mathematica(fb.derive("(id + (dense >> relu >> dense))^L").export("mathematica"), tmp_path)
    assert file.number("N[logPhi /. {L -> 10^6, sigmaW -> 2}]") == pytest.approx(1e6 * float(mpmath.log(9)), rel=1e-12)


@pytest.mark.parametrize("target", LANGUAGES)
@pytest.mark.parametrize("values", [{"L": 3, "sigma_w": -1.0}, {"L": 3, "sigma_w": 0.0}, {"L": 2.5, "sigma_w": 1.0}, {"L": 0, "sigma_w": 1.0},
                                    {"L": 3, "sigma_w": float("nan")}, {"L": float("inf"), "sigma_w": 1.0}])
def test_values_that_are_not_allowed(target: str, values: dict[str, float], tmp_path: Path) -> None:
    function = exported("(dense >> relu)^L", target, tmp_path)
    if target == "c":
        assert function("phi", values) != function("phi", values)
        return
    with pytest.raises(REFUSALS):
        function("phi", values)


def test_numpy_broadcasts() -> None:
    import numpy as np
    from exported_code import module

    text = "serial[l=1..L](dense(var=(l+a)/n)) >> tanh(q=a) >> dense(var=Phi(-40*a)/n)"
    phi = module(fb.derive(text).export("numpy")).phi
    depths, a = np.array([1, 2, 5])[:, None], np.array([0.3, 0.9, 1.5, 2.0])
    found = phi(L=depths, a=a)
    single = module(fb.derive(text).export("python")).phi
    assert found.shape == (3, 4)
    for (row, column), number in np.ndenumerate(found):
        assert number == pytest.approx(single(L=int(depths[row, 0]), a=float(a[column])), rel=1e-12)
