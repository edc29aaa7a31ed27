"""Finite width, theory 1 §5.1: real samples have the exact moments of their width; the closed form is their limit."""

from __future__ import annotations

import pytest
from sampled_networks import network

from freeblock.check import run_check, sample_moments


def exact(width, layers):
    """φ and φ_2 of Gaussian layers (variance of a weight, part of the units that is active) at one width.

    State: E Tr A, E (Tr A)², E Tr A², E Σ A_ii² of A = JJᵀ.
    """
    first, squared, second, diagonal = width, width**2, width, width
    for variance, active in layers:
        first, squared, second, diagonal = (
            variance * width * first,
            variance**2 * (width**2 * squared + 2 * width * second),
            variance**2 * (width * squared + width * (width + 1) * second),
            variance**2 * width * (squared + 2 * second))
        first, squared, second, diagonal = (
            active * first, active**2 * (squared - diagonal) + active * diagonal,
            active**2 * (second - diagonal) + active * diagonal, active * diagonal)
    return first / width, second / width


def test_the_recursion_has_the_values_of_the_theory():
    for width, layers, variance in ((50, [(1 / 50, 1)] * 10, 11.312), (20, [(1 / 20, 1)] * 5, 5.910), (50, [(2 / 50, .5)] * 6, 15.24)):
        phi, second = exact(width, layers)
        assert phi == pytest.approx(1) and second - phi**2 == pytest.approx(variance, abs=5e-3)


@pytest.mark.parametrize(("text", "layer", "depth"), [("dense(var=1/fan_in)", (1, 1), 6), ("dense(var=2/fan_in) >> relu", (2, .5), 5)])
def test_samples_have_the_excess_of_their_width_and_the_limit_does_not(text, layer, depth):
    width = 24
    _, second = exact(width, [(layer[0] / width, layer[1])] * depth)
    kappa = depth if layer[1] == 1 else 2 * depth
    moments = sample_moments(network(f"({text})^{depth}"), {"n": width}, 2, 6000, seed=1, network=True).moments[:, 1]
    error = moments.std() / len(moments) ** .5
    assert moments.mean() == pytest.approx(second, abs=3.5 * error)
    assert second > 1 + kappa + 5 * error  # the excess is seen
    checked = run_check(network(f"({text})^{depth}"), lambda values: (1.0, 1.0 + kappa), {}, seed=1, width=96, samples=400)
    assert checked.agrees
