"""Means over two correlated pre-activations, against closed forms from the literature and exact polynomials."""

from __future__ import annotations

from math import acos, asin, exp, pi, sinh, sqrt

import numpy as np
import pytest

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.on_demand import read_function
from freeblock.errors import RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.language.parser import parse_formula
from freeblock.source import Source


def means(text: str) -> CorrelatedMeans:
    node = parse_formula(Source("function", text))
    return CorrelatedMeans(read_function(node, {}, free=True, jumps=False), lambda value: evaluate(value, {}).to_float())


CORRELATIONS = [-1, -0.9, -0.2, 0, 0.3, 0.99, 1 - 1e-9, 1]


@pytest.mark.parametrize("c", CORRELATIONS)
@pytest.mark.parametrize(("q", "r"), [(1, 1), (0.3, 2.5)])
def test_closed_forms(q, r, c):
    p = c * sqrt(q * r)
    expected = {
        "max(x, 0)": sqrt(q * r) * (sqrt(1 - c * c) + (pi - acos(c)) * c) / (2 * pi),  # Cho and Saul 2009
        "erf(x)": 2 / pi * asin(2 * p / sqrt((1 + 2 * q) * (1 + 2 * r))),  # Williams 1997
        "sin(x)": exp(-(q + r) / 2) * sinh(p),
        "exp(x/2)": exp((q + r + 2 * p) / 8),
        "x^3": 9 * q * r * p + 6 * p**3,  # Isserlis
        "x^2": q * r + 2 * p * p,
        "abs(x)": sqrt(q * r) * 2 / pi * (sqrt(1 - c * c) + c * asin(c)),
    }
    for text, value in expected.items():
        assert means(text).product(q, r, p) == pytest.approx(value, rel=1e-9, abs=1e-12), text


@pytest.mark.parametrize("c", [-0.9, 0, 0.3, 0.99, 1])
def test_products_of_squared_slopes(c):
    # relu′ is a sign: both are 1 with probability 1/4 + asin(c)/2π.
    assert means("max(x, 0)").slope_product(2, 3, c * sqrt(6)) == pytest.approx(0.25 + asin(c) / (2 * pi))
    # f = x²/2 has f′ = x, and E u²v² = 1 + 2c².
    assert means("x^2/2").slope_product(1, 1, c) == pytest.approx(1 + 2 * c * c)
    assert means("x^2/2").slopes(1, c) == pytest.approx(c)


@pytest.mark.parametrize("text", ["max(x, 1/2)^2/3", "min(max(x, -1), 1)", "max(x, 0) + 1.6*(exp(min(x, 0)) - 1)", "x*tanh(x)"])
def test_against_draws(text):
    z = np.random.default_rng(3).standard_normal((2, 400_000))
    u, v = sqrt(1.3) * z[0], sqrt(0.7) * (0.3 * z[0] + sqrt(1 - 0.09) * z[1])
    functions = {
        "max(x, 1/2)^2/3": lambda x: np.maximum(x, 0.5) ** 2 / 3, "min(max(x, -1), 1)": lambda x: np.clip(x, -1, 1),
        "max(x, 0) + 1.6*(exp(min(x, 0)) - 1)": lambda x: np.maximum(x, 0) + 1.6 * (np.exp(np.minimum(x, 0)) - 1),
        "x*tanh(x)": lambda x: x * np.tanh(x)}
    products = functions[text](u) * functions[text](v)
    assert abs(means(text).product(1.3, 0.7, 0.3 * sqrt(0.91)) - products.mean()) < 4 * products.std() / sqrt(400_000)


def test_refusals():
    with pytest.raises(RefusedError):
        means("exp(x^2)").mean_square(1)
