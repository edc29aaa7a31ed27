"""Gains before an activation: series, thresholds, totals and schedules."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from freeblock.batch_normalization.growth import LogGrowth, exponent_for, gain_for, total_growth
from freeblock.batch_normalization.network_simulation import simulated_log_growth
from freeblock.batch_normalization.shaping import shape_of
from freeblock.errors import DomainError, RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.functions_of_x import read_activation
from freeblock.rules.catalogue import load_catalogue

QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)


def growth_of(text: str, centred: bool = False) -> LogGrowth:
    activation = read_activation(text)
    return LogGrowth(activation, shape_of(activation, centred, 6), centred)


@pytest.mark.parametrize(("text", "centred", "kind", "threshold"), [
    ("sin", False, "threshold", QUARTER), ("tanh", False, "threshold", QUARTER), ("tanh", True, "threshold", QUARTER),
    ("gelu", False, "threshold", HALF), ("gelu", True, "threshold", HALF), ("silu", False, "threshold", HALF),
    ("x + x^5", False, "threshold", Fraction(1, 8)), ("sin(x) + x^3/6", False, "threshold", Fraction(1, 8)),
    ("selu", False, "threshold", HALF), ("selu", True, "diverges", None), ("elu", True, "threshold", HALF),
    ("relu", False, "homogeneous", None), ("relu", True, "homogeneous", None), ("x^2", False, "homogeneous", None),
    ("hard_tanh", False, "flat", 0), ("x^2 + x^3", False, "diverges", None), ("cos(x) - 1", False, "diverges", None),
    ("exp(x)", False, "vanishes", None), ("exp(x)", True, "threshold", HALF), ("sigmoid", False, "vanishes", None),
    ("sigmoid", True, "threshold", QUARTER), ("softplus", True, "threshold", HALF), ("x + abs(x)^3", False, "threshold", QUARTER),
])
def test_what_happens_at_small_gains(text: str, centred: bool, kind: str, threshold: Fraction | None) -> None:
    shape = shape_of(read_activation(text), centred)
    assert (shape.kind, shape.threshold) == (kind, threshold)


@pytest.mark.parametrize(("text", "centred", "leading"), [
    ("sin", False, "1/3"), ("tanh", False, "4/3"), ("x + b*x^3", False, "12*b^2"),
    # The theory's 2β² belongs to a normalization that subtracts the mean; without, it is β².
    ("x + beta*x^2", True, "2*beta^2"), ("x + beta*x^2", False, "beta^2"),
])
def test_leading_terms_of_the_theory(text: str, centred: bool, leading: str) -> None:
    _, (_, coefficient) = shape_of(read_activation(text), centred, 1).series
    assert print_expression(coefficient, PLAIN) == leading


@pytest.mark.parametrize("text", ["sin", "tanh", "gelu", "erf", "elu", "silu", "x/(1 + abs(x))", "x + x^2/5 - x^4/7"])
@pytest.mark.parametrize("centred", [False, True])
def test_the_series_is_that_of_the_moments(text: str, centred: bool) -> None:
    """What is left after n terms falls at least as fast as the next power."""
    activation = read_activation(text)
    series = shape_of(activation, centred, 3).series
    means = activation.means
    left = []
    for gain in (0.1, 0.05):
        square = means.mean_square(gain**2) - (means.mean(gain**2)**2 if centred else 0)
        rest = gain**2 * means.slope_moment(2, gain**2) / square - sum(
            evaluate(value, {}).to_float() * gain**power for power, value in series)
        left.append(abs(rest))
    assert left[1] < left[0] * 0.5 ** (series[-1][0] + 0.7) + 1e-14


@pytest.mark.parametrize("gain", [0.1, 0.5, 1.0])
def test_exact_growth_of_sin_and_of_polynomials(gain: float) -> None:
    assert growth_of("sin").exactly(gain) == pytest.approx(math.log(gain**2 / math.tanh(gain**2)), rel=1e-10)
    printed = shape_of(read_activation("sin"), False).exact
    assert printed is not None
    assert evaluate(printed, {"alpha": gain}).to_float() == pytest.approx(gain**2 / math.tanh(gain**2), rel=1e-12)
    exact = shape_of(read_activation("x + x^2/3 - x^3/5"), True).exact
    assert exact is not None
    means, q = read_activation("x + x^2/3 - x^3/5").means, gain**2
    expected = q * means.slope_moment(2, q) / (means.mean_square(q) - means.mean(q)**2)
    assert evaluate(exact, {"alpha": gain}).to_float() == pytest.approx(expected, rel=1e-12)


def test_homogeneous_activations_have_one_growth_for_all_gains() -> None:
    for text, centred, expected in (("relu", False, 1), ("relu", True, math.pi / (math.pi - 1)), ("x^2", False, 4 / 3),
                                    ("max(0, x)^2", True, 8 / 5)):
        shape = shape_of(read_activation(text), centred)
        assert evaluate(shape.limit, {}).to_float() == pytest.approx(expected)
        growth = growth_of(text, centred)
        assert [growth.exactly(gain) for gain in (0.01, 0.3, 1.0)] == pytest.approx([math.log(expected)] * 3, abs=1e-12)


@pytest.mark.parametrize("text", ["sin", "tanh", "gelu", "elu", "hard_tanh", "x + x^3"])
@pytest.mark.parametrize(("kappa", "depth"), [(0.0, 50), (0.4, 300), (0.3, 5_000), (0.9, 20_000)])
def test_totals_are_sums(text: str, kappa: float, depth: int) -> None:
    growth = growth_of(text)
    layers = np.arange(1.0, depth + 1) ** -kappa
    sampled = layers if depth <= 300 else None
    expected = sum(map(growth.exactly, sampled)) / 2 if sampled is not None else float(growth.at(layers).sum()) / 2
    assert total_growth(growth, kappa, depth) == pytest.approx(expected, rel=1e-6)


def test_totals_of_the_theory() -> None:
    """½ Σ log g: theory 3, section 5."""
    for text, kappa, depth, expected in (("sin", 0, 50, 6.81), ("tanh", 0, 50, 4.09), ("sin", 0.4, 300, 0.34),
                                         ("tanh", 0.4, 300, 0.43)):
        assert total_growth(growth_of(text), kappa, depth) == pytest.approx(expected, abs=0.006)


def test_infinite_sums_are_limits() -> None:
    """log g of sin is log(α² coth α²): mpmath sums it with its own extrapolation."""
    kappa = mpmath.mpf(1)
    exact = mpmath.nsum(lambda l: mpmath.log(l ** (-2 * kappa) * mpmath.coth(l ** (-2 * kappa))), [1, mpmath.inf]) / 2
    assert total_growth(growth_of("sin"), 1.0, None) == pytest.approx(float(exact), rel=1e-7)
    growth = growth_of("gelu")
    assert total_growth(growth, 0.8, None) == pytest.approx(total_growth(growth, 0.8, 10**12), rel=1e-6)


@pytest.mark.parametrize("text", ["sin", "tanh", "gelu", "hard_tanh"])
@pytest.mark.parametrize("depth", [100, 10**6, None])
def test_schedules_meet_their_bound_and_not_much_more(text: str, depth: int | None) -> None:
    activation, growth = read_activation(text), growth_of(text)
    shape = shape_of(activation, False)
    kappa = exponent_for(growth, shape, depth, 0.5)
    assert total_growth(growth, kappa, depth) <= 0.5
    assert total_growth(growth, kappa * (1 - 1e-4), depth) > 0.5
    if depth is not None:
        gain = gain_for(growth, shape, depth, 0.5)
        assert depth * growth.at(np.array([gain]))[0] / 2 <= 0.5 < depth * growth.at(np.array([gain * 1.01]))[0] / 2


def test_bounds_that_no_schedule_meets_are_refused() -> None:
    tanh = read_activation("tanh")
    with pytest.raises(RefusedError, match="first layer"):
        exponent_for(growth_of("tanh"), shape_of(tanh, False), None, 0.05)
    relu = read_activation("relu")
    with pytest.raises(RefusedError, match="a gain does nothing"):
        exponent_for(growth_of("relu", True), shape_of(relu, True), 10, 1.0)


@pytest.mark.parametrize(("text", "error"), [
    ("1/x", DomainError), ("x + x^13", RefusedError), ("x^40", RefusedError), ("alpha*x + x^2", DomainError),
    ("log(x)", DomainError), ("max(0, x + 1/10) - max(0, x)", RefusedError),
])
def test_what_is_not_decided_is_refused(text: str, error: type[Exception]) -> None:
    if text.startswith("max"):
        # (x + 1/10)⁺ − x⁺ is straight on each side of 0, with a slope of 1 on the left and 0 on the right.
        assert shape_of(read_activation(text), True).kind == "diverges"
        return
    with pytest.raises(error):
        shape_of(read_activation(text), False)


def test_real_networks_grow_so() -> None:
    for text in ("sin", "tanh"):
        mean, error = simulated_log_growth(read_activation(text), [1.0] * 20, 80, False, 6, 1, lambda done, total: None)
        assert mean == pytest.approx(total_growth(growth_of(text), 0.0, 20), rel=0.12)
        assert error < 0.1


def test_totals_where_the_gains_become_small() -> None:
    """By quadrature at each layer, for the kinds that have no series: g of exp(x) vanishes, g of x² + x³ does not fall to 1."""
    for text in ("exp(x)", "x^2 + x^3", "hard_tanh"):
        growth = growth_of(text)
        expected = sum(growth.exactly(layer**-1.5) for layer in range(1, 201)) / 2
        assert total_growth(growth, 1.5, 200) == pytest.approx(expected, rel=1e-8)
    assert total_growth(growth_of("exp(x)"), 8.0, 10) == pytest.approx(
        sum(growth_of("exp(x)").exactly(layer**-8.0) for layer in range(1, 11)) / 2, rel=1e-6)


def test_coefficients_that_symbols_may_make_zero_are_required_not_to_be() -> None:
    for text, expected in (("x + (a - 1)*x^2", ["a - 1"]), ("(a - b)*x + x^3", ["a - b"]), ("x + a*x^2", []),
                           ("x - a*x^3", []), ("a*x + b*x^3 + b*x^5", [])):
        shape = shape_of(read_activation(text), False)
        assert shape.kind == "threshold"
        assert [print_expression(one, PLAIN) for one in shape.nonzero] == expected


def test_branches_that_differ_far_from_zero_only_are_not_called_straight() -> None:
    with pytest.raises(RefusedError, match="may have a later one"):
        shape_of(read_activation("max(x, x + x^20)"), False)


def test_every_named_activation_has_an_answer() -> None:
    for name in load_catalogue().functions():
        for centred in (False, True):
            assert shape_of(read_activation(name), centred).because
