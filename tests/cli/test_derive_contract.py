"""The JSON of `derive` is a contract: its keys, its formula strings, and their values, worked out here by hand."""

from __future__ import annotations

import math

import pytest
import sympy
from command_line import derive, run
from formula_strings import locals_of, number, random_values, read

KEYS = {"expression", "shape", "side", "order", "phi", "variance", "kappa", "moments", "log10_phi", "definitions",
        "symbols", "contributions", "hypotheses", "steps", "latex"}
OPTIONAL = {"limits", "notes"}
STEP = {"number", "theorem", "block", "blocks", "shape", "premises", "phi", "variance", "state", "latex", "hypotheses"}
GIVEN = {"rule", "law", "arguments", "count", "factor", "index", "lower", "upper"}
HYPOTHESIS = {"theorem", "order", "status", "name", "blocks", "because", "count"}
FLAGSHIP = "(id + (bn >> relu >> dense))^L"
PREACT = "# preact\nbranch = bn >> relu >> dense(var=sigma_w^2/fan_in)\nnet = (id + branch)^L"


@pytest.mark.parametrize("text", ["dense", PREACT, "dense(m) | id", "sum[l=1..L](l * dense)", "dense(bias=1) >> selu",
                                  "serial[l=1..L](id + (1/L) * dense)"])
def test_keys_and_types(text):
    data = derive(text).data
    assert KEYS <= data.keys() <= KEYS | OPTIONAL
    assert data["expression"] == text
    assert set(data["shape"]) == {"in", "out"}
    assert (data["order"], data["side"]) == (2, "out")
    assert all(isinstance(data[key], str | None) for key in ("phi", "variance", "kappa", "log10_phi"))
    assert len(data["moments"]) == 2
    for name, entry in data["symbols"].items():
        assert name.isidentifier() and isinstance(entry["latex"], str)
        assert set(entry["assumptions"]) <= {"positive", "integer"}
    assert all(set(entry) == {"block", "count", "kappa"} for entry in data["contributions"])
    for entry in data["hypotheses"]:
        assert set(entry) == HYPOTHESIS and entry["status"] in ("proved", "assumed", "refused")
        assert isinstance(entry["order"], int) and entry["count"] >= 1 and entry["because"]
    for place, step in enumerate(data["steps"], 1):
        assert STEP <= step.keys() <= STEP | GIVEN and step["number"] == place
        assert all(premise["step"] < place for premise in step["premises"])
        assert all(0 <= entry < len(data["hypotheses"]) for entry in step["hypotheses"])
    assert {"phi", "variance"} <= data["latex"].keys()


def moments_of_stack(v):
    """[A; I] with A of m rows: JᵀJ = AᵀA + I, traced over the m + n outputs."""
    m, n, s = v["m"], v["n"], v["sigma_w"] ** 2
    return (m * s + n) / (m + n), (m * s * s * (1 + m / n) + 2 * m * s + n) / (m + n)


def gaussian_mean(function):
    """E function(z), z standard normal, by the trapezoidal rule."""
    step = 1 / 64
    return step * sum(function(k * step) * math.exp(-(k * step) ** 2 / 2) for k in range(-800, 801)) / math.sqrt(2 * math.pi)


def relative(phi, kappa):
    return phi, phi * phi * kappa


def residual(branch, kappa, depth):
    """(I + B)^L for free B of mean zero: 1 + φ_B per block, ϕ_B + 2 φ_B to its variance."""
    return relative((1 + branch) ** depth, depth * (kappa * branch**2 + 2 * branch) / (1 + branch) ** 2)


def rate(v, place):
    return v["sigma_w"] ** 4 / 2 / place


