"""The tables of the theory: values and verdicts typed from it, never computed by the code under test."""

from __future__ import annotations

import pytest
from derivations import FREE, derived, moments, relative

from freeblock.formula.expression import Expression
from freeblock.formula.structure import bottom_up

ALL = 4
W = "dense(var=1/fan_in)"
GROW = "(id | (relu >> dense(n/3, var=2/fan_in)))"
GROW_AFTER = "(id | (dense(n/3, var=2/fan_in) >> relu))"

TRUE_VALUES = [  # expression, orders proved, φ, κ, φ_3/φ³, φ_4/φ⁴ as far as they are proved
    ("(dense(var=2/fan_in) >> relu)^4", ALL, 1, 8, 113, 1649),
    ("(orthogonal(gain=1) >> leaky_relu(slope=.3))^3", ALL, .1619, 2.0910, 11.6452, 47.8027),
    (f"dense(var=2/fan_in) >> relu >> dropout(keep=.8) >> {W}", ALL, 1.25, 3.5, 26.25, 174.625),
    (f"(id + ({W} >> relu >> {W}))^4", ALL, 5.0625, 3.1111, 25.5185, 188.6269),
    (f"id + (relu >> {W})", ALL, 1.5, .6667, 3.5926, 8.8519),
    (f"(id + (relu >> {W}))^2", 1, 2.25),
    (f"(id + (relu >> {W}))^4", 1, 5.0625),
    (f"((id + ({W} >> relu >> {W})) >> relu)^2", 0),
    (f"relu >> ((id + ({W} >> relu >> {W})) >> relu)^2", 0),
    (f"(relu >> {W}) + relu", ALL, 1, 1.75, 9, 32.5625),
    (f"({W} >> relu) + relu", 3, 1, 1.25, 6.375),
    (f"({W} >> relu) + ({W} >> relu)", 3, 1, 1.5, 8),
    (f"(relu >> {W}) + (relu >> {W})", ALL, 1, 2, 11, 45),
    (f"(relu >> {W}) | (relu >> {W})", ALL, .5, 4, 29, 185),
    ("id | (relu >> dense(n/3, var=2/fan_in))", ALL, 1, .6667, 3.6111, 9.6852),
    (f"{GROW} >> {GROW} >> {GROW}", 1, 1),
    (f"{GROW_AFTER} >> {GROW_AFTER} >> {GROW_AFTER}", ALL, 1, 2.5633, 19.7587, 136.3730),
    ("(dense(var=2/fan_in) | dense(var=1/(5*fan_in))) >> relu", ALL, .55, 4.3388, 36.0661, 272.7054),
    ("dropout(keep=1/2) >> (id + (relu >> dense(var=2/fan_in)))", 1, 4),
    # the list below the table
    ("relu >> relu", ALL, .5, 1, 4, 8),
    ("relu >> leaky_relu", 0),
    ("relu | relu", ALL, .5, 3),
    ("relu >> id >> dropout(keep=.8)", ALL, .625, 1.5),
    ("let W = dense(var=2/fan_in)\n(W >> relu)^3", ALL, 1, 6),
    ("let W = dense\n(id + W)^2", 0),
    ("(dense(var=1/2/fan_in) | orthogonal) >> opaque(S, out=n, coisometric)", 0),
    ("bn(std=2) >> bn(std=3)", 1, 1 / 36),
    (f"(id + ({W} >> relu)) >> (id + (relu >> {W}))", 0),
]


@pytest.mark.parametrize("row", TRUE_VALUES, ids=lambda row: row[0])
def test_the_table_of_test_expressions(row):
    text, orders, *expected = row
    proved, values = moments(text)
    assert proved == orders
    assert relative(values)[: len(expected)] == pytest.approx(expected, rel=2e-4) if expected else not values


