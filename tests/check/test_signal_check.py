"""Mean square, correlation and gradient scale in passes forwards and backwards, against `forward` and by hand."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from sampled_networks import network

from freeblock.check import Data, SignalPrediction, check_signal
from freeblock.check.data_pass import DataPass
from freeblock.check.plan import make_plan
from freeblock.check.signals import SignalSampling
from freeblock.errors import OptionError
from freeblock.measure import measure
from freeblock.source import Source

DENSE = "dense(var=1/fan_in)"
HALVED = "dense(n/2, var=1/fan_in)"


def checked(text, **options):
    return measure(Source("expression", text), network=True, **options).result


@pytest.mark.parametrize(("text", "options"), [
    ("(dense(var=2/fan_in) >> relu)^3", {"c": 0.3}),
    (f"({DENSE} >> tanh)^4", {"q": 1.5, "c": "1/2"}),
    ("(orthogonal(gain=sqrt(2)) >> leaky_relu(slope=1/5))^3", {"c": -1}),
    ("(dense(var=2/fan_in) >> bn >> relu)^3", {"c": 0.6}),
    ("(id + (bn >> relu >> dense(var=2/fan_in)))^4", {"q": 2, "c": 0.3}),
    (f"(id + (ln >> tanh >> {DENSE}))^4", {"c": 0.3}),
    (f"({DENSE} >> ln >> activation(x*tanh(x)))^3", {"c": 0.7}),
    (f"{DENSE} >> activation(sin(x) + x/2) >> sws", {"q": 2, "c": -0.8}),
    (f"id + ({DENSE} >> rms_norm >> activation(exp(-x^2) - x) >> {DENSE})", {"c": 0.5}),
    (f"(id | (relu >> {HALVED})) >> {DENSE} >> dropout(keep=1/2)", {"c": 0.5}),
])
def test_networks_behave_as_forward_says(text, options):
    """At width 96 and at 48, extrapolated. Three activations are in no table."""
    signal = checked(text, width=96, samples=100, seed=2, order=1, **options).signal
    assert [row.name for row in signal.rows] == ["q", "c", "GSC"] and signal.half_passes == 3 * signal.passes == 300
    for row in signal.rows:
        assert row.agrees, row
        assert row.tolerance < 0.2 * max(row.predicted, 0.5), row


@pytest.mark.parametrize(("changed", "found"), [({"q": 1.25}, "q"), ({"c": 0.72}, "c"), ({"gsc": 1.25}, "GSC")])
def test_a_wrong_prediction_is_found(changed, found):
    """True are 1, 0.6370 (the arc-cosine map of 0.3, twice) and 1."""
    def wrong(angle=0.3):
        return (sqrt(1 - angle**2) + (np.pi - np.arccos(angle)) * angle) / np.pi

    truth = SignalPrediction(1.0, wrong(wrong()), 1.0)
    block = network("(dense(var=2/fan_in) >> relu)^2")
    options = {"width": 96, "samples": 250, "seed": 3}
    assert check_signal(block, truth, {}, Data(1, 0.3), **options).agrees
    rows = check_signal(block, truth._replace(**changed), {}, Data(1, 0.3), **options).rows
    assert [row.name for row in rows if not row.agrees] == [found]


def test_a_check_fails_with_its_signal(tmp_path):
    """A component whose rule says something else under `forward` than what is sampled."""
    library = tmp_path / "wrong.yaml"
    library.write_text("""
tilted:
  title: A rectifier that is told wrongly
  kind: activation
  jacobian: {moments: 1/2}
  depends_on: sign
  forward: {function: "max(x, 0) + max(x - 1/2, 0)/4"}
  sample: {sampler: sign, positive: 1, negative: 0, p: 1/2}
  source: a test
