"""Network mode: data, real patterns and real statistics. Numbers are those of the theory, or measured there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sampled_networks import network

from freeblock.check import run_check, sample_moments
from freeblock.measure import measure
from freeblock.source import Source

DENSE = "dense(var=1/fan_in)"
RESNET = f"(id + (relu >> {DENSE}))^8"


def relative_variance(text, width, samples, seed):
    """κ = ϕ/φ² at one width, with its standard error by the delta method."""
    moments = sample_moments(network(text), {"n": width}, 2, samples, seed, network=True).moments
    first, second = moments.mean(axis=0)
    slope = np.array([-2 * second / first**3, 1 / first**2])
    return second / first**2 - 1, np.sqrt(slope @ np.cov(moments.T) @ slope / samples)


def test_the_masks_of_a_residual_network_share_the_skip_stream(capsys):
    """κ: 16/3 free, 6.442 by the overlap theorem in the limit; ϕ at these widths is some 30 % above free."""
    kappa, error = relative_variance(RESNET, 128, 500, seed=1)
    half, half_error = relative_variance(RESNET, 64, 1500, seed=2)
    limit, limit_error = 2 * kappa - half, np.hypot(2 * error, half_error)
    with capsys.disabled():
        print(f"\nkappa of {RESNET}: free 5.333, width 128 {kappa:.3f} ± {error:.3f}, limit {limit:.3f} ± {limit_error:.3f}")
    assert kappa / (16 / 3) == pytest.approx(1.30, abs=0.03)
    assert limit == pytest.approx(6.442, abs=3 * limit_error + 0.06)  # 0.06: what is left at order 1/width²


def test_a_check_of_a_residual_network_finds_the_excess():
    free = (1.5**8, 1.5**16 * (1 + 16 / 3))
    result = run_check(network(RESNET), lambda values: free, {}, seed=3, samples=300, network=True)
    assert [order.agrees for order in result.orders] == [True, False]
    variance = result.orders[1].measured - result.orders[0].measured ** 2
    assert 1.05 < variance / (free[1] - free[0] ** 2) < 1.4
    fresh = run_check(network(RESNET), lambda values: free, {}, seed=3)
    assert fresh.agrees  # the free value is that of the model with fresh patterns


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        (f"(relu >> {DENSE}) + (relu >> {DENSE})", (1, 3)),  # κ = 2
        ("dropout(keep=1/2) >> (id + (relu >> dense(var=2/fan_in)))", (4, 16 * 3.25)),  # κ = 9/4
        (f"(id + (relu >> {DENSE}))^2", (2.25, 2.25**2 * 2.4234)),  # the overlap theorem
        (f"(id + ({DENSE} >> relu >> {DENSE}))^4", (5.0625, 5.0625**2 * 4.1111)),
        ("(dense(var=2/fan_in) >> relu)^4", (1, 9)),
        ("(orthogonal(gain=1) >> leaky_relu(slope=.3))^3", (0.545**3, 0.545**6 * 3.0910)),
        (f"({DENSE} >> relu) + relu", (1, 2.25)),
        ("(dense(var=2/fan_in) | dense(var=1/5/fan_in)) >> relu", (0.55, 0.55**2 * 5.3388)),
        ("let W = dense(var=2/fan_in)\n(W >> relu)^3", (1, 7)),
        (f"dense(var=1/2/fan_in) >> tanh(q=1/2) >> {DENSE}", (0.5 * 0.5924, None)),  # E sech⁴(√½ z) = 0.5924
        (f"2 * {DENSE} >> ((1/2) * (id + id)) >> relu >> {DENSE}", (2, None)),
    ],
)
def test_real_networks_follow_the_theory_where_it_proves(text, moments):
    result = run_check(network(text), lambda values: moments, {}, seed=5, samples=400, network=True)
    assert result.agrees, result


def test_a_mask_after_the_input_mask_is_not_fresh():
    """Post-activation: the stream that the second relu sees is never negative on the skip path."""
    text = f"relu >> (id + (relu >> {DENSE}))"
    result = run_check(network(text), lambda values: (0.75, None), {}, seed=6, samples=200, network=True)
    assert not result.agrees
    assert result.orders[0].measured == pytest.approx(1.0, abs=0.03)


def test_unknown_statistics_are_measured():
    seen = []

    def predicted(values):
        seen.append(dict(values))
        gains = 1 / values["sigma_L"] ** 2, 1 / values["rho_R"] ** 2
        return [gains[0] * 0.5 * gains[1], None]

    text = f"dense(var=4/fan_in) >> ln >> relu >> {DENSE} >> rms_norm"
    result = run_check(network(text), predicted, {}, seed=7, samples=150, network=True)
    statistics = result.measured_statistics
    assert statistics["sigma_L"] == pytest.approx(2, rel=0.02)
    assert statistics["rho_R"] == pytest.approx(0.5**0.5, rel=0.03)
    assert {values["n"] for values in seen} == {192, 96}
    assert result.orders[0].measured == pytest.approx(4 / 4 * 0.5 / 0.5, rel=0.1)


@pytest.mark.parametrize(
    ("norm", "symbol", "statistic"),
    # relu of a standard Gaussian: mean square 1/2, variance 1/2 − 1/(2π)
    [("bn", "sigma_B", (0.5 - 0.5 / np.pi) ** 0.5), ("smn", "rho_S", 0.5**0.5)],
)
def test_batch_statistics_are_taken_unit_by_unit_over_the_batch(norm, symbol, statistic):
    batch = 256
    samples = sample_moments(network(f"relu >> {norm}"), {"n": 60}, 2, 20, seed=8, network=True, batch=batch)
    assert samples.measured_statistics[symbol] == pytest.approx(statistic, rel=0.02)
    assert np.mean(samples.moments[:, 0]) == pytest.approx(0.5 / statistic**2, rel=0.05)


def test_batch_norm_residual_network_follows_the_overlap_theorem():
    """(id + (bn >> relu >> dense))^4: φ 3.332 and κ 2.362 in the limit of a large batch; the batch adds 2/B."""
    text = f"(id + (bn >> relu >> {DENSE}))^4"
    block = network(text)
    full = sample_moments(block, {"n": 128}, 2, 120, seed=9, network=True, batch=256).estimate()
    half = sample_moments(block, {"n": 64}, 2, 360, seed=9, network=True, batch=256).estimate()
    phi, second = 2 * full.mean - half.mean
    assert phi == pytest.approx(3.332, rel=0.04)
    assert second / phi**2 - 1 == pytest.approx(2.362, abs=0.2)


def test_a_statistic_that_is_given_is_not_measured():
    result = run_check(network("bn(std=2)"), lambda values: (0.25,), {}, seed=1, samples=10, network=True, order=1)
    assert not result.measured_statistics
    assert not result.agrees  # the data have standard deviation 1


def test_a_dead_unit_does_not_divide_by_zero():
    text = f"(0 * {DENSE}) >> bn >> relu"
    samples = sample_moments(network(text), {"n": 8}, 1, 3, seed=1, network=True)
    assert not samples.moments.any()


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_normalised_chain_agrees_at_the_default_settings(seed):
    """What a finite batch adds (about 2/B in φ_2) falls with the width, and is extrapolated away with it."""
    measured = measure(Source("expression", "dense >> bn >> relu"), network=True, seed=seed)
    assert measured.result.agrees


def test_second_moments_differ_behind_weights_that_see_a_mean():
    """The units' mean squares over the data are 1 − 1/π + z²/π, so their spread adds κ = E r⁻⁴/(E r⁻²)² − 1 = 0.0754."""
    for text, expected in (("relu >> dense(var=2/fan_in) >> smn", 2.0754),
                           ("relu >> scaled_weight_standardization(gain=2) >> smn", 2)):
        kappa, error = relative_variance(text, 128, 1500, seed=5)
        half, half_error = relative_variance(text, 64, 4500, seed=6)
        limit, limit_error = 2 * kappa - half, np.hypot(2 * error, half_error)
        assert limit_error < 0.02 and limit == pytest.approx(expected, abs=3 * limit_error)


