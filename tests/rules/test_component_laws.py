"""Each law of our library against matrices and functions that know nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from scipy.special import erf, expit, ndtr

import freeblock
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import number
from freeblock.language.formulas import to_expression
from freeblock.rules.catalogue import load_catalogue

ORDERS = (1, 2, 3)


def law(name: str, *, given: str | None = None, **values: float | Fraction) -> Callable[..., float]:
    """The law of a rule as a function of the order k, or of z: its formula, evaluated."""
    rule = load_catalogue().find(name)
    jacobian = rule.given[given] if given else rule.jacobian
    if jacobian.of_function:
        return law_of_function(name, **values)
    formula = jacobian.moments or jacobian.s_transform
    scope = {key: number(Fraction(value)) for key, value in values.items()}
    published = {key: to_expression(node, {}, free=False) for key, node in rule.constants.items()}
    for key, parameter in rule.parameters.items():
        if key not in scope and parameter.default is not None:
            scope[key] = to_expression(parameter.default, {**published, **scope}, free=True)

    def value(**variable: float) -> float:
        known = {key: number(Fraction(each)) for key, each in variable.items()}
        return evaluate(to_expression(formula, {**scope, **known}, free=False), {}).to_float()

    return value


def law_of_function(name: str, variant: str = "", **values: float | Fraction) -> Callable[..., float]:
    """The moments of a component that is stated by its function, through a network of nothing else."""
    arguments = ", ".join([*(f"{key}={Fraction(value)}" for key, value in values.items()), *([f"variant={variant}"] if variant else [])])
    result = freeblock.derive(f"{name}({arguments})", order=3)
    numbers = result.evaluate({})
    return lambda k: numbers.moments[k - 1]


def moments(jacobian: np.ndarray) -> list[float]:
    spectrum = np.linalg.eigvalsh(jacobian @ jacobian.T)
    return [float(np.mean(spectrum**order)) for order in ORDERS]


def measured_s_transform(spectrum: np.ndarray, z: float) -> float:
    """S(z) for −1 < z < 0 from its definition: M(χ) = z, S = χ(1+z)/z."""
    low, high = -1e9, 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if np.mean(spectrum * middle / (1 - spectrum * middle)) > z:
            high = middle
        else:
            low = middle
    return low * (1 + z) / z


@pytest.mark.parametrize("outputs", [500, 1000, 1500])
@pytest.mark.parametrize("variance", [1, 0.3])
def test_dense(outputs, variance):
    inputs = 1000
    matrix = np.random.default_rng(1).normal(0, np.sqrt(variance / inputs), (outputs, inputs))
    formula = law("dense", var=Fraction(variance) / inputs, fan_in=inputs, fan_out=outputs)
    check_s_transform(matrix, formula)


@pytest.mark.parametrize("outputs", [500, 1000, 1500])
@pytest.mark.parametrize("gain", [1, 2.5])
def test_scaled_weight_standardization(outputs, gain):
    inputs = 1000
    matrix = np.random.default_rng(2).normal(0, 1, (outputs, inputs))
    matrix -= matrix.mean(axis=1, keepdims=True)
    matrix *= np.sqrt(gain / inputs) / matrix.std(axis=1, ddof=1, keepdims=True)
    formula = law("scaled_weight_standardization", gain=gain, fan_in=inputs, fan_out=outputs)
    check_s_transform(matrix, formula)


def check_s_transform(matrix: np.ndarray, formula: Callable[..., float]) -> None:
    spectrum = np.linalg.eigvalsh(matrix @ matrix.T)
    rank = min(1.0, matrix.shape[1] / matrix.shape[0])
    for z in (-0.02 * rank, -0.3 * rank, -0.7 * rank):
        assert formula(z=z) == pytest.approx(measured_s_transform(spectrum, z), rel=0.01)
    # Orders 1 to 3 from the first coefficients of the formula's own inverse series.
    step = 1e-2
    points = np.array([-3, -2, -1, 1, 2, 3]) * step
    chi = [point / (1 + point) * formula(z=point) for point in points]
    first, second, third = np.linalg.solve([[p**power for power in range(1, 7)] for p in points], chi)[:3]
    series = [1 / first, -second / first**3, (2 * second**2 - first * third) / first**5]
    assert series == pytest.approx(moments(matrix), rel=0.02)


@pytest.mark.parametrize("outputs", [60, 100, 150])
@pytest.mark.parametrize("gain", [1, 1.7])
def test_orthogonal(outputs, gain):
    inputs = 100
    tall = np.random.default_rng(3).normal(size=(max(inputs, outputs), min(inputs, outputs)))
    matrix = gain * np.linalg.qr(tall)[0]
    matrix = matrix if outputs > inputs else matrix.T
    formula = law("orthogonal", gain=gain, fan_in=inputs, fan_out=outputs)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(matrix))


def derivative_moments(function: Callable[[np.ndarray], np.ndarray], mean: float, variance: float) -> list[float]:
    """E f′(x)^(2k) for a normal x: differences of the function on a fine grid."""
    deviation = variance**0.5
    edges = np.linspace(mean - 12 * deviation, mean + 12 * deviation, 400_001)
    slopes = np.diff(function(edges)) / np.diff(edges)
    middles = (edges[1:] + edges[:-1]) / 2
    weights = np.exp(-((middles - mean) ** 2) / (2 * variance))
    return [float(np.average(slopes ** (2 * order), weights=weights)) for order in ORDERS]


@pytest.mark.parametrize("p", [0.5, 0.8])
@pytest.mark.parametrize(("name", "slope"), [("relu", None), ("leaky_relu", 0.01), ("leaky_relu", 0.3), ("prelu", 0.25)])
def test_sign_activation(name, slope, p):
    formula = law(name, p=p, **({} if slope is None else {"slope": slope}))
    expected = derivative_moments(lambda x: np.where(x > 0, x, (slope or 0) * x), NormalDist().inv_cdf(p), 1)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu"])
def test_defaults_of_sign_activations(name):
    slope = {"relu": 0.0, "leaky_relu": 0.01, "prelu": 0.25}[name]
    formula = law(name)
    assert [formula(k=order) for order in ORDERS] == pytest.approx([(1 + slope ** (2 * order)) / 2 for order in ORDERS])


@pytest.mark.parametrize("q", [0.1, 1, 2.5])
def test_tanh(q):
    formula = law("tanh", q=q)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(derivative_moments(np.tanh, 0, q), rel=1e-6)


@pytest.mark.parametrize(("scale", "alpha"), [(None, None), (1, 1), (1.27453, 0.89304)])
@pytest.mark.parametrize("q", [0.5, 1, 2])
def test_selu(scale, alpha, q):
    formula = law("selu", q=q, **({} if scale is None else {"scale": scale, "alpha": alpha}))
    scale, alpha = scale or 1.0507009873554805, alpha or 1.6732632423543772
    expected = derivative_moments(lambda x: scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), 0, q)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(expected, rel=1e-4)


FUNCTIONS: list[tuple[str, dict[str, float], Callable[[np.ndarray], np.ndarray]]] = [
    ("elu", {}, lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
    ("elu", {"alpha": 0.4}, lambda x: np.where(x > 0, x, 0.4 * np.expm1(np.minimum(x, 0)))),
    ("gelu", {}, lambda x: x * ndtr(x)),
    ("silu", {}, lambda x: x * expit(x)),
    ("softplus", {}, lambda x: np.logaddexp(0, x)),
    ("mish", {}, lambda x: x * np.tanh(np.logaddexp(0, x))),
    ("hard_tanh", {}, lambda x: np.clip(x, -1, 1)),
    ("hard_tanh", {"c": 0.5}, lambda x: np.clip(x, -0.5, 0.5)),
    ("hard_swish", {}, lambda x: x * np.clip(x / 6 + 0.5, 0, 1)),
    ("erf", {}, erf),
    ("sin", {}, np.sin),
    ("sin", {"frequency": 1.5}, lambda x: np.sin(1.5 * x)),
    ("abs", {}, np.abs),
    ("sigmoid", {}, expit),
    # A surrogate is held against the ramp whose derivative it is.
    ("spike_sigmoid", {"slope": 0.75}, lambda x: expit(3 * x)),
    ("spike_sigmoid", {"threshold": 0.5}, lambda x: expit(4 * (x - 0.5))),
    ("spike_arctan", {}, lambda x: np.arctan(np.pi * x) / np.pi),
    ("spike_arctan", {"slope": 0.5, "threshold": 0.25}, lambda x: np.arctan(np.pi * 0.5 * (x - 0.25)) / np.pi),
    ("spike_rectangular", {"slope": 0.5}, lambda x: np.clip(0.5 * x + 0.5, 0, 1)),
    ("spike_rectangular", {"slope": 2, "threshold": 0.5}, lambda x: np.clip(2 * (x - 0.5) + 0.5, 0, 1)),
]


@pytest.mark.parametrize("q", [0.3, 1, 2])
@pytest.mark.parametrize(("name", "parameters", "function"), FUNCTIONS)
def test_units_stated_by_their_function(name, parameters, function, q):
    formula = law(name, q=q, **parameters)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(derivative_moments(function, 0, q), rel=3e-4)


@pytest.mark.parametrize("name", ["activation"])
def test_an_activation_of_ones_own(name):
    result = freeblock.derive(f"{name}(x*tanh(log(1 + exp(x))), q=1/2)", order=3).evaluate({})
    expected = derivative_moments(lambda x: x * np.tanh(np.logaddexp(0, x)), 0, 0.5)
    assert result.moments == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("name", "slope"), [("tanh", 1), ("sigmoid", 1 / 4)])
def test_the_variant_of_the_paper_is_the_slope_at_zero(name, slope):
    formula = law_of_function(name, variant="paper")
    assert [formula(k=order) for order in ORDERS] == pytest.approx([slope ** (2 * order) for order in ORDERS])
    tiny = law_of_function(name, q=1e-9)
    assert [tiny(k=order) for order in ORDERS] == pytest.approx([slope ** (2 * order) for order in ORDERS], rel=1e-6)


@pytest.mark.parametrize("slope", [0.25, 2])
@pytest.mark.parametrize("p", [0.5, 0.8])
def test_sprelu(slope, p):
    formula = law("sprelu", slope=slope, p=p)
    size = np.sqrt(1 + slope**2)
    expected = derivative_moments(lambda x: np.where(x > 0, x, slope * x) / size, NormalDist().inv_cdf(p), 1)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(expected, rel=1e-4)


def test_crelu():
    mask = np.diag((np.random.default_rng(8).normal(size=40) > 0).astype(float))
    jacobian = np.vstack([mask, mask - np.eye(40)])
    assert np.array_equal(jacobian.T @ jacobian, np.eye(40))
    formula = law("crelu")
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(jacobian))


@pytest.mark.parametrize("gain", [1, 1.7])
@pytest.mark.parametrize("outputs", [500, 1000, 1500])
def test_weight_norm(outputs, gain):
    matrix = np.random.default_rng(9).normal(0, 1, (outputs, 1000))
    matrix *= gain / np.linalg.norm(matrix, axis=1, keepdims=True)
    check_s_transform(matrix, law("weight_norm", gain=gain, fan_in=1000, fan_out=outputs))


@pytest.mark.parametrize("keep", [0.8, 0.3, 1])
def test_plain_dropout(keep):
    formula = law("plain_dropout", keep=keep)
    mask = (np.random.default_rng(4).random(4_000_000) < keep).astype(float)
    expected = [float(np.mean(mask ** (2 * order))) for order in ORDERS]
    assert [formula(k=order) for order in ORDERS] == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("name", ["diagonal_gain"])
def test_gains(name):
    assert [law("layer_scale", gain=0.5)(k=order) for order in ORDERS] == pytest.approx(moments(np.eye(3) / 2))
    assert [law("permutation")(k=order) for order in ORDERS] == pytest.approx(moments(np.eye(5)[[3, 1, 0, 4, 2]]))
    gains = np.random.default_rng(2).lognormal(size=30)
    result = freeblock.derive(f"{name}(m, s)").evaluate({"m": np.mean(gains**2), "s": np.mean(gains**4)})
    assert result.moments == pytest.approx(moments(np.diag(gains))[:2])


@pytest.mark.parametrize("batch", [4, 9])
def test_normalization_by_the_mean_absolute_value(batch):
    values = np.random.default_rng(5).normal(0.4, 1.3, batch)
    size = float(np.mean(np.abs(values)))
    # d(x_i/s)/dx_j = (δ_ij − x_i sign(x_j)/(m s))/s
    jacobian = (np.eye(batch) - np.outer(values, np.sign(values)) / (batch * size)) / size
    formula = law("l1_moment_norm", given="batch", batch=batch, size=size, ratio=float(np.mean(values**2)) / size**2)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(jacobian), rel=1e-6)
    assert law("l1_moment_norm", size=size)(k=2) == pytest.approx(size**-4)


@pytest.mark.parametrize("epsilon", [0, 0.5, 2])
def test_batch_norm_with_epsilon(epsilon):
    values = np.random.default_rng(5).normal(0.4, 1.3, 8)

    def normalize(x: np.ndarray) -> np.ndarray:
        return (x - x.mean()) / np.sqrt(x.var() + epsilon)

    step = 1e-5
    jacobian = np.array([(normalize(values + step * unit) - normalize(values - step * unit)) / (2 * step) for unit in np.eye(8)]).T
    formula = law("batch_norm", given="batch", batch=8, std=float(values.std()), epsilon=epsilon)
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(jacobian), rel=1e-6)
    assert law("batch_norm", std=3, epsilon=epsilon)(k=2) == pytest.approx((9 + epsilon) ** -2)


@pytest.mark.parametrize("keep", [0.8, 0.3, 1])
def test_dropout(keep):
    formula = law("dropout", keep=keep)
    mask = (np.random.default_rng(4).random(4_000_000) < keep) / keep
    expected = [float(np.mean(mask ** (2 * order))) for order in ORDERS]
    assert [formula(k=order) for order in ORDERS] == pytest.approx(expected, rel=0.005)


def normalization_jacobian(values: np.ndarray, centred: bool) -> tuple[np.ndarray, float]:
    """The Jacobian by central differences, and the statistic that divides."""
    def normalize(x: np.ndarray) -> np.ndarray:
        x = x - x.mean() if centred else x
        return x / np.sqrt(np.mean(x**2))

    step = 1e-5
    columns = [(normalize(values + step * unit) - normalize(values - step * unit)) / (2 * step)
               for unit in np.eye(len(values))]
    return np.array(columns).T, float(values.std() if centred else np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("batch", [4, 9])
@pytest.mark.parametrize(("name", "statistic", "centred"), [("batch_norm", "std", True), ("second_moment_norm", "rms", False)])
def test_normalization_of_a_finite_batch_is_exact(name, statistic, centred, batch):
    values = np.random.default_rng(5).normal(0.4, 1.3, batch)
    jacobian, divisor = normalization_jacobian(values, centred)
    formula = law(name, given="batch", batch=batch, **{statistic: divisor})
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(jacobian), rel=1e-6)


@pytest.mark.parametrize(("name", "statistic", "centred"), [
    ("batch_norm", "std", True), ("layer_norm", "std", True), ("rms_norm", "rms", False),
    ("second_moment_norm", "rms", False),
])
def test_normalization_of_many_values(name, statistic, centred):
    values = np.random.default_rng(6).normal(0.4, 1.3, 400)
    jacobian, divisor = normalization_jacobian(values, centred)
    formula = law(name, **{statistic: divisor})
    assert [formula(k=order) for order in ORDERS] == pytest.approx(moments(jacobian), rel=0.01)


def test_identity():
    assert [law("id")(k=order) for order in ORDERS] == moments(np.eye(3))


def test_every_law_is_tested_here():
    here = Path(__file__)
    text = here.read_text(encoding="utf-8") + (here.parent / "test_image_laws.py").read_text(encoding="utf-8")
    assert [name for name in load_catalogue().names() if name != "opaque" and f'"{name}"' not in text] == []
