"""The normal form against sympy: the same formula built twice, compared exactly or at random numbers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy

from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.notations import PLAIN, PYTHON
from freeblock.formula.order import is_at_least, is_greater
from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.sums import multiply_out
from freeblock.formula.sympy_bridge import to_sympy
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source

NAMES = ("a", "b", "c")
SYMBOLS = {name: sympy.Symbol(name, positive=True) for name in NAMES}


def _random_pair(rng: random.Random, depth: int) -> tuple[Expression, sympy.Expr]:
    """One formula in both systems; sums of products of powers, with divisions."""
    if depth == 0:
        if rng.random() < 0.5:
            name = rng.choice(NAMES)
            return symbol(name), SYMBOLS[name]
        value = Fraction(rng.randint(1, 9), rng.randint(1, 5))
        return number(value), sympy.Rational(value.numerator, value.denominator)
    first, one = _random_pair(rng, depth - 1)
    second, other = _random_pair(rng, depth - 1)
    choice = rng.random()
    if choice < 0.35:
        return first + second, one + other
    if choice < 0.7:
        return first * second, one * other
    if choice < 0.85:
        return first / second, one / other
    exponent = rng.choice([2, 3, -1, Fraction(1, 2), Fraction(-3, 2)])
    return power(first, exponent), one ** sympy.Rational(exponent)


@pytest.mark.parametrize("seed", range(120))
def test_arithmetic_agrees_with_sympy(seed: int) -> None:
    rng = random.Random(seed)
    ours, theirs = _random_pair(rng, rng.choice([2, 3, 4]))
    point = {name: Fraction(rng.randint(1, 20), rng.randint(1, 7)) for name in NAMES}
    expected = float(theirs.subs({SYMBOLS[name]: sympy.Rational(value) for name, value in point.items()}))
    assert evaluate(ours, point).to_float() == pytest.approx(expected, rel=1e-10)
    assert evaluate(multiply_out(ours), point).to_float() == pytest.approx(expected, rel=1e-9)
    bridge = to_sympy(ours).subs({SYMBOLS[name]: sympy.Rational(value) for name, value in point.items()})
    assert float(bridge) == pytest.approx(expected, rel=1e-10)
    numeric = substitute(ours, {name: number(value) for name, value in point.items()})
    assert not symbols(numeric)
    assert evaluate(numeric, {}).to_float() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_printed_reads_as_the_same_value(seed: int) -> None:
    rng = random.Random(1000 + seed)
    ours, _ = _random_pair(rng, 3)
    point = {name: rng.randint(1, 9) for name in NAMES}
    expected = evaluate(ours, point).to_float()
    read = to_expression(parse_formula(Source("printed", print_expression(ours, PLAIN))), {}, free=True)
    assert evaluate(read, point).to_float() == pytest.approx(expected, rel=1e-10)
    python = sympy.sympify(print_expression(ours, PYTHON), locals=dict(SYMBOLS))
    assert float(python.subs({SYMBOLS[name]: value for name, value in point.items()})) == pytest.approx(expected, rel=1e-10)


def test_equal_polynomials_are_equal() -> None:
    a, b = symbol("a"), symbol("b")
    assert multiply_out((a + b) ** 2) == multiply_out(a * a + number(2) * a * b + b * b)
    assert (a + b) / (a + b) == ONE
    assert (number(2) * a + number(2) * b) / (a + b) == number(2)
    assert power(symbol("s") ** 2 / number(2), symbol("L")) == power(symbol("s"), number(2) * symbol("L")) / power(
        number(2), symbol("L"))


@pytest.mark.parametrize("body, factor", [
    ("1 + 1/l", lambda l: 1 + 1 / l), ("1 + a/l", lambda l: 1 + 0.7 / l), ("1 + a", lambda l: 1.7),
    ("l", lambda l: l), ("2^l", lambda l: 2.0**l), ("3*l + a", lambda l: 3 * l + 0.7), ("sqrt(l)", lambda l: l**0.5),
    ("1 + a/l^2", lambda l: 1 + 0.7 / l**2), ("a^l", lambda l: 0.7**l),
])
@pytest.mark.parametrize("lower, upper", [(1, 5), (3, 9), (4, 4)])
def test_products_over_an_index(body: str, factor: object, lower: int, upper: int) -> None:
    formula = to_expression(parse_formula(Source("body", body)), {}, free=True)
    closed = product_over("l", formula, number(lower), symbol("L"))
    expected = 1.0
    for step in range(lower, upper + 1):
        expected *= factor(step)  # type: ignore[operator]
    assert evaluate(closed, {"a": 0.7, "L": upper}).to_float() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("body, summand", [
    ("l", lambda l: l), ("1/l", lambda l: 1 / l), ("a*l^3 + 1/l", lambda l: 0.7 * l**3 + 1 / l), ("(3/2)^l", lambda l: 1.5**l),
    ("3^(2*l+1)", lambda l: 3.0 ** (2 * l + 1)), ("1/(l+a)", lambda l: 1 / (l + 0.7)), ("sqrt(l)", lambda l: l**0.5),
])
@pytest.mark.parametrize("lower, upper", [(1, 5), (3, 9), (4, 4)])
def test_sums_over_an_index(body: str, summand: object, lower: int, upper: int) -> None:
    formula = to_expression(parse_formula(Source("body", body)), {}, free=True)
    closed = sum_over("l", formula, number(lower), symbol("L"))
    expected = sum(summand(step) for step in range(lower, upper + 1))  # type: ignore[operator]
    assert evaluate(closed, {"a": 0.7, "L": upper}).to_float() == pytest.approx(expected, rel=1e-10)


def test_the_named_closed_forms_are_found() -> None:
    index, depth, tau = symbol("l"), symbol("L"), symbol("tau")
    assert product_over("l", ONE + ONE / index, ONE, depth) == depth + ONE
    gamma = apply("gamma", [depth + ONE + tau]) / (apply("gamma", [ONE + tau]) * apply("gamma", [depth + ONE]))
    assert product_over("l", ONE + tau / index, ONE, depth) == gamma
    assert product_over("l", ONE + tau, ONE, depth) == power(ONE + tau, depth)
    assert sum_over("l", index, ONE, depth) == (depth * depth + depth) / number(2)
    assert sum_over("l", ONE / index, ONE, depth) == apply("harmonic", [depth])


def test_an_index_is_never_captured() -> None:
    body = ONE + symbol("tau") / symbol("l") ** 2
    form = product_over("l", body, ONE, symbol("L"))
    moved = substitute(form, {"tau": symbol("l")})
    expected = 1.0
    for step in range(1, 6):
        expected *= 1 + 3 / step**2
    assert evaluate(moved, {"l": 3, "L": 5}).to_float() == pytest.approx(expected, rel=1e-12)


def test_log_space() -> None:
    value = evaluate(power(number(Fraction(9, 8)), symbol("L")), {"L": 10**6})
    assert value.log10() == pytest.approx(10**6 * float(sympy.log(sympy.Rational(9, 8), 10)), rel=1e-12)


@pytest.mark.parametrize("seed", range(200))
def test_what_is_certain_holds_at_every_point(seed: int) -> None:
    rng = random.Random(seed)
    first, _ = _random_pair(rng, 2)
    second, _ = _random_pair(rng, 2)
    for _ in range(5):
        point = {name: rng.choice([0.01, 0.5, 1.0, 3.0, 100.0]) for name in NAMES}
        low, high = evaluate(first, point).to_float(), evaluate(second, point).to_float()
        slack = 1e-9 * max(abs(low), abs(high))
        if is_greater(first, second):
            assert low > high - slack
        if is_at_least(first, second):
            assert low >= high - slack