def test_deviations_differ_behind_an_activation_that_sees_means_of_units():
    """Behind relu >> dense the units' means over the data are z·s/√(π − 1), so that leaky ReLU puts out deviations of
    its own for each: mask over deviation has κ = 1.44 instead of the 0.85 of a mask alone."""
    means, weights = np.polynomial.hermite_e.hermegauss(200)
    means, weights = means / np.sqrt(np.pi - 1), weights / weights.sum()
    erf = np.vectorize(math.erf)
    above, density = (1 + erf(means / np.sqrt(2))) / 2, np.exp(-means**2 / 2) / np.sqrt(2 * np.pi)
    mean = means * above + density - (density - means * (1 - above)) / 5
    square = (1 + means**2) * above + means * density + ((1 + means**2) * (1 - above) - means * density) / 25
    deviation = square - mean**2
    first, second = weights @ ((above + (1 - above) / 25) / deviation), weights @ ((above + (1 - above) / 625) / deviation**2)
    expected = 2 + second / first**2 - 1
    assert expected > 3.4
    kappa, error = relative_variance(f"relu >> {DENSE} >> leaky_relu(slope=1/5) >> bn", 128, 800, seed=5)
    half, half_error = relative_variance(f"relu >> {DENSE} >> leaky_relu(slope=1/5) >> bn", 64, 2400, seed=6)
    limit, limit_error = 2 * kappa - half, np.hypot(2 * error, half_error)
    assert limit_error < 0.05 and limit == pytest.approx(expected, abs=3 * limit_error + 0.02)


def test_the_signal_fades_behind_centred_weights_while_phi_is_one():
    """φ = α_out/α_in fails there (theory 1 §5.11): α falls by 1 − 1/π at the second layer, φ stays 1."""
    text = "(scaled_weight_standardization(gain=2) >> relu)^2"
    phi = sample_moments(network(text), {"n": 256}, 1, 300, seed=3, network=True).estimate()
    assert phi.mean[0] == pytest.approx(1, abs=3 * phi.stderr[0] + 0.01) and phi.stderr[0] < 0.02
    statistics = sample_moments(network(f"{text} >> rms_norm"), {"n": 512}, 1, 150, seed=4, network=True).measured_statistics
    assert statistics["rho_R"] ** 2 == pytest.approx(1 - 1 / np.pi, rel=0.08)
