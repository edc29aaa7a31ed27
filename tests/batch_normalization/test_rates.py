"""The growth under batch normalization at finite batch: closed forms, quadrature, series, and matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from freeblock.batch_normalization.network_simulation import simulated_rates
from freeblock.batch_normalization.rates import closed_rate, limit_rate, rate
from freeblock.errors import DomainError
from freeblock.functions_of_x import read_activation

# Yang et al. 2019 (arXiv 1902.08129), re-derived: theory 3, section 4.
TABLE = {
    "relu": {4: 3.08406, 5: 2.27371, 6: 2.00378, 8: 1.78819, 16: 1.58995, 32: 1.52195, 128: 1.47968, 1024: 1.46850},
    "linear": {4: 2, 5: 1.5, 6: 4 / 3, 8: 1.2, 16: 1.07692, 32: 1.03448, 128: 1.008, 1024: 1.00098},
    "tanh": {5: 1.64188, 6: 1.48313, 8: 1.35855, 16: 1.24626, 32: 1.20830},
}
LIMITS = {"relu": math.pi / (math.pi - 1), "linear": 1.0, "tanh": 1.17781}


@pytest.mark.parametrize("name", TABLE)
def test_the_table(name: str) -> None:
    activation = read_activation(name)
    for batch, expected in TABLE[name].items():
        found = rate(activation, batch)
        assert found.quadrature == pytest.approx(expected, abs=6e-6)
        assert found.series == pytest.approx(expected, abs=6e-6)
    assert limit_rate(activation) == pytest.approx(LIMITS[name], abs=6e-6)


@pytest.mark.parametrize("text", ["relu", "leaky_relu", "linear", "abs(x)", "max(x, -2*x)", "max(2*x, 5*x)"])
@pytest.mark.parametrize("batch", [4, 7, 64])
def test_the_closed_form_is_the_quadrature(text: str, batch: int) -> None:
    found = rate(read_activation(text), batch)
    assert found.closed == pytest.approx(found.quadrature, rel=1e-10)
    assert found.series == pytest.approx(found.quadrature, rel=1e-6)


@pytest.mark.parametrize("text", ["gelu", "elu", "hard_tanh", "x*tanh(x)", "x + x^2/3", "exp(x)",
                                  "sin(2*x)", "max(0, x - 1/2)"])
@pytest.mark.parametrize("batch", [5, 20])
def test_series_and_quadrature_agree(text: str, batch: int) -> None:
    found = rate(read_activation(text), batch)
    assert found.closed is None
    assert found.series == pytest.approx(found.quadrature, rel=2e-6)


def test_a_scale_of_the_activation_changes_nothing_and_a_constant_neither() -> None:
    first, second = (rate(read_activation(text), 7).quadrature for text in ("tanh(x) + x^2", "3 - 2*tanh(x) - 2*x^2"))
    assert first == pytest.approx(second, rel=1e-11)


@pytest.mark.parametrize("text", ["relu", "tanh", "x*exp(x/3)"])
def test_the_rate_is_that_of_jacobian_matrices(text: str) -> None:
    """λ = E tr(JᵀDGDJ)/(B−1), J the derivative of x ↦ √B·Gx/|Gx| by differences, at covariance q(1−c)G of x."""
    batch, samples = 6, 100_000
    activation = read_activation(text)
    generator = np.random.default_rng(3)
    centring = np.eye(batch) - 1 / batch
    before = generator.standard_normal((samples, batch))

    def normalized(x: np.ndarray) -> np.ndarray:
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))

    outputs, slope = activation.values(normalized(before))
    spread = np.var(outputs, axis=1, ddof=1).mean()  # q(1−c), the variance within a batch
    inputs = before * np.sqrt(spread)
    step = 1e-5
    columns = [(normalized(inputs + step * each) - normalized(inputs - step * each)) / (2 * step) for each in np.eye(batch)]
    jacobian = np.stack(columns, axis=2) * slope[:, :, None]
    traces = np.einsum("sij,ik,skj->s", jacobian, centring, jacobian) / (batch - 1)
    error = traces.std() / math.sqrt(samples)
    assert abs(traces.mean() - rate(activation, batch).quadrature) < 4 * error
    assert error < 0.05


def test_real_networks_grow_so() -> None:
    activation = read_activation("relu")
    mean, error = simulated_rates(activation, [8], 300, 6, 1, lambda done, total: None)[8]
    assert error < 0.04
    assert abs(mean - rate(activation, 8).quadrature) < 4 * error + 8 / 300


@pytest.mark.parametrize("batch", [0, 3, -1, 10**7])
def test_a_batch_without_a_rate(batch: int) -> None:
    with pytest.raises(DomainError, match="no rate"):
        rate(read_activation("relu"), batch)


def test_only_two_straight_branches_have_a_closed_form() -> None:
    assert closed_rate(read_activation("abs(x)*x")) is None
    assert closed_rate(read_activation("max(1, x)")) is None
    assert closed_rate(read_activation("x + 1")) is None
