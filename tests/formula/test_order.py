"""A comparison that is called certain holds at every point that the stated facts allow."""

from __future__ import annotations

import random

import pytest

from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.order import Fact, is_at_least, is_greater
from freeblock.formula.powers import power
from freeblock.formula.products import product

A, B, K, L = (symbol(name) for name in "abkL")
WHOLE = frozenset({"k", "L"})


def random_formula(rng: random.Random, depth: int = 3) -> Expression:
    """Sums, differences, quotients, powers and functions of a, b > 0 and of whole k, L."""
    if depth == 0:
        return rng.choice([A, B, K, L, ONE, number(rng.randint(1, 4))])
    first, second = random_formula(rng, depth - 1), random_formula(rng, depth - 1)
    choice = rng.randrange(9)
    if choice < 2:
        return first + second
    if choice < 4:
        return first - second
    if choice < 6:
        return first * second
    if choice == 6:
        return first if second.is_zero else first / second
    if choice == 7:
        name = rng.choice(["log", "tanh", "floor", "abs", "min", "max", "Phi", "erf"])
        try:
            return apply(name, [first, second] if name in {"min", "max"} else [first])
        except ValueError:
            return first
    return product(((first, rng.choice([2, 3])),))


def points(rng: random.Random, facts: list[Fact], count: int) -> list[dict[str, float]]:
    found = []
    for _ in range(count):
        point = {"a": rng.choice([.01, .3, 1, 2.5, 40]), "b": rng.choice([.02, .5, 1, 3.5, 30]),
                 "k": rng.choice([1, 2, 3, 9]), "L": rng.choice([1, 2, 5])}
        values = [evaluate(fact.difference, point).to_float() for fact in facts]
        if all(value > 0 or (value == 0 and not fact.strict) for value, fact in zip(values, facts, strict=True)):
            found.append(point)
    return found


FACTS = [
    [], [Fact(A - B, True)], [Fact(A - ONE, False)], [Fact(K - A, True)], [Fact(ONE - A, False), Fact(A - B, True)],
    [Fact(B / A - number(2), False)], [Fact(K - number(3), False)], [Fact(A * A - B, True)],
]


@pytest.mark.parametrize("facts", FACTS, ids=range(len(FACTS)))
@pytest.mark.parametrize("seed", range(25))
def test_what_is_certain_is_never_false(seed: int, facts: list[Fact]) -> None:
    rng = random.Random(seed)
    allowed = points(rng, facts, 60)
    for _ in range(12):
        first = random_formula(rng)
        second = rng.choice([ZERO, ONE, random_formula(rng, 1), random_formula(rng, 2)])
        at_least, greater = is_at_least(first, second, facts, WHOLE), is_greater(first, second, facts, WHOLE)
        for point in allowed if at_least or greater else ():
            try:
                one, other = evaluate(first, point).to_float(), evaluate(second, point).to_float()
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            slack = 1e-9 * max(abs(one), abs(other), 1e-9)
            assert one >= other - slack, (first, second, point)
            assert not greater or one > other - slack


@pytest.mark.parametrize("facts", [[], [Fact(A - B, True)]])
def test_signs_that_are_not_known(facts: list[Fact]) -> None:
    minus = power(number(-1), L, whole_exponent=True)
    for unknown in (minus, A * minus, apply("log", [A]), apply("gamma", [B - A]), apply("tanh", [B - A]), B - A,
                    K + ONE / (B - A) - ONE, K + apply("log", [A]) - ONE, K - number(2), A * K - ONE):
        assert not is_at_least(unknown, ZERO, facts, WHOLE)
        assert not is_greater(unknown, ZERO, facts, WHOLE)


@pytest.mark.parametrize(("first", "second", "facts", "strict"), [
    (A, ZERO, [], True), (A + B, B, [], True), (K, ONE, [], False), (K * L + K, number(2), [], False),
    (K + A, ONE, [], True), (A, B, [Fact(A - B, True)], True), (A, B, [Fact(A - B, False)], False),
    (ONE, A, [Fact(ONE - A, False)], False), (A / B, ONE, [Fact(A - B, True)], True),
    (A * L + number(3) * K, number(3), [], True), (number(2) * A, B, [Fact(A - B, False)], True),
])
def test_what_should_be_decided(first: Expression, second: Expression, facts: list[Fact], strict: bool) -> None:
    assert is_at_least(first, second, facts, WHOLE)
    assert is_greater(first, second, facts, WHOLE) is strict