BY_HAND = {
    "dense": lambda v: relative(v["sigma_w"] ** 2, 1),
    "dense(m) >> dense(k)": lambda v: relative(v["sigma_w"] ** 4, v["k"] / v["n"] + v["k"] / v["m"]),
    "(dense >> relu)^L": lambda v: relative((v["sigma_w"] ** 2 / 2) ** v["L"], 2 * v["L"]),
    "(id + (dense >> relu >> dense))^L": lambda v: residual(v["sigma_w"] ** 4 / 2, 3, v["L"]),
    "dense(m) | id": lambda v: (moments_of_stack(v)[0], moments_of_stack(v)[1] - moments_of_stack(v)[0] ** 2),
    "dropout >> dense": lambda v: relative(v["sigma_w"] ** 2 / v["keep"], 1 / v["keep"]),
    "leaky_relu(1/10) >> dense": lambda v: relative(v["sigma_w"] ** 2 * 1.01 / 2, 2 * 1.0001 / 1.01**2),
    "orthogonal(2*n) >> relu": lambda v: (1 / 4, 3 / 16 - 1 / 16),
    "relu(p) + id": lambda v: (1 + 3 * v["p"], 1 + 15 * v["p"] - (1 + 3 * v["p"]) ** 2),
    "let A = dense\nA + A": lambda v: (4 * v["sigma_w"] ** 2, 16 * v["sigma_w"] ** 4),
    "let A = dense\nA >> A": lambda v: relative(v["sigma_w"] ** 4, 2),
    "dense + dense(var=2*tau/n)": lambda v: relative(v["sigma_w"] ** 2 + 2 * v["tau"], 1),
    "bn >> dense >> ln": lambda v: relative(v["sigma_w"] ** 2 / (v["sigma_B"] * v["sigma_L"]) ** 2, 1),
    "dense >> tanh": lambda v: relative(v["sigma_w"] ** 2 * gaussian_mean(lambda z: math.cosh(z) ** -4),
                                        gaussian_mean(lambda z: math.cosh(z) ** -8) / gaussian_mean(lambda z: math.cosh(z) ** -4) ** 2),
    "opaque(F, left, right) >> dense": lambda v: relative(v["phi_F"] * v["sigma_w"] ** 2, v["variance_F"] / v["phi_F"] ** 2 + 1),
    "sum[l=1..L](l * dense)": lambda v: relative(v["sigma_w"] ** 2 * sum(l * l for l in range(1, v["L"] + 1)), 1),
    "serial[l=1..L](id + l^(-1/2) * (dense >> relu >> dense))": lambda v: relative(
        math.prod(1 + rate(v, l) for l in range(1, v["L"] + 1)),
        sum((3 * rate(v, l) ** 2 + 2 * rate(v, l)) / (1 + rate(v, l)) ** 2 for l in range(1, v["L"] + 1))),
}


@pytest.mark.parametrize("text", BY_HAND)
def test_values_by_hand(text):
    data = derive(text).data
    assert all(read(data[key], data).free_symbols <= set(locals_of(data).values()) for key in ("phi", "variance"))
    for seed in range(2):
        values = random_values(data, seed)
        phi, variance = BY_HAND[text](values)
        assert number(data["phi"], data, values) == pytest.approx(phi, rel=1e-9)
        assert number(data["variance"], data, values) == pytest.approx(variance, rel=1e-9, abs=1e-12)
        assert number(data["kappa"], data, values) == pytest.approx(variance / phi**2, rel=1e-9, abs=1e-12)
        assert number(data["moments"][0], data, values) == pytest.approx(phi, rel=1e-9)
        assert number(data["moments"][1], data, values) == pytest.approx(variance + phi**2, rel=1e-9)


def test_higher_moments_are_those_of_marchenko_and_pastur():
    data = derive("dense", "--order", "6").data
    for k, moment in enumerate(data["moments"], 1):
        catalan = math.comb(2 * k, k) // (k + 1)
        assert number(moment, data, {"sigma_w": 0.7, "n": 3}) == pytest.approx(catalan * 0.7 ** (2 * k))


