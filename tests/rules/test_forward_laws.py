"""What each rule says of a signal, against quadrature and against layers that were drawn."""

from __future__ import annotations

from fractions import Fraction
from math import exp, pi, sqrt, tanh

import numpy as np
import pytest

from freeblock.errors import ErrorList
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import number
from freeblock.language.formulas import to_expression
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source


def forward(name: str, **values: float) -> tuple[float, float | None]:
    """Mean square and mean of the output as the rule states them."""
    rule = load_catalogue().find(name)
    assert rule is not None and rule.forward is not None
    scope = {key: number(Fraction(value)) for key, value in values.items()}
    published = {key: to_expression(node, {}, free=False) for key, node in rule.constants.items()}
    for key, parameter in rule.parameters.items():
        if key not in scope and parameter.default is not None:
            scope[key] = to_expression(parameter.default, {**published, **scope}, free=True)

    def value(node):
        return evaluate(to_expression(node, scope, free=False), {}).to_float()

    return value(rule.forward.mean_square), None if rule.forward.mean is None else value(rule.forward.mean)


NODES = list(zip(*np.polynomial.legendre.leggauss(200), strict=True))


def leaky(slope: float):
    return lambda x: x if x > 0 else slope * x


def selu(scale: float, alpha: float):
    return lambda x: scale * (x if x > 0 else alpha * (exp(x) - 1))


@pytest.mark.parametrize(("name", "values", "function"), [
    ("relu", {}, leaky(0)), ("leaky_relu", {"slope": 0.3}, leaky(0.3)), ("prelu", {}, leaky(0.25)), ("tanh", {}, tanh),
    ("selu", {"scale": 1, "alpha": 1}, selu(1, 1)), ("selu", {"scale": 1.3, "alpha": 0.7}, selu(1.3, 0.7)),
    ("selu", {}, selu(1.0507009873554805, 1.6732632423543772)),
])
@pytest.mark.parametrize("q", [0.25, 1, 3.5])
def test_activations_of_a_gaussian(name, values, function, q):
    # Gauss–Legendre on either side of the kink, to 12 standard deviations.
    mean_square = mean = 0.0
    for low, high in ((-12, 0), (0, 12)):
        for node, weight in NODES:
            z = (high - low) / 2 * node + (high + low) / 2
            density = weight * (high - low) / 2 * exp(-z * z / 2) / sqrt(2 * pi)
            value = function(sqrt(q) * z)
            mean_square += density * value**2
            mean += density * value
    stated = forward(name, q=q, mean=0, **values)
    assert stated == pytest.approx((mean_square, mean), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("fan_out", [200, 600])
@pytest.mark.parametrize(("name", "values"), [
    ("dense", {"var": 1.7 / 400}), ("orthogonal", {"gain": 1.3}), ("scaled_weight_standardization", {"gain": 2.0}),
])
def test_weights_applied_to_a_signal_with_a_mean(name, values, fan_out):
    draw = np.random.default_rng(4)
    fan_in, found = 400, []
    for _ in range(40):  # the ratio varies by √(2/200)/√40 = 0.016
        x = np.maximum(draw.standard_normal(fan_in), 0) * 1.5
        gaussian = draw.standard_normal((fan_out, fan_in))
        if name == "dense":
            weights = gaussian * sqrt(values["var"])
        elif name == "orthogonal":
            left, _, right = np.linalg.svd(gaussian, full_matrices=False)
            weights = values["gain"] * left @ right
        else:
            rows = gaussian - gaussian.mean(axis=1, keepdims=True)
            weights = rows / rows.std(axis=1, ddof=1, keepdims=True) * sqrt(values["gain"] / fan_in)
        y = weights @ x
        stated = forward(name, q=float(np.mean(x**2)), mean=float(np.mean(x)), fan_in=fan_in, fan_out=fan_out, out=fan_out, **values)
        assert stated[1] == 0
        found.append((np.mean(y**2) / stated[0], np.mean(y) / sqrt(stated[0])))
    ratio, mean = np.mean(found, axis=0)
    assert ratio == pytest.approx(1, abs=0.065) and mean == pytest.approx(0, abs=0.05)


def test_the_others():
    assert forward("dropout", keep=0.8, q=2, mean=0.3) == pytest.approx((2 / 0.8, 0.3))  # E (x b/k)² with P(b = 1) = k
    assert forward("id", q=2, mean=0.3) == pytest.approx((2, 0.3))
    x = np.random.default_rng(1).gamma(2, size=1000)
    for name, centre in (("layer_norm", x.mean()), ("batch_norm", x.mean()), ("rms_norm", 0), ("second_moment_norm", 0)):
        y = (x - centre) / np.sqrt(np.mean((x - centre) ** 2))
        stated = forward(name, q=float(np.mean(x**2)), mean=float(x.mean()), std=1, rms=1)
        assert stated[0] == pytest.approx(np.mean(y**2))
        assert stated[1] is None if not centre else stated[1] == pytest.approx(np.mean(y), abs=1e-12)


RULE = """
bent:
  title: t
  kind: activation
  source: s
  parameters: {{q: {{default: 1, meaning: variance of the input}}}}
  jacobian: {{moments: q, traits: {{diagonal: true}}}}
  depends_on: value
  forward: {forward}
"""


@pytest.mark.parametrize(("forward", "message"), [
    ("{mean: 0}", "`forward` lacks `mean_square`"),
    ("{mean_square: q, variance: 1}", "`forward` has no key `variance`"),
    ("{mean_square: q*r}", "nothing is called `r` here"),
    ("{mean_square: q = 1}", "a comparison stands where a formula is expected"),
    ("7", "`forward` needs entries of the form `key: value`"),
])
def test_what_is_wrong_with_an_entry(forward, message):
    with pytest.raises(ErrorList) as caught:
        load_catalogue([Source("mine.yaml", RULE.format(forward=forward))])
    assert [error.message for error in caught.value.errors] == [message]


def test_a_rule_of_the_user():
    catalogue = load_catalogue([Source("mine.yaml", RULE.format(forward="{mean_square: q^2 + mean, mean: mean}"))])
    rule = catalogue.find("bent")
    assert rule is not None and rule.forward is not None and rule.forward.mean is not None
