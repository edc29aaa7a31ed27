"""Each sampler draws what its name says, and the control variates have mean zero."""

from __future__ import annotations

import numpy as np
import pytest
from sampled_networks import network

from freeblock.check import sample_moments
from freeblock.check.activations import ACTIVATIONS
from freeblock.check.images.image_pass import STRUCTURES
from freeblock.check.jacobian import add, multiply, scale_rows, spectral_moments, stack
from freeblock.check.processors import LARGE, _switch, one_processor
from freeblock.check.weights import KERNELS, WEIGHTS
from freeblock.rules.schema import SAMPLERS

SHAPES = [(7, 7), (4, 9), (9, 4)]
ACTIVATION_PARAMETERS = [
    ("sign", {"positive": 1.0, "negative": 0.0, "p": 0.5}),
    ("sign", {"positive": 2.0, "negative": 0.3, "p": 0.2}),
    ("function", {"q": 1.7, "function": np.tanh}),
    ("function", {"q": 0.6, "function": lambda x: np.where(x > 0, x, 1.67 * np.expm1(np.minimum(x, 0)))}),
]


def test_every_sampler_that_a_rule_may_name_exists():
    passed = {"noise", "channel_noise", "normalize", "normalize_groups", "identity", "concatenated", "normalize_by_size", "constant"}
    assert {*WEIGHTS, *KERNELS, *ACTIVATIONS, *STRUCTURES, *passed} == set(SAMPLERS)



def test_a_spike_fires_above_its_threshold_and_passes_its_surrogate_back():
    parameters = {"q": 1.2, "threshold": 0.3, "derivative": lambda x: 1 / (1 + x**2)}
    h = np.array([-1.0, 0.29, 0.31, 2.0])
    assert ACTIVATIONS["spike"].value(parameters, h).tolist() == [0, 0, 1, 1]
    assert np.array_equal(ACTIVATIONS["spike"].derivative(parameters, h), 1 / (1 + h**2))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("name", "parameters"), [("gaussian", {"var": 0.3}), ("haar", {"gain": 1.4}), ("unit_rows", {"gain": 1.4})])
def test_a_weight_stretches_any_vector_by_its_gain(name, parameters, shape):
    generator, vector = np.random.default_rng(3), np.linspace(-1, 2, shape[1])
    squares = [
        np.sum((WEIGHTS[name].draw(parameters, *shape, generator) @ vector) ** 2) / np.sum(vector**2)
        for _ in range(4000)
    ]
    gain = WEIGHTS[name].gain(parameters, *shape)
    assert abs(np.mean(squares) - gain) < 4 * np.std(squares) / np.sqrt(4000) + 1e-12


@pytest.mark.parametrize("shape", SHAPES)
def test_haar_has_orthonormal_rows_or_columns_up_to_the_gain(shape):
    weight = WEIGHTS["haar"].draw({"gain": 1.4}, *shape, np.random.default_rng(1))
    gram = weight @ weight.T if shape[0] <= shape[1] else weight.T @ weight
    assert np.allclose(gram, 1.4**2 * np.eye(min(shape)))


def test_haar_is_uniform_in_sign():
    generator = np.random.default_rng(2)
    traces = [np.trace(WEIGHTS["haar"].draw({"gain": 1.0}, 3, 3, generator)) for _ in range(6000)]
    assert abs(np.mean(traces)) < 4 / np.sqrt(6000)  # E tr Q = 0 and E (tr Q)² = 1
    assert np.mean(np.square(traces)) == pytest.approx(1, abs=0.08)


def test_standardized_rows_have_mean_zero_and_the_unbiased_variance():
    weight = WEIGHTS["standardized"].draw({"gain": 2.0}, 5, 20, np.random.default_rng(1))
    assert np.allclose(weight.mean(axis=1), 0)
    assert np.allclose(weight.var(axis=1, ddof=1), 2.0 / 20)
    assert not WEIGHTS["standardized"].draw({"gain": 2.0}, 3, 1, np.random.default_rng(1)).any()


