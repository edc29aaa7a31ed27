"""Fixed points, phases and the asymptotics of 1 − c_l, against scipy and plain iteration."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from layers import analysis, joint_mean, mean, smooth_map
from scipy import integrate, optimize, stats

from freeblock.errors import RefusedError

IN_NO_TABLE: list[tuple[str, Callable[[float], float], tuple[float, ...], str, str]] = [
    ("x*exp(-x^2/2) + x/5", lambda x: x * math.exp(-x * x / 2) + x / 5, (), "3", "1/5"),
    ("sin(x) + max(x, 0)/3", lambda x: math.sin(x) + max(x, 0.0) / 3, (0.0,), "5/2", "1/10"),
    ("tanh(x) + x*tanh(x)/4", lambda x: math.tanh(x) + x * math.tanh(x) / 4, (), "1/2", "1/4"),
]
"""Given in line by their formula."""


@pytest.mark.parametrize(("text", "f", "kinks", "weight", "bias"), IN_NO_TABLE, ids=[case[0] for case in IN_NO_TABLE])
def test_activations_in_no_table(
    text: str, f: Callable[[float], float], kinks: tuple[float, ...], weight: str, bias: str
) -> None:
    found = analysis(text, weight, bias)
    w, b = (float(np.float64(eval(one))) for one in (weight, bias))
    q = optimize.brentq(lambda q: w * mean(lambda x: f(x) ** 2, q, kinks) + b - q, 0.05, 10, xtol=1e-12)
    assert found.q == pytest.approx(q, rel=1e-8)

    def following(c: float) -> float:
        return (w * joint_mean(f, q, c, kinks) + b) / q

    step = 1e-5
    slope = w * mean(lambda x: ((f(x + step) - f(x - step)) / (2 * step)) ** 2, q, [k + side * step for k in kinks for side in (-1, 0, 1)])
    assert found.chi == pytest.approx(slope, rel=1e-5)
    if found.phase == "ordered":
        assert slope < 1 and found.decay.limit == 1 and found.decay.rate == pytest.approx(math.log(slope), rel=1e-4)
    else:
        assert slope > 1 and following(found.decay.limit) == pytest.approx(found.decay.limit, abs=1e-8)
        step = 1e-3
        around = (following(found.decay.limit + step) - following(found.decay.limit - step)) / (2 * step)
        assert found.decay.slope == pytest.approx(around, rel=1e-4) and around < 1


def arc_cosine(c: float) -> float:
    return (math.sqrt(1 - c * c) + (math.pi - math.acos(c)) * c) / math.pi


def test_relu_loses_its_inputs_like_the_square_of_the_depth() -> None:
    found = analysis("relu", "2", layers=[50, 2000, 10_000])
    c, seen = 0.0, {}
    for layer in range(1, 10_001):
        seen[layer] = c = arc_cosine(c)
    assert math.sqrt(1 - seen[50]) == pytest.approx(0.1102, abs=5e-5)
    assert [depth.c for depth in found.depths] == pytest.approx([seen[50], seen[2000], seen[10_000]], rel=1e-9)
    assert found.decay.kind == "power" and found.decay.power == 2
    assert found.decay.coefficient == pytest.approx(9 * math.pi**2 / 2)
    assert found.decay.coefficient / 10_000**2 == pytest.approx(1 - seen[10_000], rel=0.01)


@pytest.mark.parametrize("slope", [0.2, -0.5])
def test_a_leaky_relu_has_the_law_of_its_even_part(slope: float) -> None:
    """Iterated with the two arc-cosine pieces, E f(u)f(v) = odd²·c + even²·…, written out here."""
    odd, even = (1 + slope) / 2, (1 - slope) / 2
    found = analysis(f"max(x, 0) + ({slope})*min(x, 0)", "1")
    c = 0.0
    for _ in range(5000):
        c = (odd**2 * c + even**2 * 2 / math.pi * (math.sqrt(1 - c * c) + c * math.asin(c))) / (odd**2 + even**2)
    assert found.decay.coefficient / 5000**2 == pytest.approx(1 - c, rel=0.02)


def test_tanh_at_the_edge_falls_like_one_over_the_depth() -> None:
    weight, bias = 1.760954639606739, 0.05
    found = analysis("tanh", repr(weight), repr(bias), layers=[100, 1000])
    coefficients = smooth_map(np.tanh, weight, bias, found.q)
    c, seen = 0.0, {}
    for layer in range(1, 20_001):
        seen[layer] = c = float(np.polynomial.polynomial.polyval(c, coefficients))
    assert [depth.c for depth in found.depths] == pytest.approx([seen[100], seen[1000]], abs=1e-8)
    assert found.phase == "edge" and found.decay.power == 1
    assert found.decay.coefficient / 20_000 == pytest.approx(1 - seen[20_000], rel=0.01)


def test_the_kinks_of_hardtanh_decide_at_the_edge() -> None:
    """dc′/dc = w·P(|u| < 1, |v| < 1), v given u by scipy's normal distribution."""
    weight, bias = 1.1655446896358805, 0.05
    found = analysis("hard_tanh", repr(weight), repr(bias))
    gap = 1e-5
    end, share, rest = 1 / math.sqrt(found.q), 1 - gap, math.sqrt(1 - (1 - gap) ** 2)
    phi = stats.norm.cdf
    inside = integrate.quad(lambda z: stats.norm.pdf(z) * (phi((end - share * z) / rest) - phi((-end - share * z) / rest)),
                            -end, end, points=[side * (end - width) for side in (-1, 1) for width in (0.01, 0.03)],
                            limit=400, epsabs=1e-13)[0]
    bend = (1 - weight * inside) / (1.5 * math.sqrt(gap))
    assert found.decay.power == 2 and found.decay.coefficient == pytest.approx(4 / bend**2, rel=0.01)


