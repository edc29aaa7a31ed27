"""The overlap theorem: the figures of evidence, closed sums, and networks that were drawn with their own patterns."""

from __future__ import annotations

from math import asin, pi, prod, sqrt

import numpy as np
import pytest

from freeblock.errors import FreeblockError
from freeblock.overlapping import overlap_source
from freeblock.session import derive_source
from freeblock.signals.overlap import Overlap
from freeblock.source import Source


def overlap(expression: str, *, q: float | str = 1, c: float | str = 0, **values: float) -> Overlap:
    return overlap_source(Source("expression", expression), q=q, c=c, values=values).found


@pytest.mark.parametrize(("expression", "values", "kappa", "measured"), [
    # κ of theory 2 §3, and what was measured there on real forward passes: value, standard error
    ("(id + (relu >> dense(var=1/fan_in)))^2", {}, 1.4234, (1.4236, 0.0029)),
    ("(id + (relu >> dense(var=1/fan_in)))^4", {}, 3.0529, (3.0542, 0.0114)),
    ("(id + (relu >> dense(var=1/16/fan_in)))^16", {}, 1.112, (1.110, 0.006)),
    ("(id + (relu >> dense(var=2/fan_in) >> relu >> dense(var=1/4/fan_in)))^4", {}, 1.077, (1.084, 0.005)),
    # at a batch of 256, which is not yet infinite; 64 → 256 extrapolates to the theorem
    ("(id + (bn >> relu >> dense(var=1/fan_in)))^4", {}, 2.362, (2.397, 0.01)),
    ("(id + (bn >> relu >> dense(var=1/8/fan_in)))^8", {}, 0.934, (0.945, 0.004)),
    ("(id | (relu >> dense(160, var=2/fan_in)))^6", {"n": 800}, 3.0042, (3.0039, 0.0055)),
    ("(id | (relu >> dense(96, var=2/fan_in)))^12", {"n": 800}, 3.812, (3.818, 0.024)),
    ("(id | (relu >> dense(n0/3, var=2/fan_in)))^3", {"n": 300, "n0": 300}, 2.330, (2.338, 0.011)),
])
def test_the_figures_of_evidence(expression, values, kappa, measured):
    found = overlap(expression, **values)
    assert found.kappa == pytest.approx(kappa, abs=6e-4)
    assert abs(found.kappa - measured[0]) < 3 * measured[1] + 0.03 * ("bn" in expression)
    assert found.kappa > found.plain_kappa


def closed_sum(phi, kappa, p, r, c):
    """κ as a double sum over blocks, solved by hand from the recursion: docs/theory/overlap.md."""
    count = len(p)
    growth = [1 + phi * one for one in p]
    alone = sum((2 * phi * p[k] + phi**2 * (p[k] ** 2 * kappa + r[k] - p[k] ** 2)) / growth[k] ** 2 for k in range(count))
    pairs = sum(2 * phi**2 * (c(j, k) - p[j] * p[k]) / (growth[k] ** 2 * prod(growth[k + 1:j + 1]))
                for k in range(count) for j in range(k + 1, count))
    return alone, alone + pairs


@pytest.mark.parametrize(("s", "depth"), [(1, 2), (0.3, 7), (2, 12)])
def test_relu_as_a_closed_sum(s, depth):
    p = [0.5] * depth
    plain, kappa = closed_sum(s, 1, p, p, lambda j, k: 0.25 + asin((1 + s / 2) ** (-(j - k) / 2)) / (2 * pi))
    found = overlap(f"(id + (relu >> dense(var={s}/fan_in)))^{depth}", q=3)
    assert (found.plain_kappa, found.kappa) == pytest.approx((plain, kappa), rel=1e-12)
    assert found.phi == pytest.approx((1 + s / 2) ** depth)


def test_batch_norm_as_a_closed_sum():
    s, depth = 0.7, 6
    alpha = [1 + k * s * (0.5 - 0.5 / pi) for k in range(depth)]  # the variance of the stream over the batch
    p, r = [0.5 / a for a in alpha], [0.5 / a**2 for a in alpha]
    plain, kappa = closed_sum(s, 1, p, r, lambda j, k: (0.25 + asin(sqrt(alpha[k] / alpha[j])) / (2 * pi)) / (alpha[j] * alpha[k]))
    found = overlap(f"(id + (bn >> relu >> dense(var={s}/fan_in)))^{depth}")
    assert (found.plain_kappa, found.kappa) == pytest.approx((plain, kappa), rel=1e-12)
    # A correlated input has the same variance over the batch where only its mean square makes up for it.
    same = overlap(f"(id + (bn >> relu >> dense(var={s}/fan_in)))^{depth}", q=2, c="1/2")
    assert same.kappa == pytest.approx(kappa, rel=1e-12)


