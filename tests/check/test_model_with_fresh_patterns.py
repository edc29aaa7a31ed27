"""Default mode: the model that the theorems speak of. Predictions are the theory's, written by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sampled_networks import network

from freeblock.check import run_check, sample_moments

DENSE = "dense(var=1/fan_in)"

CASES = [
    # (network, φ_1 …), the table of test expressions: κ = φ_2/φ² − 1
    ("(dense(var=2/fan_in) >> relu)^3", (1, 7)),
    ("(orthogonal(gain=1) >> leaky_relu(slope=.3))^3", (0.545**3, 0.545**6 * 3.0910)),
    ("dense(var=2/fan_in) >> relu >> dropout(keep=.8) >> " + DENSE, (1.25, 1.25**2 * 4.5)),
    (f"id + (relu >> {DENSE})", (1.5, 1.5**2 * 5 / 3, 1.5**3 * 3.5926, 1.5**4 * 8.8519)),
    (f"(relu >> {DENSE}) + relu", (1, 2.75, 9, 32.5625)),
    (f"({DENSE} >> relu) + relu", (1, 2.25, 6.375)),
    (f"({DENSE} >> relu) + ({DENSE} >> relu)", (1, 2.5, 8)),
    (f"(relu >> {DENSE}) + (relu >> {DENSE})", (1, 3, 11, 45)),
    (f"(relu >> {DENSE}) | (relu >> {DENSE})", (0.5, 0.25 * 5)),
    ("id | (relu >> dense(n/3, var=2/fan_in))", (1, 1.6667, 3.6111, 9.6852)),
    ("(dense(var=2/fan_in) | dense(var=1/5/fan_in)) >> relu", (0.55, 0.55**2 * 5.3388)),
    ("dropout(keep=1/2) >> (id + (relu >> dense(var=2/fan_in)))", (4, 16 * 3.25)),
    (f"(id + ({DENSE} >> relu)) >> (id + (relu >> {DENSE}))", (2.25, 2.25**2 * (1 + 4 / 3))),  # fresh patterns
    # rectangular, scaled, indexed, p and the other components
    ("dense(2*n, var=1/fan_in) >> relu(p=.3) >> dense(n/2, var=1/fan_in)", (0.3, 0.09 * (1 + 2 / 4 + 7 / 3 / 4 + 1 / 4))),
    ("sws(gain=2) >> relu", (1, 3)),
    ("(1/2) * dense(var=4/fan_in)", (1, 2)),
    ("bn(std=2) >> " + DENSE, (0.25, 2 / 16)),
    ("ln(std=1/2) >> (id + rms_norm(rms=1/3))", (64, 4096)),
    ("serial[l=1..4](id + l^(-1/2) * " + DENSE + ")", (5, None)),
    ("sum[l=1..3](" + DENSE + ")", (3, 18)),
    ("stack[l=1..2](dense(n/2, var=l/fan_in))", (1.5, None)),
    (DENSE + "^0 >> relu >> relu", (0.5, 0.5)),
    ("relu >> leaky_relu(slope=1/2)", (0.5, 0.5)),
    ("relu(p=.2) >> relu(p=.2)", (0.2, 0.2)),
    ("dropout(keep=.8) >> relu", (0.625, 0.5 / 0.8**3)),
    ("relu(p=0) >> " + DENSE, (0, 0)),
    ("id", (1, 1, 1, 1, 1, 1, 1, 1)),
]


@pytest.mark.parametrize(("text", "moments"), CASES)
def test_sampled_moments_are_those_of_the_theory(text, moments):
    result = run_check(network(text), lambda values: moments, {}, seed=11, order=len(moments))
    assert result.agrees, result


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        (f"let A = {DENSE}\nA + A", (4, 32)),
        ("let W = dense(var=2/fan_in)\n(W >> relu)^3", (1, 7)),
        (f"let W = {DENSE}\n(W >> relu) + (W >> relu)", (2, 12)),  # one weight and one input: one mask
        (f"let W = {DENSE}\nlet B = W + id\n(B >> relu) + (B >> relu)", (4, None)),
        (f"let W = {DENSE}\n(relu >> W >> relu) + (relu >> W >> relu)", (1, None)),
        ("let D = dropout(keep=1/2)\nD >> D", (8, 128)),
        ("let D = dropout(keep=1/2)\nD^3", (32, 2048)),
        (f"let W = {DENSE}\nW >> W", (1, 3)),
        (f"let W = {DENSE}\n(id + W)^2", (6, None)),  # 1 + 4s + s², where fresh weights give (1 + s)² = 4
    ],
)
def test_a_let_object_is_drawn_once_per_sample(text, moments):
    result = run_check(network(text), lambda values: moments, {}, seed=12)
    assert result.agrees, result


def test_without_let_every_use_is_drawn_afresh():
    recipe = f"A = {DENSE}\nA + A"
    assert run_check(network(recipe), lambda values: (2, 8), {}, seed=13).agrees
    dropped = run_check(network("dropout(keep=1/2)^3"), lambda values: (8, 512), {}, seed=13, samples=400)
    assert dropped.agrees, dropped


def test_one_input_gives_one_mask_exactly():
    block = network("relu + (-1)*relu")
    assert not sample_moments(block, {"n": 10}, 2, 5, seed=1).moments.any()


def test_a_negative_factor_turns_the_mask_around():
    block = network("relu >> (-1)*id >> relu")
    assert not sample_moments(block, {"n": 10}, 1, 5, seed=1).moments.any()


def test_a_wrong_kappa_is_found():
    """The naive value, without factoring the common mask out, is 3/2."""
    result = run_check(network(f"(relu >> {DENSE}) + (relu >> {DENSE})"), lambda values: (1, 2.5), {}, seed=2)
    assert [order.agrees for order in result.orders] == [True, False]


def test_nesting_1000_deep():
    text = "dense(var=1/fan_in)"
    for _ in range(1000):
        text = f"(id + (1/1000) * {text})"
    samples = sample_moments(network(text), {"n": 8}, 2, 2, seed=0)
    assert np.allclose(samples.moments, 1, atol=0.01)