def test_the_input_side():
    data = derive("dense(m)", "--side", "in").data
    values = {"sigma_w": 0.8, "m": 3, "n": 5}
    assert data["side"] == "in" and data["steps"][-1]["theorem"] == "transpose"
    assert number(data["phi"], data, values) == pytest.approx(0.64 * 3 / 5)
    assert number(data["variance"], data, values) == pytest.approx(0.64**2 * 3 / 5)


def test_shares_of_kappa_add_up():
    data = derive("dense(m) >> relu >> (id + (dense >> relu >> dense))^L >> dense(k)").data
    values = random_values(data)
    shares = [number(entry["kappa"], data, values) for entry in data["contributions"]]
    assert sum(shares) == pytest.approx(number(data["kappa"], data, values))
    assert "L" in [entry["count"] for entry in data["contributions"]]


def test_limits_of_depth():
    data = derive("serial[l=1..L](id + (1/sqrt(L)) * dense(var=c/n))").data
    assert number(data["limits"]["L"]["phi"], data, {"c": 0.3, "n": 2, "L": 2}) == pytest.approx(math.exp(0.3))


def test_keywords_and_greek_names():
    data = derive("dense(var=λ/n) >> relu(in) >> dense(var=E/n) >> relu(beta)").data
    assert {"lambda_", "in_", "beta"} <= data["symbols"].keys() and "E" not in data["symbols"]
    assert data["symbols"]["lambda_"]["latex"] == r"\lambda"
    values = dict.fromkeys(data["symbols"], 0.5)
    assert number(data["phi"], data, values) == pytest.approx(0.5**4)


def test_long_formulas_are_defined_once():
    factors = {f"v{place}": 1 + place / 1000 for place in range(300)}
    data = derive(" >> ".join(f"(id + dense(var={name}/n))" for name in factors), "--assume-free").data
    assert data["definitions"]
    assert all(len(data[key]) <= 2000 for key in ("phi", "variance", "kappa"))
    values = {**factors, "n": 2}
    assert number(data["phi"], data, values) == pytest.approx(math.prod(1 + value for value in factors.values()))
    kappa = sum((value**2 + 2 * value) / (1 + value) ** 2 for value in factors.values())
    assert number(data["kappa"], data, values) == pytest.approx(kappa)
    assert read(data["phi"], data).free_symbols <= set(read(" + ".join(data["definitions"]), data).free_symbols)


def test_settings_down_to_numbers():
    data = derive("(dense >> relu)^L", "--set", "L=3", "--set", "sigma_w=sqrt(2)").data
    assert (data["phi"], data["variance"], data["kappa"], data["moments"]) == ("1", "6", "6", ["1", "7"])
    assert data["log10_phi"] == 0
    assert "φ(JJᵀ) = 1\n" in run("derive", "(dense >> relu)^L", "--set", "L=3", "--set", "sigma_w=sqrt(2)", "--format", "text").out


def test_numbers_beyond_the_range_of_a_float():
    for sigma, exponent in (("2", 1e6), ("1", -1e6)):
        outcome = derive("(dense >> relu)^L", "--set", "L=10^6", "--set", f"sigma_w={sigma}")
        assert len(outcome.out) < 20_000
        assert outcome.data["log10_phi"] == pytest.approx(exponent * math.log10(2), rel=1e-12)
        assert read(outcome.data["phi"], outcome.data) == sympy.Integer(2) ** int(exponent)
    text = run("derive", "(dense >> relu)^L", "--set", "L=10^6", "--set", "sigma_w=2", "--format", "text").out
    assert "e+301029" in text


def test_other_blocks_by_name():
    program = "branch = dense >> relu\nnet = branch >> dense(var=9/n)"
    data = derive(program, "--name", "branch").data
    assert read(data["phi"], data) == read("sigma_w**2/2", data)
    assert derive(program).data["steps"][-1]["block"] == "branch >> dense(var=9/n)"