@pytest.mark.parametrize(("text", "weight", "bias", "limit"), [("tanh", "2", "0", 0.0), ("sin", "3", "0", 0.0), ("tanh", "4", "1/10", None)])
def test_chaos_ends_at_one_correlation_from_every_start(text: str, weight: str, bias: str, limit: float | None) -> None:
    ends = [analysis(text, weight, bias, c=c, layers=[400]) for c in ("-9/10", "1/20", "99/100")]
    for one in ends:
        assert one.depths[0].c == pytest.approx(one.decay.limit, abs=1e-7)
        assert one.phase == "chaotic" and one.decay.limit < 1 and (limit is None or one.decay.limit == limit)


def test_relu_with_biases() -> None:
    found = analysis("relu", "1", "1/10", layers=[60])
    assert (found.q, found.chi) == pytest.approx((0.2, 0.5))
    c = 0.0
    for _ in range(60):
        c = 1 - (1 - arc_cosine(c)) / 2
    assert 1 - c == pytest.approx(found.depths[0].gap or 0, abs=1e-12)


@pytest.mark.parametrize(("text", "weight", "bias", "word"), [
    ("relu", "2", "1/10", "grows in every layer"), ("tanh", "1", "0", "no fixed point but 0"), ("tanh", "1/2", "0", "no fixed point but 0"),
    ("gelu", "2", "1/10", "its start decides"), ("x^3", "1", "1", "grows"), ("1/x", "1", "0", "may be infinite"),
    ("sqrt(abs(x))", "1", "1/10", "may be infinite"), ("log(x)", "1", "0", "not found"), ("max(x, 0)^2", "3/10", "0", "no attracting fixed point of"),
])
def test_what_does_not_exist_is_refused(text: str, weight: str, bias: str, word: str) -> None:
    with pytest.raises(RefusedError, match=word):
        analysis(text, weight, bias)


def test_several_fixed_points_are_told() -> None:
    found = analysis("gelu", "2", "1/10", q="1/5")
    assert [point.stable for point in found.found.positive] == [True, False]
    for point in found.found.positive:
        assert 2 * mean(lambda x: (x * stats.norm.cdf(x)) ** 2, point.q) + 0.1 == pytest.approx(point.q, rel=1e-8)
    with pytest.raises(RefusedError, match="grows beyond"):
        analysis("gelu", "9/4", "0", q="15")


def test_random_matrices_have_the_correlations() -> None:
    """Real layers of width 800 with fresh weights and biases, followed from one pair of inputs."""
    generator = np.random.default_rng(5)
    width, depth, nets = 800, 6, 6
    found = analysis("tanh", "4", "1/10", c="3/5", layers=[depth])
    measured = []
    for _ in range(nets):
        u, y = generator.standard_normal((2, width)) * math.sqrt(found.q)
        v = 0.6 * u + 0.8 * y
        for _ in range(depth):
            weights = generator.standard_normal((width, width)) * math.sqrt(4 / width)
            biases = generator.standard_normal(width) * math.sqrt(0.1)
            u, v = weights @ np.tanh(u) + biases, weights @ np.tanh(v) + biases
        measured.append(float(u @ v / math.sqrt((u @ u) * (v @ v))))
    error = np.std(measured, ddof=1) / math.sqrt(nets)
    assert error < 0.03 and abs(np.mean(measured) - found.depths[0].c) < 4 * error
