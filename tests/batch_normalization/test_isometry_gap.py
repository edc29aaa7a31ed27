"""The isometry gap under layers X → BN(WX): integrals, bounds, rates and the backward law."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freeblock.batch_normalization.backward import growth_at_isometry, plateau
from freeblock.batch_normalization.curve import gap_curve
from freeblock.batch_normalization.gap import Spectrum, contraction, published_bound, published_constant, sharp_bound
from freeblock.batch_normalization.simulation import simulated_gaps, simulated_growth
from freeblock.batch_normalization.spectrum import read_spectrum
from freeblock.errors import FreeblockError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import number
from freeblock.source import Source


def silent(done: int, total: int) -> None:
    pass


def spectrum(text: str) -> Spectrum:
    return Spectrum(read_spectrum(Source("spectrum", text)))


@pytest.mark.parametrize(("text", "values"), [
    ("1, 2, 1/2", [1, 2, 0.5]), ("2 x 3", [2, 2, 2]), ("1/k for k=2..4, 5", [1 / 2, 1 / 3, 1 / 4, 5]),
    ("sqrt(2)\n# a comment, with a comma\nmax(1, 3), 0", [math.sqrt(2), 3, 0]), ("1,\n2\n\n3,", [1, 2, 3]),
    ("(1+2)*2 x 2", [6, 6]),
])
def test_spectra_are_read(text: str, values: list[float]) -> None:
    assert [float(each) for each in read_spectrum(Source("spectrum", text))] == pytest.approx(values)


@pytest.mark.parametrize("text", ["", ",", "1,,2", "a", "1, -2", "0, 0", "1 = 2", "1 x 3000", "k for k=3..1",
                                  "1/k for k=0..2", "1 x x", "(1, 2", "10^40", "log(0)", "dense", "# only"])
def test_what_is_no_spectrum_is_told(text: str) -> None:
    with pytest.raises(FreeblockError) as told:
        read_spectrum(Source("spectrum", text))
    assert told.value.exit_status == 2


def test_the_gap_is_its_definition() -> None:
    matrix = np.random.default_rng(1).standard_normal((4, 6))
    product = matrix @ matrix.T
    expected = math.log(np.trace(product) / 4) - math.log(np.linalg.det(product)) / 4
    values = ", ".join(f"{each:.15f}" for each in np.linalg.eigvalsh(product))
    assert float(spectrum(values).gap()) == pytest.approx(expected, rel=1e-12)


def test_the_scale_of_the_spectrum_is_nothing() -> None:
    first, second = spectrum("1, 2, 7"), spectrum("3/7, 6/7, 3")
    assert abs(first.gap() - second.gap()) < mpmath.mpf(10) ** -20
    assert abs(first.expected_log() - second.expected_log()) < mpmath.mpf(10) ** -20


@pytest.mark.parametrize("text", ["1, 2, 3", "1/k for k=1..9", "1, 1/1000", "1 x 4, 10 x 2", "1/100, 1, 1, 1, 50"])
def test_the_integrals_have_ten_digits(text: str) -> None:
    """Against another form of each: Frullani over (0, ∞) by mpmath's own quadrature, at another precision."""
    known = spectrum(text)
    values = list(known.counts.elements())
    size = len(values)
    with mpmath.workdps(20):
        def product(t: mpmath.mpf) -> mpmath.mpf:
            return mpmath.fprod((1 + 2 * each * t) ** -0.5 for each in values)

        places = [0, 0.01, 0.3, 1, 5, 50, 1000, 10**5, 10**8, mpmath.inf]
        logarithm = mpmath.quad(lambda t: ((1 + 2 * t) ** (-mpmath.mpf(size) / 2) - product(t)) / t, places)
        assert abs(known.expected_log() / logarithm - 1) < 1e-10
        if size > 2:
            inverse = (size - 2) * mpmath.quad(product, places)
            assert abs(known.expected_inverse() / inverse - 1) < 1e-7  # mpmath's tail is the worse of the two


@pytest.mark.parametrize("size", [300, 1500])
def test_the_integral_in_many_dimensions(size: int) -> None:
    """Var uᵀΛu says E log to second order, and E 1/(uᵀΛu); half the eigenvalues are 1/2, half are 3/2."""
    known = spectrum(f"1 x {size // 2}, 3 x {size // 2}")
    expected = -known.variance() / 2  # the third central moment is 0
    assert float(known.expected_log()) == pytest.approx(float(expected), rel=3 / size)
    assert float(known.expected_inverse()) == pytest.approx(1 + float(known.variance()), rel=3 / size**1.5)


