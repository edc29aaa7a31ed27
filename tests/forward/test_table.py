"""The forward algebra: published tables of three papers, and networks that were drawn."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest
from signals import squared, table

from freeblock.errors import LimitError, OptionError, RefusedError


@pytest.mark.parametrize(("name", "f", "f2", "slope2", "norm", "batch"), [
    # theory: growth √g of one layer behind layer norm and batch norm, at q = 1
    ("identity", "activation(x)", 1, 1, 1, 1),
    ("relu", "relu", 0.5, 0.5, 1, 1.21117),
    ("leaky", "leaky_relu(slope=0.1)", 0.505, 0.505, 1, 1.158785),
    # (by hand: E f = 0.9/√2π, so that g = 0.505/(0.505 − 0.81/2π); the theory rounds its root to 1.15877)
    ("tanh", "tanh", 0.394294, 0.464403, 1.08527, 1.08527),
    ("hardtanh", "hard_tanh", 0.516059, 0.682689, 1.15016, 1.15016),
    ("selu", "selu", 1, 1.071595, 1.03518, 1.03518),
    ("sin", "sin", 0.432332, 0.567668, 1.14588, 1.14588),
])
def test_growth_of_one_layer(name, f, f2, slope2, norm, batch):
    row = table(f).last
    assert row.q == pytest.approx(f2, abs=2e-5) and row.phi == pytest.approx(slope2, abs=2.1e-5)
    for kind, expected in (("ln", norm), ("bn", batch)):
        # The norm of the second layer meets what the activation of the first left.
        rows = table(f"{f} >> dense(var=1/fan_in) >> {kind}").rows
        assert sqrt(squared(f"{f} >> dense(var=1/fan_in) >> {kind}")) == pytest.approx(expected, abs=1.1e-5)
        assert rows[-1].q == pytest.approx(1)
    assert sqrt(squared(f)) == pytest.approx(norm, abs=1.1e-5)


@pytest.mark.parametrize(("body", "q", "expected"), [
    ("dense(var=2/fan_in) >> relu", 1, 1), ("dense(var=1/fan_in) >> selu", 1, 5.63),
    ("dense(var=1/fan_in) >> ln >> tanh", 1, 59.8), ("dense(var=1/fan_in) >> bn >> tanh", 1, 59.8),
    ("dense(var=1/fan_in) >> tanh", 1, 1.184),
    ("dense(var=2/fan_in) >> ln >> relu", 1, 1),
])
def test_fifty_layers(body, q, expected):
    assert sqrt(squared(f"({body})^50", q=q)) == pytest.approx(expected, rel=1e-3)


def test_batch_norm_relu_is_derived():
    assert squared("relu >> dense(var=3/fan_in) >> bn") == pytest.approx(pi / (pi - 1))
    assert squared("(dense(var=2/fan_in) >> bn >> relu)^50") == pytest.approx((pi / (pi - 1)) ** 49)


@pytest.mark.parametrize(("branch", "expected"), [
    ("bn >> relu >> dense(var=2/fan_in)", 3.01), ("bn >> relu >> dense(var=2/fan_in) >> bn >> relu >> dense(var=2/fan_in)", 22.6),
    ("ln >> tanh >> dense(var=1/0.3942945/fan_in)", 1.85), ("ln >> relu >> dense(var=2/fan_in)", 1),
])
def test_residual_networks_of_fifty_blocks(branch, expected):
    assert squared(f"(id + ({branch}))^50") == pytest.approx(expected, rel=3e-3)


def test_collapse_of_relu():
    found = table("(dense(var=2/fan_in) >> relu)^50")
    assert found.last.deviation == pytest.approx(0.1102, abs=5e-5)
    assert found.last.diversity == pytest.approx(0.0352, abs=1e-4)
    assert [flag for flag, _ in found.flags] == ["collapses", "pseudo-linear"]


def test_explosion_and_vanishing():
    assert tuple(flag for flag, _ in table("(id + (relu >> dense(var=2/fan_in)))^10").flags) == ("explodes", )
    assert {flag for flag, _ in table("(dense(var=1/2/fan_in) >> relu)^10").flags} >= {"vanishes"}
    assert {flag for flag, _ in table("(dense(var=2/fan_in) >> bn >> relu)^50").flags} == {"explodes"}
    assert {flag for flag, _ in table("(dense(var=1/fan_in) >> tanh)^50").flags} == {"pseudo-linear"}


def test_depth_table_is_the_aggregate():
    body = "(id + (bn >> activation(x*tanh(x)) >> dense(var=1/2/fan_in)))^7 >> dense(var=1/fan_in)"
    rows = table(body, c=0.4, depth_table=True).rows
    whole = table(body, c=0.4)
    assert [row.place for row in rows] == [1, 2, 3, 4, 5, 6, 7, None]
    assert np.prod([row.phi for row in rows]) == pytest.approx(10**whole.log_phi)
    assert rows[-1].q == pytest.approx(whole.last.q) and rows[-1].c == pytest.approx(whole.last.c)


def test_freeness_across_a_batch_index_is_refused():
    with pytest.raises(RefusedError, match="no rule says"):
        table("(dense(var=1/fan_in) >> bn(batch=30))^30")


@pytest.mark.parametrize(("expression", "error"), [
    ("dense >> relu", OptionError), ("(dense(var=1/fan_in) >> relu)^L", OptionError), ("relu + (relu >> dropout(keep=1/2))", RefusedError),
    ("relu >> relu", RefusedError), ("dense(var=1/fan_in) >> crelu", RefusedError), ("relu >> dense(var=1/fan_in) >> smn", RefusedError),
    ("serial[l=1..L](dense(var=1/fan_in))", LimitError), ("let W = dense(var=1/fan_in)\nW >> W", RefusedError),
    ("dense(var=1/fan_in, bias=1) >> relu", RefusedError), ("relu(p=1/3) >> dense(var=1/fan_in)", RefusedError),
    ("dense(var=4/fan_in) >> tanh(q=1)", RefusedError), ("spike_sigmoid >> dense(var=1/fan_in)", RefusedError),
])
def test_refusals(expression, error):
    with pytest.raises(error):
        table(expression)


def test_edges():
    assert table("tanh^0").last.q == 1 and squared("tanh^0", q=3) == pytest.approx(1)
    gone = table("dense(var=0) >> relu")
    assert gone.last.q == 0 and gone.last.c is None and gone.refused and [flag for flag, _ in gone.flags] == ["vanishes"]
    with pytest.raises(RefusedError, match="divides by 0"):
        table("dense(var=0) >> bn")
    with pytest.raises(RefusedError, match="quadrature"):
        table("activation(tanh(x - 300))", q=10**6)


def draw(rng, rows, columns, var):
    return rng.standard_normal((rows, columns)) * sqrt(var / columns)


def layer_norm(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


NETWORKS = {
    "(id + (ln >> activation(x*tanh(x)) >> dense(var=2/fan_in)))^3": lambda x, w: x + w(2) @ (lambda y: y * np.tanh(y))(layer_norm(x)),
    "(dense(var=1/fan_in) >> activation(max(x, 0)^2))^2": lambda x, w: np.maximum(w(1) @ x, 0) ** 2,
    "(dense(var=3/2/fan_in) >> activation(sin(x) + x/2))^4": lambda x, w: (lambda y: np.sin(y) + y / 2)(w(1.5) @ x),
}


@pytest.mark.parametrize("expression", list(NETWORKS))
def test_networks_that_were_drawn(expression):
    """Activations in no table, given in line by their formula; width 1 500, two inputs."""
    rng = np.random.default_rng(8)
    width, c, count = 1500, 0.6, int(expression[-1])
    pairs = []
    for _ in range(6):
        z = rng.standard_normal((width, 2))
        x = np.stack([z[:, 0], c * z[:, 0] + sqrt(1 - c * c) * z[:, 1]], axis=1)
        for _ in range(count):
            x = NETWORKS[expression](x, lambda var: draw(rng, width, width, var))
        pairs.append([np.mean(x**2), np.mean(x[:, 0] * x[:, 1])])
    row = table(expression, c=c).last
    measured, errors = np.mean(pairs, axis=0), np.std(pairs, axis=0) / sqrt(5)
    assert np.all(np.abs(measured - [row.q, row.q * row.c]) < 4 * errors + 3 / width * abs(measured)), (measured, errors, row)


def test_an_epsilon_needs_units_of_one_deviation():
    # Behind the first relu units have means of their own, and behind the second deviations of their own: E s²/(s² + ε)
    # over units is not E s²/(E s² + ε). Without ε it is 1 whatever the deviations are.
    chain = "dense(var=1/fan_in) >> relu >> dense(var=1/fan_in) >> relu >> "
    with pytest.raises(RefusedError, match="the mean square behind"):
        table(chain + "bn(epsilon=1/2)")
    assert table(chain + "bn").last.q == pytest.approx(1)
    # Behind the first relu alone units are alike: s² = 1/2 − 1/2π.
    spread = 1 / 2 - 1 / (2 * pi)
    assert table("dense(var=1/fan_in) >> relu >> bn(epsilon=1/2)").last.q == pytest.approx(spread / (spread + 1 / 2))