@pytest.mark.parametrize(("name", "parameters"), ACTIVATION_PARAMETERS)
def test_the_mean_square_of_a_derivative_is_the_sampled_one(name, parameters):
    activation = ACTIVATIONS[name]
    h = activation.prepare(parameters, np.random.default_rng(4).standard_normal(400_000))
    squares = activation.derivative(parameters, h) ** 2
    assert abs(np.mean(squares) - activation.mean_square(parameters)) < 4 * np.std(squares) / 632


@pytest.mark.parametrize(("name", "parameters"), ACTIVATION_PARAMETERS)
def test_the_derivative_is_that_of_the_value(name, parameters):
    activation, h, step = ACTIVATIONS[name], np.array([-2.0, -0.4, 0.3, 1.9]), 1e-6
    slope = (activation.value(parameters, h + step) - activation.value(parameters, h - step)) / (2 * step)
    assert np.allclose(slope, activation.derivative(parameters, h), atol=1e-8)


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.8, 1.0])
def test_a_sign_unit_is_active_with_its_probability(p):
    h = ACTIVATIONS["sign"].prepare({"p": p}, np.random.default_rng(5).standard_normal(100_000))
    assert np.mean(h > 0) == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 100_000) + 1e-12)


@pytest.mark.parametrize("network_mode", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "(dense(var=2/fan_in) >> leaky_relu(slope=.3, p=.4))^2",
        "orthogonal(n/2, gain=2) >> selu >> orthogonal(n) >> dropout(keep=.7)",
        "(id | (relu >> dense(n/3, var=2/fan_in))) >> relu >> dense(n, var=1/fan_in)",
        "let W = dense(var=1/fan_in)\n(W >> relu) + (W >> tanh(q=2))",
    ],
)
def test_the_control_variates_have_mean_zero(text, network_mode):
    controls = sample_moments(network(text), {"n": 12, "lambda_selu": 1.0507, "alpha_selu": 1.6733}, 1, 3000, seed=6, network=network_mode).controls
    spread = np.std(controls, axis=0) + 1e-12
    assert np.any(spread > 1e-3)
    assert np.all(np.abs(np.mean(controls, axis=0)) < 4.5 * spread / np.sqrt(3000))


@pytest.mark.parametrize("shape", SHAPES)
def test_moments_are_those_of_the_eigenvalues(shape):
    jacobian = np.random.default_rng(7).standard_normal(shape) / 3
    jacobian[1] = 0
    eigenvalues = np.linalg.eigvalsh(jacobian @ jacobian.T)
    expected = [np.mean(eigenvalues**k) for k in range(1, 9)]
    assert np.allclose(spectral_moments(jacobian, 8), expected)


def test_diagonal_jacobians_are_kept_as_vectors_without_changing_anything():
    generator = np.random.default_rng(8)
    diagonal, full = generator.standard_normal(5), generator.standard_normal((5, 5))
    assert np.allclose(multiply(full, diagonal), full @ np.diag(diagonal))
    assert np.allclose(scale_rows(diagonal, diagonal), diagonal**2)
    assert np.allclose(add([diagonal, full, diagonal]), full + 2 * np.diag(diagonal))
    assert np.allclose(add([diagonal, diagonal]), 2 * diagonal)
    assert np.allclose(stack([diagonal, full]), np.vstack([np.diag(diagonal), full]))
    assert np.allclose(spectral_moments(diagonal, 3), spectral_moments(np.diag(diagonal), 3))


def test_sampling_leaves_the_number_of_threads_as_it_was():
    switch = _switch()
    if switch is None:
        pytest.skip("this numpy has no OpenBLAS")
    before = switch[0]()
    with one_processor(64):
        assert switch[0]() == 1
    with one_processor(LARGE):
        assert switch[0]() == before
    assert switch[0]() == before