def test_batch_norm_residual_network():
    """s = 1: the variance over the batch is 1 + (l−1)(1/2 − 1/2π); φ proved 3.332, κ by the plain formula 2.065."""
    text = f"serial[l=1..4](id + (bn(std=sqrt(1 + (l - 1)*(1/2 - 1/(2*pi)))) >> relu >> {W}))"
    proved, values = moments(text)
    assert proved == 1
    assert values == pytest.approx([3.332], abs=5e-4)
    assert relative(moments(text, premises=FREE)[1])[1] == pytest.approx(2.065, abs=5e-4)


D = "dense"
EVERYDAY = [
    (f"({D} >> relu)^L >> {D}", ALL),
    (f"{D}(2*n) >> relu >> {D}(n/2) >> relu >> {D}(2*n) >> relu", ALL),
    (f"({D} >> relu >> dropout)^L >> {D}", ALL),
    (f"({D} >> dropout >> relu)^L", ALL),
    ("(scaled_weight_standardization >> relu)^L", ALL),
    (f"({D} >> bn >> relu)^L >> {D}", ALL),
    (f"(relu >> bn >> {D})^L", ALL),
    (f"(id + ({D} >> relu >> {D}))^L", ALL),
    (f"(id + ({D} >> bn >> relu >> {D} >> dropout >> relu >> {D}))^L", ALL),
    (f"(({D} + ({D} >> relu >> {D})) >> relu)^L", ALL),
    (f"id | ({D}(k) >> relu)", ALL),
    (f"({D}(n/4) >> relu) | ({D}(n/2) >> relu >> {D}(n/4)) | ({D}(n/4) >> relu >> {D}(n/2))", ALL),
    (f"(id + ({D} >> relu))^L", 3),
    (f"({D} >> relu) + relu", 3),
    (f"({D} >> relu) + ({D} >> relu)", 3),
    (f"(relu >> {D}) + relu", ALL),
    (f"(relu >> {D}) + (relu >> {D})", ALL),
    (f"(relu >> {D}) | (relu >> {D})", ALL),
    (f"({D}(n/2) | {D}(n, var=2/fan_in)) >> relu", ALL),
    (f"(id + (bn >> relu >> {D}))^L", 1),
    (f"(id + (bn >> relu >> {D} >> bn >> relu >> {D}))^L", 1),
    (f"serial[l=1..3](id | (relu >> {D}(k)))", 1),
    (f"(id | (relu >> {D}(k)))^L", 1),
    (f"serial[l=1..3](id | (bn >> relu >> {D}(k)))", 0),  # the stacked features have different deviations
    (f"((id + ({D} >> bn >> relu >> {D})) >> relu)^L", 0),
    (f"relu >> (id + (relu >> {D}))", 0),
    ("let A = dense\nA + A", ALL),
    ("let A = dense\nA >> A", ALL),
    (f"{D} >> relu^1 >> {D}", ALL),
    (f"{D} >> (relu >> {D} >> dropout)^2 >> relu", ALL),
    (f"({D} >> relu)^L >> (id + ({D} >> relu >> {D}))^M >> {D}(10)", ALL),
]


@pytest.mark.parametrize(("text", "orders"), EVERYDAY)
def test_everyday_networks_have_the_verdict_of_the_theory(text, orders):
    assert moments(text, L=3, M=2, k=.5, sigma_w=1, sigma_B=1, sigma_B1=1, sigma_B2=1, sigma_B3=1, keep=.5)[0] == orders


