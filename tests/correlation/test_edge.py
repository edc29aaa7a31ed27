"""The edge of chaos: `solve … --where "chi = 1"` and the phase diagram, against scipy."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import sympy
from layers import analysis, mean
from scipy import optimize

from freeblock.correlating import activation_function
from freeblock.correlation.phases import CHAOTIC, NONE, ORDERED, SEVERAL, phases
from freeblock.edge_solving import EdgeSolved, solve_edge
from freeblock.errors import FreeblockError, OptionError, RefusedError
from freeblock.source import Source


def solved(text: str, *unknowns: str, chi: str = "chi = 1", q: str | None = None) -> EdgeSolved:
    found = solve_edge(Source("expression", text), unknowns, [chi], q=q)
    found.require()
    return found


def tanh_square(q: float) -> float:
    return mean(lambda x: math.tanh(x) ** 2, q)


def tanh_slope(q: float) -> float:
    return mean(lambda x: math.cosh(x) ** -4, q)


@pytest.mark.parametrize("bias", [0.01, 0.05, 0.5])
def test_the_weights_of_tanh_by_iterating_the_variance(bias: float) -> None:
    """Independent of the coordinate along the edge: for each σ_w² the variance is brought to its fixed point."""
    def chi(weight: float) -> float:
        q = optimize.brentq(lambda q: weight * tanh_square(q) + bias - q, 1e-3, 20, xtol=1e-12)
        return weight * tanh_slope(q) - 1

    expected = optimize.brentq(chi, 1, 4, xtol=1e-9)
    (found,) = solved(f"dense(var=v/fan_in, bias={bias}) >> tanh", "v").data()["solutions"]
    assert float(found["v"]) == pytest.approx(expected, rel=1e-8)


def test_the_biases_of_an_activation_in_no_table() -> None:
    (found,) = solved("(dense(var=1/fan_in, bias=s^2) >> activation(sin(x) + tanh(x)/2))^20", "s", chi="1 = chi").data()["solutions"]
    def slope(x: float) -> float:
        return math.cos(x) + math.cosh(x) ** -2 / 2

    q = optimize.brentq(lambda q: mean(lambda x: slope(x) ** 2, q) - 1, 0.1, 10)
    bias = q - mean(lambda x: (math.sin(x) + math.tanh(x) / 2) ** 2, q)
    assert float(found["s"]) == pytest.approx(math.sqrt(bias), rel=1e-8)


def test_closed_forms() -> None:
    a, q, b = sympy.symbols("a q_0 b", positive=True)
    (found,) = solved("dense >> prelu(slope=a)", "sigma_w").data()["solutions"]
    assert sympy.simplify(sympy.sympify(found["sigma_w"], locals={"a": a}) ** 2 - 2 / (1 + a**2)) == 0
    (found,) = solved("dense(var=sigma_w^2/fan_in, bias=sigma_b^2) >> erf", "sigma_w", "sigma_b", q="q_0").data()["solutions"]
    values = {name: float(sympy.sympify(text, locals={"q_0": q}).subs(q, 1.3)) for name, text in found.items()}
    slope = mean(lambda x: 4 / math.pi * math.exp(-2 * x * x), 1.3)
    assert values["sigma_w"] ** 2 == pytest.approx(1 / slope, rel=1e-9)
    assert values["sigma_b"] ** 2 == pytest.approx(1.3 - mean(lambda x: math.erf(x) ** 2, 1.3) / slope, rel=1e-8)
    page = solved("dense(bias=b) >> relu", "sigma_w", chi="chi = 1/2")
    assert page.data()["solutions"] == [{"sigma_w": "1"}] and page.data()["at"][0]["q"] == "2*b"


def test_what_is_solved_for_is_at_the_edge() -> None:
    for text in ("tanh", "erf", "hard_tanh", "selu"):
        (found,) = solved(f"dense(var=v/fan_in, bias=1/10) >> {text}", "v").data()["solutions"]
        one = analysis(text, found["v"], "1/10")
        assert one.phase == "edge" and one.chi == pytest.approx(1, abs=1e-9) and one.decay.limit == 1


def test_a_fixed_point_that_repels_is_not_admissible() -> None:
    with pytest.raises(RefusedError, match="repels"):
        solved("dense(bias=1/20) >> gelu", "sigma_w")
    with pytest.raises(RefusedError, match="grows without end"):
        solved("dense(bias=1) >> relu", "sigma_w")
    (found,) = solved("dense >> tanh", "sigma_w").data()["solutions"]
    assert float(found["sigma_w"]) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("text", "unknowns", "chi", "q"), [
    ("dense >> tanh >> dense", ["sigma_w"], "chi = 1", None), ("dense >> tanh", ["sigma_b"], "chi = 1", None),
    ("dense >> tanh", ["sigma_w"], "chi < 1", None), ("dense >> tanh", ["sigma_w"], "chi = chi", None), ("dense >> tanh", ["sigma_w"], "chi = -1", None),
    ("dense >> tanh", ["sigma_w"], "chi + 1 = 2", None), ("dense(var=v) >> tanh", ["v"], "chi = 1", None), ("tanh >> dense", ["sigma_w"], "chi = 1", None),
    ("dense(bias=s^2) >> tanh", ["sigma_w", "s"], "chi = 1", None), ("dense(bias=sigma_w) >> tanh", ["sigma_w"], "chi = 1", None),
    ("dense >> tanh", ["sigma_w"], "chi = 1", "1"), ("dense(bias=-1) >> tanh", ["sigma_w"], "chi = 1", None), ("W(b) = dense(bias=b)\nW(1/9) >> tanh", ["sigma_w"], "chi = 1", None),
    ("dense(bias=fan_in) >> tanh", ["sigma_w"], "chi = 1", None), ("dense(bias=s) >> tanh", ["sigma_w"], "chi = 1", None), ("let W = dense\nW >> tanh", ["sigma_w"], "chi = 1", None),
    ("dense >> tanh(q=2)", ["sigma_w"], "chi = 1", None), ("dense >> sin(frequency=a)", ["a"], "chi = 1", None), ("dense >> dropout", ["sigma_w"], "chi = 1", None),
    ("sws(gain=g) >> tanh", ["g"], "chi = 1", None), ("dense(bias=s^2) >> tanh", ["sigma_w", "s"], "chi = 1", "1e300"), ("bn >> tanh", ["sigma_w"], "chi = 1", None),
    ("dense(var=chi/fan_in) >> tanh", ["chi"], "chi = 1", None), ("dense(var=(s + s^2)/fan_in, bias=1) >> tanh", ["s"], "chi = 1", None), ("dense >> tanh", [], "chi = 1", None),
])
def test_what_cannot_be_solved_is_refused(text: str, unknowns: list[str], chi: str, q: str | None, no_hang: None) -> None:
    with pytest.raises(FreeblockError):
        solved(text, *unknowns, chi=chi, q=q)


@pytest.mark.parametrize("option", [{"depth": "3"}, {"tolerance": "1"}, {"show": ["kappa"]}, {"side": "in"}, {"assume": ["half-active"]}])
def test_options_that_say_nothing_are_refused(option: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        solve_edge(Source("expression", "dense >> tanh"), ["sigma_w"], ["chi = 1"], **option)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["tanh", "gelu", "x*exp(-x^2/2) + x/5"])
def test_the_phase_diagram_shows_the_phases(text: str) -> None:
    """Cells chosen at random, away from borders, against the layer itself."""
    found = phases(activation_function(text, {}))
    generator, names = np.random.default_rng(3), {ORDERED: "ordered", CHAOTIC: "chaotic"}
    checked = 0
    while checked < 12:
        row, column = (int(place) for place in generator.integers(2, 198, 2))
        kinds = found.kinds[row - 2:row + 3, column - 2:column + 3]
        if len(np.unique(kinds)) > 1:
            continue
        checked += 1
        weight, bias = repr(float(found.weights[column]) ** 2), repr(float(found.biases[row]) ** 2)
        if kinds[0, 0] in (NONE, SEVERAL):
            with pytest.raises(RefusedError):
                analysis(text, weight, bias)
        else:
            assert analysis(text, weight, bias).phase == names[int(kinds[0, 0])]


def test_the_curves_of_the_diagram() -> None:
    found = phases(activation_function("tanh", {}))
    for deviation, bias in found.edge[120:360:40]:
        def rising(q: float, weight: float = deviation**2, shift: float = bias**2) -> float:
            return weight * tanh_square(q) + shift - q

        q = optimize.brentq(rising, 1e-9, 1e3)
        assert deviation**2 * tanh_slope(q) == pytest.approx(1, abs=1e-5)
    for c, points in found.contours:
        for deviation, bias in points[10:40:10]:
            assert analysis("tanh", repr(deviation**2), repr(bias**2)).decay.limit == pytest.approx(c, abs=1e-6)
    relu = phases(activation_function("relu", {}))
    assert relu.edge == ((pytest.approx(math.sqrt(2)), 0.0),) and not relu.contours
    assert set(np.unique(relu.kinds)) == {ORDERED, NONE}


def test_the_json_of_solutions() -> None:
    data = json.loads(json.dumps(solved("dense(bias=1/20) >> tanh", "sigma_w").data(), allow_nan=False))
    assert data["unknown"] == ["sigma_w"] and data["conditions"] == ["chi = 1"] and data["exact"] is False
    assert 0 < data["at"][0]["errors"]["sigma_w"] < 1e-12
