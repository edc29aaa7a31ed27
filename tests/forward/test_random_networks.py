"""Random networks: signals against forward passes with drawn weights, φ against the derivation on the same input."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from signals import table

from freeblock.session import derive_source
from freeblock.source import Source

WIDTH, DRAWS, C = 600, 6, 0.6
FUNCTIONS = {
    "relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "leaky_relu(slope=1/5)": lambda x: np.where(x > 0, x, x / 5),
    "activation(x*tanh(x))": lambda x: x * np.tanh(x), "activation(sin(x) + x/3)": lambda x: np.sin(x) + x / 3,
    "activation(max(x, 0)^2/2)": lambda x: np.maximum(x, 0) ** 2 / 2,
}


class Random:
    """A network as text, and what it does to the columns of a matrix, each time with new weights."""

    def __init__(self, seed: int) -> None:
        self.choose = np.random.default_rng(seed)
        self.weights = np.random.default_rng(seed + 1000)

    def pick(self, *makers):
        return makers[self.choose.integers(len(makers))]()

    def dense(self):
        var = int(self.choose.integers(1, 5))
        return f"dense(var={var}/2/fan_in)", lambda x: self.weights.standard_normal((len(x), len(x))) @ x * sqrt(var / 2 / len(x))

    def function(self):
        return list(FUNCTIONS.items())[self.choose.integers(len(FUNCTIONS))]

    def norm(self):
        return "ln", lambda x: (x - x.mean(axis=0)) / x.std(axis=0)

    def chain(self, *parts):
        texts, maps = zip(*parts, strict=True)

        def run(x):
            for one in maps:
                x = one(x)
            return x
        return " >> ".join(texts), run

    def total(self, *parts):
        texts, maps = zip(*parts, strict=True)
        return "(" + " + ".join(f"({text})" for text in texts) + ")", lambda x: sum(one(x) for one in maps)

    def scaled(self, part):
        factor = int(self.choose.integers(1, 4))
        return f"{factor}/2*({part[0]})", lambda x: factor / 2 * part[1](x)

    def skip(self):
        return "id", lambda x: x

    def residual(self, inner):
        return self.total(self.pick(self.skip, lambda: self.scaled(self.skip())), inner)

    def gaussian(self, depth):
        """A block that keeps Gaussian units Gaussian."""
        makers = [self.dense, lambda: self.chain(self.function(), self.dense()),
                  lambda: self.residual(self.chain(self.function(), self.dense())),
                  lambda: self.residual(self.chain(self.norm(), self.function(), self.dense())),
                  lambda: self.residual(self.skip())]
        if depth:
            makers += [lambda: self.residual(self.chain(self.dense(), self.gaussian(depth - 1))),
                       lambda: self.residual(self.chain(self.gaussian(depth - 1), self.dense())),
                       lambda: self.chain(self.sum_of_functions(), self.dense()),
                       lambda: self.chain(self.total(self.sum_of_functions(), self.chain(self.function(), self.dense())),
                                          self.dense()),
                       lambda: self.chain(self.gaussian(depth - 1), self.gaussian(depth - 1))]
        return self.pick(*makers)

    def sum_of_functions(self):
        return self.total(self.pick(self.skip, self.function), self.scaled(self.function()))

    def network(self):
        return self.chain(self.pick(self.dense, self.skip), self.gaussian(2),
                          self.pick(self.skip, self.function, self.sum_of_functions))


@pytest.mark.parametrize("seed", range(40))
def test_mean_squares_and_correlations(seed):
    one = Random(seed)
    expression, run = one.network()
    row = table(expression, c=C).last
    pairs = []
    for _ in range(DRAWS):
        z = one.weights.standard_normal((WIDTH, 2))
        x = run(np.stack([z[:, 0], C * z[:, 0] + sqrt(1 - C * C) * z[:, 1]], axis=1))
        pairs.append([np.mean(x**2), np.mean(x[:, 0] * x[:, 1])])
    measured, errors = np.mean(pairs, axis=0), np.std(pairs, axis=0) / sqrt(DRAWS - 1)
    gap = np.abs(measured - [row.q, row.q * row.c])
    assert np.all(gap < 5 * errors + 10 / WIDTH * row.q), (expression, measured, errors, row)


@pytest.mark.parametrize("seed", range(40))
def test_phi_is_that_of_the_derivation(seed):
    expression, _ = Random(seed).network()
    found = table(expression, c=C)
    derived = derive_source(Source("expression", expression), q="1", c="3/5", order=1).evaluate({}).phi
    if found.log_phi is None:
        assert derived is None, expression
    else:
        assert 10**found.log_phi == pytest.approx(derived, rel=1e-6), expression