RANDOM_MATRICES = [  # expression, φ, ϕ: theory of components, section 2.5
    ("input 400\ndense(700, var=2/fan_in) >> dense(500, var=1/2/fan_in) >> dense(300, var=1/fan_in)", 1, 1.7786),
    ("input 400\ndense(500, var=2/fan_in) >> relu >> dense(300, var=2/fan_in) >> relu", 1, 2.95),
    ("input 400\ndense(300, var=2/fan_in) >> orthogonal(500) >> dense(200, var=1/fan_in)", 1.2, 1.68),
    ("(orthogonal >> relu)^4", .0625, .015625),
    ("(orthogonal(gain=1/sqrt(.545)) >> leaky_relu(slope=.3))^6", 1, 4.182),
    (f"dense(var=1/2/fan_in) + {W} + dense(var=2/fan_in)", 3.5, 12.25),
    ("id + dense(var=1/2/fan_in)", 1.5, 1.25),
    ("id + orthogonal", 2, 2),
    (f"id + ({W} >> leaky_relu(slope=.3) >> dense(var=1/.545/fan_in))", 2, 4.697),
    ("relu + .7 * orthogonal", .99, .74),
    ("input 600\ndense(300, var=1/fan_in) + orthogonal(300)", 2, 1.5),
    ("input 300\ndense(600, var=1/fan_in) + dense(600, var=2/fan_in)", 3, 18),
    ("input 400\nid | dense(200, var=1.5/fan_in)", 1.1667, 1.4306),
    ("input 400\ndense(300, var=2/fan_in) | dense(200, var=1/fan_in) | orthogonal(100)", 1.5, 3.5833),
    ("input 400\nid | (dense(400, var=1/fan_in) >> relu >> dense(100, var=2/fan_in))", 1, .55),
    ("(dense(var=2/fan_in) >> relu)^10", 1, 20),
    ("(orthogonal(gain=sqrt(2)) >> relu)^10", 1, 10),
    ("(dense(var=1/.545/fan_in) >> leaky_relu(slope=.3))^10", 1, 16.97),
    ("(orthogonal(gain=1/sqrt(.545)) >> leaky_relu(slope=.3))^10", 1, 6.97),
    ("(dense(var=1.6/fan_in) >> leaky_relu(slope=.5))^10", 1, 13.6),
    ("(orthogonal(gain=sqrt(1.6)) >> leaky_relu(slope=.5))^10", 1, 3.6),
    ("dense(3*n/2, var=2/fan_in)", 2, 6),
    ("orthogonal(2*n, gain=3)", 4.5, 20.25),
    ("orthogonal(n/2, gain=3)", 9, 0),
    ("dropout(keep=.8)", 1.2502, .3904),
    ("leaky_relu(slope=.3)", .545, .20703),
    ("tanh(q=.01)", .9807, .0007), ("tanh(q=.1)", .8492, .0286), ("tanh(q=.5)", .5924, .1050), ("tanh", .4644, .1258),
    ("selu", 1.07157, .36308),
    ("(dense(var=1/fan_in) >> selu)^10", 1.9965, 13.16 * 1.9965**2),
    ("(orthogonal >> selu)^10", 1.9965, 3.162 * 1.9965**2),
]


@pytest.mark.parametrize(("text", "phi", "variance"), RANDOM_MATRICES)
def test_the_monte_carlo_table_of_the_components(text, phi, variance):
    proved, values = moments(text, order=2)
    assert proved == 2
    assert values[0] == pytest.approx(phi, rel=2e-4, abs=6e-5)
    assert values[1] - values[0] ** 2 == pytest.approx(variance, rel=6e-4, abs=6e-5)


@pytest.mark.parametrize(("start", "growth", "blocks", "kappa"), [(200, 40, 6, 2.4), (100, 12, 12, 2.88)])
def test_dense_net(start, growth, blocks, kappa):
    """Free blocks: κ = Σ (c_L/c_l)·k(2k/c_{l−1} + 2)/c_l = 2(c_L/c_0 − 1)."""
    text = f"input {start}\nserial[l=1..{blocks}](id | (relu >> dense({growth}, var=2/fan_in)))"
    assert moments(text)[0] == 1
    assert moments(text)[1] == pytest.approx([1])
    assert relative(moments(text, premises=FREE)[1])[1] == pytest.approx(kappa, abs=6e-4)


def test_a_denominator_that_cancels_is_not_printed():
    """φ_2 of leaky ReLU is (1 + g⁴)/2, a polynomial, so the only sum κ of a stack is divided by is φ's."""
    kappa = derived("id | (dense(n/2) >> leaky_relu(slope=g))", order=2).kappa
    assert kappa is not None
    below = {base for part in bottom_up(kappa) for monomial in part.terms for base, exponent in monomial
             if isinstance(base, Expression) and exponent < 0}
    assert len(below) == 1