def test_two_dimensions_are_known_in_closed_form() -> None:
    """u = (cos θ, sin θ): E log(a cos² + b sin²) = 2·log((√a + √b)/2), E 1/(…) = 1/√(ab)."""
    known = spectrum("1, 9")
    assert float(known.expected_log()) == pytest.approx(2 * math.log((math.sqrt(0.2) + math.sqrt(1.8)) / 2), rel=1e-13)
    assert float(known.expected_inverse()) == pytest.approx(1 / math.sqrt(0.2 * 1.8), rel=1e-13)


def test_one_layer_is_what_matrices_measure() -> None:
    text, eigenvalues = "1, 2, 4, 1/2", [1.0, 2.0, 4.0, 0.5]
    measured = simulated_gaps(eigenvalues, 1, 20_000, 5, silent)
    known = spectrum(text)
    assert abs(measured.means[1] - float(known.gap() + known.expected_log())) < 4 * measured.errors[1]
    growth = simulated_growth(eigenvalues, 6, 1, 20_000, 6, silent)
    assert abs(growth.means[1] - (1 - 1 / 6) * float(known.expected_inverse())) < 4 * growth.errors[1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.001, 1000), min_size=2, max_size=7))
def test_the_bounds_are_bounds_and_in_order(values: list[float]) -> None:
    known = Spectrum([mpmath.mpf(each) for each in values])
    gap, slack = known.gap(), mpmath.mpf(10) ** -13
    after = gap + known.expected_log()
    rate = contraction(known.dimension, gap)
    assert after <= sharp_bound(known) + slack
    assert sharp_bound(known) <= published_bound(known) + slack
    assert sharp_bound(known) <= gap * (1 - rate.rate) + slack
    assert gap * (1 - rate.rate) <= gap * mpmath.exp(-1 / published_constant(known.dimension, gap)) + slack
    assert 0 < rate.ratio <= 1


@pytest.mark.parametrize(("size", "measured"), [(5, 0.710), (10, 0.836), (20, 0.9084), (50, 0.96150)])
def test_the_late_rate(size: int, measured: float) -> None:
    """The exact one-layer mean near isometry has the rate 1 − 2/(d+2), and so has the proved bound."""
    known = spectrum(f"1 x {size - 1}, 1.0001")
    ratio = float((known.gap() + known.expected_log()) / known.gap())
    assert ratio == pytest.approx(1 - 2 / (size + 2), rel=1e-4)
    assert 1 - float(contraction(size, known.gap()).rate) == pytest.approx(1 - 2 / (size + 2), rel=1e-3)
    assert ratio == pytest.approx(measured, abs=0.005), "what theory 3, section 5, measured"


def test_the_curve_is_above_what_networks_measure() -> None:
    eigenvalues = [1.0, 3.0, 9.0, 0.2, 2.0]
    measured = simulated_gaps(eigenvalues, 8, 2_000, 2, silent)
    curve = gap_curve(Spectrum([mpmath.mpf(each) for each in eigenvalues]), 5, 8, silent)
    for bound, mean, error in zip(curve.bounds, measured.means, measured.errors, strict=True):
        assert mean < float(bound) + 4 * error
    assert abs(measured.means[1] - float(curve.bounds[1])) < 4 * measured.errors[1]
    assert all(later <= sooner + 1e-12 for sooner, later in zip(measured.means, measured.means[1:], strict=False))


def test_a_spectrum_without_full_rank_stays_at_infinity() -> None:
    curve = gap_curve(spectrum("1, 2, 3, 4, 0"), 5, 3, silent)
    assert curve.gap == mpmath.inf and all(each == mpmath.inf for each in curve.bounds)
    assert mpmath.isfinite(curve.next_growth)
    assert gap_curve(spectrum("1, 2, 0"), 3, 1, silent).next_growth == mpmath.inf


@pytest.mark.parametrize(("size", "columns"), [(4, 4), (3, 8), (2, 2)])
def test_the_backward_law_is_what_networks_measure(size: int, columns: int) -> None:
    measured = simulated_growth([1.0] * size, columns, 3, 4_000, 4, silent)
    for depth in range(1, 4):
        law = evaluate(growth_at_isometry(number(size), number(columns), number(depth)), {}).to_float()
        assert abs(measured.means[depth] - law) < 4 * measured.errors[depth]


def test_the_backward_law_is_that_of_the_theory() -> None:
    for d in (3, 10, 57):
        for depth in (1, 2, 9):
            low = (d - 1) / (2 * d)
            expected = low + (1 - low - 1 / d**2) * (1 - 2 / (d + 2)) ** depth
            found = evaluate(growth_at_isometry(number(d), number(d), number(depth)), {}).to_float()
            assert found == pytest.approx(expected, rel=1e-13)
        assert evaluate(growth_at_isometry(number(d), number(2 * d), number(1)), {}).to_float() == pytest.approx(
            1 - 1 / (2 * d)), "one layer takes one direction of each row"
        assert evaluate(plateau(number(d), number(d)), {}).to_float() == pytest.approx((d - 1) / (2 * d))