""", encoding="utf-8")
    result = checked("dense(var=1/fan_in) >> tilted", library=[str(library)], width=64, samples=300, seed=1)
    assert all(order.agrees for order in result.orders) and not result.agrees and not result.signal.agrees
    assert "DISAGREES" in repr(result) and "q" in {row.name for row in result.signal.rows if not row.agrees}


def test_statistics_are_differentiated():
    """One linear layer at finite width d or batch B, exactly: GSC² = (d−2)/(d−3) behind layer norm, (d−1)/(d−2) behind
    a root mean square, times (d−1)/(d−2) of a Gaussian input (d·E|x|⁻²(1 − 1/d)); (B−2)/(B−3) behind batch norm. With
    statistics held fixed all of these were larger by a factor of about 1 + 2/d."""
    for norm, width, batch, expected in (("ln", 10, 24, 8 / 7 * 9 / 8), ("rms_norm", 10, 24, (9 / 8) ** 2),
                                         ("bn", 40, 9, 7 / 6)):
        sampling = SignalSampling(make_plan(network(f"{DENSE} >> {norm}"), {"n": width}, True), 5, Data(), batch)
        sampling.extend(2000)
        estimate = sampling.samples().estimate()
        scale, error = estimate.mean[2], estimate.stderr[2]
        assert error < 0.005 and abs(scale - sqrt(expected)) < 4 * error, (norm, scale**2, error, expected)


@pytest.mark.parametrize("text", [
    f"({DENSE} >> ln >> tanh) + bn", f"2 * ({DENSE} >> smn) | (rms_norm >> {HALVED})",
    f"let W = {DENSE}\nW >> bn(epsilon=1/3) >> W >> activation(sin(x))", f"{DENSE} >> l1_moment_norm >> dropout(keep=1/2)",
    "crelu >> dense(n) >> softplus >> layer_scale(gain=3)", f"(id + (ln >> {DENSE} >> leaky_relu >> bn))^2 >> id",
])
def test_the_way_back_is_the_transpose_of_the_derivative(text):
    plan = make_plan(network(text), {"n": 8, "sigma_w": 1, "sigma_A": 1}, True)
    x, u = np.random.default_rng(1).standard_normal((2, 8, 6))
    step = 1e-6

    def out(values):
        one = DataPass(plan, np.random.default_rng(2))  # the same weights each time
        return one, one.run(values)

    one, here = out(x)
    derivative = (out(x + step * u)[1] - out(x - step * u)[1]) / (2 * step)
    v = np.random.default_rng(3).standard_normal(here.shape)
    assert np.sum(one.backward(v) * u) == pytest.approx(np.sum(v * derivative), rel=1e-6, abs=1e-6)
    assert one.tape.forward(u) == pytest.approx(derivative, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("data", [Data(), Data(2, 0.4), Data(0.5, -0.2), Data(3, 1)])
def test_any_two_inputs_are_equally_correlated(data):
    values = data.draw(np.random.default_rng(4), 40_000, 5)
    covariance = values @ values.T if values.shape[0] < 10 else values.T @ values / len(values)
    expected = data.q * (data.c + (1 - data.c) * np.eye(5))
    assert np.abs(covariance - expected).max() < 6 * data.q / sqrt(40_000)


def test_so_many_inputs_cannot_be_so_unlike():
    with pytest.raises(OptionError, match="any two of 5 inputs cannot have correlation -0.3"):
        Data(1, -0.3).draw(np.random.default_rng(4), 3, 5)
    assert checked("dense(var=2/fan_in) >> relu", c=-1, samples=40, width=32).signal.batch == 2


def test_what_is_not_known_is_left_out_with_its_reason():
    for text, options, reason in [
        (f"{DENSE} >> crelu", {}, "no rule says what `crelu` does to the mean square"),
        ("relu >> relu", {}, "what `relu` is applied to is not known to be Gaussian"),
        (f"(id + (relu >> {DENSE} >> relu))^2", {}, "how they are correlated is not known"),
        (f"{DENSE} >> relu", {"batch": 1}, "a correlation is that of two inputs"),
    ]:
        result = checked(text, samples=4, width=16, **options)
        assert not result.signal.rows and reason in result.signal.reason and "q, c and GSC are left out" in repr(result)
        assert result.agrees == all(order.agrees is not False for order in result.orders)


def test_gradients_without_a_prediction_are_measured():
    """φ behind `bn` is refused where units may have several deviations; mean square and correlation are known."""
    signal = checked(f"relu >> {DENSE} >> leaky_relu >> bn", samples=20, width=32).signal
    assert [row.agrees for row in signal.rows] == [True, True, None] and "one standard deviation" in signal.reason


def test_a_depth_without_a_closed_form_of_the_signal_is_followed():
    assert checked(f"({DENSE} >> tanh)^L", values={"L": 3}, samples=20, width=32).signal.agrees


def test_the_input_decides_what_activations_meet():
    """E sech⁴(√q z) at q = 4, by quadrature here, is compared for an input of that mean square, not the stated 1."""
    z = np.arange(-9, 9, 1e-3)
    expected = float(np.sum(np.cosh(2 * z) ** -4.0 * np.exp(-z * z / 2))) * 1e-3 / sqrt(2 * np.pi)
    result = checked("tanh >> dense(var=1/fan_in)", q=4, samples=60, width=64, seed=1)
    assert result.orders[0].predicted == pytest.approx(expected, rel=1e-6) and result.agrees
    assert result.signal.rows[0].predicted < 1


def test_the_same_seed_gives_the_same_rows():
    first, again, other = (checked(f"{DENSE} >> tanh", samples=5, width=16, seed=seed).signal for seed in (1, 1, 2))
    assert replace(first, seconds=0) == replace(again, seconds=0) and first.rows != other.rows


def test_a_signal_that_is_zero_has_no_correlation():
    signal = checked(f"0 * {DENSE}", samples=4, width=16).signal
    assert [(row.name, row.measured, row.agrees) for row in signal.rows] == [("q", 0, True)]
    assert signal.to_data()["c"] is None
