"""The whole check: options, the shape of the result, repeatability, one width and two."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sampled_networks import network

from freeblock.check import Samples, compare, run_check, sample_moments
from freeblock.errors import DomainError, LimitError, OptionError
from freeblock.measure import measure
from freeblock.source import Source

DENSE = "dense(var=1/fan_in)"
BLOCK = f"id + (relu >> {DENSE})"
TRUTH = (1.5, 3.75)


def check(text, predicted, **options):
    values = options.pop("values", {})
    return run_check(network(text), lambda known: predicted, values, **options)


def test_the_result_as_data():
    result = check(BLOCK, TRUTH, seed=4)
    data = json.loads(json.dumps(result.to_data()))
    assert list(data)[:2] == ["orders", "agrees"]
    assert list(data["orders"][0])[:5] == ["k", "predicted", "measured", "stderr", "agrees"]
    assert [order["k"] for order in data["orders"]] == [1, 2]
    assert data["agrees"] is True
    assert (data["width"], data["half_width"]) == (192, 96)
    assert data["samples"] == result.samples > 0


def test_the_same_seed_gives_the_same_numbers():
    first, again, other = (check(BLOCK, TRUTH, seed=seed, width=24, samples=20) for seed in (5, 5, 6))
    assert first.orders == again.orders
    assert first.orders != other.orders


def test_a_refused_order_is_measured_and_does_not_count():
    result = check(BLOCK, (1.5, None), seed=1)
    assert result.agrees
    assert result.orders[1].agrees is None
    assert result.orders[1].measured == pytest.approx(3.75, rel=0.05)
    assert check(BLOCK, (), seed=1).agrees
    assert not check(BLOCK, (1.4, None), seed=1).agrees


def test_a_prediction_that_is_no_number_disagrees():
    assert not check(BLOCK, (float("inf"), float("nan")), seed=1, samples=4, width=16).agrees


def test_the_prediction_sees_every_value_and_the_width():
    seen = []

    def predicted(values):
        seen.append(values)
        return (values["sigma_w"] ** 2,)

    result = run_check(network("dense >> id"), predicted, {"sigma_w": 2}, order=1, width=32)
    assert result.agrees
    assert {(values["n"], values["sigma_w"]) for values in seen} == {(32.0, 2.0), (16.0, 2.0)}


def test_a_prediction_that_depends_on_the_width_is_followed():
    """id | dense(16) at 64 and 32 inputs: the stack is 5/4 and 3/2 as wide as its input."""
    def predicted(values):
        n = values["n"]
        return ((n + 32) / (n + 16),)  # (m_A φ_A + m_B φ_B)/(m_A + m_B) with φ_B = 2

    result = run_check(network("id | dense(16, var=2/fan_in)"), predicted, {}, order=1, width=64, samples=400)
    assert result.agrees
    assert result.orders[0].tolerance < 0.02


def test_fixed_widths_are_allowed_their_bias():
    fixed = check("input 40\n" + DENSE, (1, 2), width=40)
    assert (fixed.width, fixed.half_width, fixed.half_samples) == (40, None, 0)
    assert fixed.agrees
    assert not check("input 40\n" + DENSE, (1, 2.3), samples=400).agrees


@pytest.mark.parametrize(
    "options",
    [
        {"width": 7}, {"width": 4097}, {"samples": 1}, {"samples": 10**6 + 1}, {"order": 0}, {"order": 9},
        {"seed": -1}, {"seed": 2**64}, {"batch": 0}, {"batch": 4097}, {"values": {"n": 2.5}}, {"values": {"n": 5}},
    ],
)
def test_options_out_of_range(options):
    with pytest.raises(OptionError):
        check(BLOCK, TRUTH, **options)


def test_the_width_may_be_a_value():
    assert check(BLOCK, TRUTH, values={"n": 48}, samples=30).width == 48


def test_a_width_that_does_not_fit_gets_a_hint():
    with pytest.raises(DomainError, match=r"dense\(n/3.*33\.33.*not a whole number") as caught:
        check("relu >> dense(n/3, var=1/fan_in)", (0.5, None), width=100)
    assert caught.value.hint == "choose a width that is a multiple of 3, such as 102"
    assert caught.value.span.text == "dense(n/3, var=1/fan_in)"


def test_the_default_width_fits():
    result = check("dense(n/5, var=1/fan_in) >> dense(n/7, var=1/fan_in)", (1, None), samples=4)
    assert (result.width, result.half_width) == (210, 105)


def test_progress_is_reported_up_to_the_end():
    calls = []
    result = check(BLOCK, TRUTH, samples=10, width=16, progress=lambda done, total: calls.append((done, total)))
    assert calls == sorted(calls)
    assert calls[-1] == (40, 40)
    assert result.samples == 10
    sample_moments(network(BLOCK), {"n": 8}, 1, 3, 0, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (3, 3)


def test_two_samples_are_enough_for_a_cautious_verdict():
    result = check(BLOCK, TRUTH, samples=2, width=16)
    assert result.agrees
    assert result.orders[0].tolerance > 4 * result.orders[0].stderr


def test_moments_beyond_floating_point_are_a_limit():
    with pytest.raises(LimitError, match="floating-point"):
        check("dense(var=10^40)^6", (1, 1), width=16, samples=4)


def test_eight_orders_of_a_free_compression():
    """The law of one Gaussian matrix: the Catalan numbers."""
    catalan = (1, 2, 5, 14, 42, 132, 429, 1430)
    assert check(DENSE, catalan, order=8, seed=1).agrees
    wrong = (*catalan[:3], 15, *catalan[4:])
    assert [order.k for order in check(DENSE, wrong, order=8, seed=1).orders if not order.agrees] == [4]


def made_up(width, means, seed, spread=0.02, count=60):
    generator = np.random.default_rng(seed)
    scatter = generator.standard_normal((count, len(means)))
    return Samples(width, np.array(means) * (1 + spread * scatter), np.zeros((count, 1)), {})


def test_the_bias_of_a_finite_width_is_removed():
    truth, biased = (2.0, 9.0), [(2.0, 9.0 * np.exp(8 / width)) for width in (200, 100)]
    full, half = made_up(200, biased[0], 1), made_up(100, biased[1], 2)
    results = compare(truth, full, half)
    assert all(result.agrees for result in results)
    assert results[1].measured == pytest.approx(9, rel=0.02)
    assert results[1].at_width == pytest.approx(9.37, rel=0.01)
    assert not compare(biased[0], full, half)[1].agrees


def test_true_claims_agree_as_often_as_they_should():
    """Pure noise, no bias: at least 99 % less what chance takes; and a 5 % error is seen."""
    found = [
        [all(result.agrees for result in compare(claim, made_up(200, (1, 3), seed), made_up(100, (1, 3), seed + 10**6)))
         for claim in ((1, 3), (1.05, 3))]
        for seed in range(1000)
    ]
    assert sum(true for true, _ in found) >= 983
    assert sum(false for _, false in found) <= 10


def test_a_zero_is_compared_without_logarithms():
    zero = Samples(8, np.zeros((5, 2)), np.zeros((5, 1)), {})
    half = Samples(4, np.zeros((5, 2)), np.zeros((5, 1)), {})
    assert [result.agrees for result in compare((0, 0.01), zero, half)] == [True, False]


def test_controls_whose_mean_is_not_zero_are_not_believed():
    generator = np.random.default_rng(1)
    control = generator.standard_normal((400, 1))
    moments = 1 + 0.1 * control
    good = Samples(8, moments, control, {}).estimate()
    assert good.mean[0] == pytest.approx(1) and good.stderr[0] < 1e-9
    stray = Samples(8, moments, control + 1, {}).estimate()
    assert stray.mean[0] == pytest.approx(float(moments.mean())) and stray.stderr[0] > 0.004


def test_symbols_that_cancel_in_the_result_have_values_too():
    assert measure(Source("expression", "0*dense"), samples=4).result.agrees
    assert measure(Source("expression", "dense >> 0*id >> dense"), samples=4).result.agrees
