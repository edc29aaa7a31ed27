"""Student's quantiles against the printed tables."""

from __future__ import annotations

import pytest

from freeblock.check.student import probability_inside, two_sided_quantile


@pytest.mark.parametrize(
    ("confidence", "degrees", "quantile"),
    [
        (0.95, 1, 12.7062), (0.95, 2, 4.3027), (0.95, 3, 3.1824), (0.95, 10, 2.2281), (0.95, 30, 2.0423),
        (0.99, 5, 4.0321), (0.99, 60, 2.6603), (0.95, 400, 1.9659), (0.95, 1000, 1.9623), (0.999, 120, 3.3735),
    ],
)
def test_quantiles_are_those_of_the_tables(confidence, degrees, quantile):
    assert two_sided_quantile(confidence, degrees) == pytest.approx(quantile, abs=6e-5 * quantile)


def test_fractional_degrees_are_rounded_down_to_one_at_least():
    assert two_sided_quantile(0.95, 10.9) == two_sided_quantile(0.95, 10)
    assert two_sided_quantile(0.95, 0.4) == two_sided_quantile(0.95, 1)


def test_a_quantile_holds_the_probability_it_is_asked_for():
    for degrees in (1, 2, 3, 4, 7, 50, 399):
        t = two_sided_quantile(0.9, degrees)
        assert probability_inside(t, degrees) == pytest.approx(0.9, abs=1e-12)