@pytest.mark.parametrize("expression", [
    "(id + (relu >> dense(var=1/2/fan_in)))^5", "(id + (bn >> activation(x*tanh(x)) >> dense(var=1/2/fan_in)))^4",
    "(id + (tanh >> orthogonal >> gelu >> dense(var=1/3/fan_in)))^3", "(id + 1/3*(ln >> gelu >> orthogonal))^5",
    "serial[l=1..5](id + l^(-1/2)*(ln >> relu >> dense(var=1/fan_in)))",
])
def test_the_plain_value_is_the_one_on_the_assumption_of_independent_patterns(expression):
    """Two implementations: the calculus in formulas with the input filled in, and the recursion in floats."""
    free = derive_source(Source("expression", expression), q="1", assume=("independent-patterns",)).evaluate({})
    found = overlap(expression)
    assert found.phi == pytest.approx(free.phi, rel=1e-9) and found.plain_kappa == pytest.approx(free.kappa, rel=1e-8)


def test_a_dense_net_with_the_plain_value():
    expression = "(id | (relu >> dense(n/3, var=2/fan_in)))^2"
    free = derive_source(Source("expression", expression), assume=("independent-patterns",)).evaluate({"n": 9})
    found = overlap("(id | (relu >> dense(m, var=2/fan_in)))^2", n=9, m=3)
    assert found.phi == pytest.approx(1) and free.phi is not None and found.plain_kappa < found.kappa


FUNCTIONS = {
    "activation(x*tanh(x))": (lambda x: x * np.tanh(x), lambda x: np.tanh(x) + x / np.cosh(x) ** 2),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
}


def measured(name, depth, s, width, samples, *, stacked=0.0):
    """φ and κ with a standard error of real forward passes with their own slopes."""
    rng = np.random.default_rng(width)
    f, slope = FUNCTIONS[name]
    first, second = [], []
    for _ in range(samples):
        x, jacobian = rng.standard_normal(width), np.eye(width)
        for _ in range(depth):
            rows = round(stacked * width) if stacked else width
            weights = rng.standard_normal((rows, len(x))) * sqrt(s / len(x))
            step, value = weights @ (slope(x)[:, None] * jacobian), weights @ f(x)
            x, jacobian = (np.concatenate([x, value]), np.vstack([jacobian, step])) if stacked else (x + value, jacobian + step)
        gram = jacobian.T @ jacobian
        first.append(np.trace(gram) / len(x))
        second.append(np.sum(gram * gram) / len(x))
    a, b = np.mean(first), np.mean(second)
    return a, b / a**2 - 1, np.std(np.array(second) / a**2 - 2 * b / a**3 * np.array(first)) / sqrt(samples)


@pytest.mark.parametrize(("name", "depth", "s", "stacked"), [
    ("tanh", 4, 1, 0), ("activation(x*tanh(x))", 4, 0.5, 0), ("activation(x*tanh(x))", 4, 2, 0.25),
])
def test_activations_that_are_no_relu(name, depth, s, stacked):
    """Two widths, extrapolated in 1/width."""
    if stacked:
        found = overlap(f"(id | ({name} >> dense(m, var={s}/fan_in)))^{depth}", n=128, m=32)
    else:
        found = overlap(f"(id + ({name} >> dense(var={s}/fan_in)))^{depth}")
    small, large = measured(name, depth, s, 96, 60, stacked=stacked), measured(name, depth, s, 192, 30, stacked=stacked)
    value, error = 2 * large[1] - small[1], sqrt(4 * large[2] ** 2 + small[2] ** 2)
    assert abs(value - found.kappa) < 3.5 * error
    assert large[0] == pytest.approx(found.phi, rel=0.05)


@pytest.mark.parametrize("expression", [
    "(id + (dense >> relu >> dense))^3", "(id + (relu >> dense))^L", "dense >> relu", "(id + relu)^2",
    "((id + (relu >> dense)) >> relu)^2", "relu >> (id + (relu >> dense))", "(id + (relu >> relu >> dense))^2",
    "(id + (relu >> dropout(keep=1/2) >> dense))^2", "(id + (relu >> sws(gain=1) >> permutation))^2",
    "(2*id + (relu >> dense))^2", "(id + (relu >> dense) + (relu >> dense))^2", "(id + (relu >> bn >> dense))^2",
    "(id | (relu >> dense >> relu >> dense))^2", "((relu >> dense) | id)^2", "(id | (ln >> tanh >> dense))^2",
    "(id + (relu >> dense)) >> (id + (tanh >> dense))", "(id + (relu >> dense)) >> (id | (relu >> dense))",
    "let W = dense\n(id + (relu >> W))^2", "(id + (relu >> dense(bias=1)))^2", "(id + (relu(p=1/3) >> dense))^2",
    "(id + (crelu >> dense(n)))^2", "(id + (bn(batch=8) >> relu >> dense))^2", "(id + (relu >> (dense + dense)))^2",
])
def test_networks_of_another_form_are_refused(expression):
    with pytest.raises(FreeblockError):
        overlap(expression, **({"sigma_w": 1} if "dense" in expression else {}))
