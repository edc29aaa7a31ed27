"""Roots of products whose factors may be negative, against the root of the value."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest

from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.products import product

A, B = symbol("a"), symbol("b")
POINTS = [{"a": 3.0, "b": 2.5}, {"a": .4, "b": .3}, {"a": 3.0, "b": .3}, {"a": .7, "b": 5.0}]
FACTORS = [ONE - A, A - ONE, ONE - B, A - B, B - number(2), A, ONE + B]


def random_square_sum(rng: random.Random) -> Expression:
    """A product of powers of factors of open sign, or a sum of two such products that share factors."""
    shared = product((rng.choice(FACTORS), rng.choice([1, 2, 3])) for _ in range(rng.randint(1, 3)))
    if rng.random() < .5:
        return shared
    return product(((shared, 1), (rng.choice(FACTORS) * A, 1))) + product(((shared, 1), (rng.choice(FACTORS), 1)))


@pytest.mark.parametrize("seed", range(60))
def test_a_root_is_the_root_of_the_value(seed: int) -> None:
    rng = random.Random(seed)
    inside = random_square_sum(rng)
    halves = rng.choice([1, 3])
    try:
        root = power(inside, Fraction(halves, 2))
    except (ValueError, ZeroDivisionError):
        return  # no real value is certain
    for point in POINTS:
        value = evaluate(inside, point).to_float()
        if value > 0:
            assert evaluate(root, point).to_float() == pytest.approx(math.pow(value, halves / 2))


def test_a_factor_that_is_shared_twice() -> None:
    """√((a−b)·a + (a−b)·(−b)) = |a−b|: the content and the primitive part are one sum."""
    inside = product(((A - B, 1), (A, 1))) - product(((A - B, 1), (B, 1)))
    root = power(inside, Fraction(1, 2))
    for point in POINTS:
        assert evaluate(root, point).to_float() == pytest.approx(abs(point["a"] - point["b"]))


def test_the_sign_of_a_continued_fraction_is_seen_at_once() -> None:
    """Every level has the last one in its numerator and in its denominator: 2^400 paths, 400 parts."""
    value = A
    for level in range(400):
        value = ONE / (value + number(level))
    assert is_manifestly_positive(value)
    assert not is_manifestly_positive(value - ONE)
