"""A formula has one value in every notation: LaTeX, Python, our language and Unicode are read and compared."""

from __future__ import annotations

import random
from typing import Any

import pytest
from formula_strings import evaluate as evaluate_python
from hypothesis import given, settings
from hypothesis import strategies as st
from latex_evaluator import evaluate_latex
from shown_evaluator import evaluate_shown

from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE
from freeblock.formula.powers import power
from freeblock.formula.printing import print_expression
from freeblock.formula.products import product

TYPESET = {"a": "a", "b_1": "b_{1}", "sigma_w": r"\sigma_{w}", "lambda": r"\lambda", "keep": r"\mathrm{keep}", "L": "L",
           "alpha_beta": r"\alpha_{\beta}", "a_b_c": "a_{b,c}"}
SHOWN = {"a": "a", "b_1": "b₁", "sigma_w": "σ_w", "lambda": "λ", "keep": "keep", "L": "L", "alpha_beta": "α_β",
         "a_b_c": "a_b_c"}
NAMES = list(SHOWN)


def simple(rng: random.Random, index: str | None) -> Expression:
    choices = [*map(symbol, NAMES), symbol("pi"), number(rng.randint(2, 30)), number(rng.randint(1, 9)) / number(7)]
    return rng.choice(choices + [symbol(index)] * 4 if index else choices)


def random_formula(rng: random.Random, depth: int, index: str | None = None) -> Expression:
    """Signs, fractions of fractions, powers of sums, roots, functions, and sums and products over an index."""
    if depth == 0:
        return simple(rng, index)
    first, second = random_formula(rng, depth - 1, index), random_formula(rng, depth - 1, index)
    depth_of = symbol("L")
    choice = rng.randrange(13)
    if choice < 4:
        return first - second if choice == 3 else first + second
    if choice < 6:
        return first * second
    if choice == 6:
        return first / (second + ONE)
    if choice == 7:
        return power(first, rng.choice([depth_of, number(2) * depth_of, depth_of - ONE, -depth_of, symbol("a")]))
    if choice == 8:
        return power(first, number(rng.choice([1, -3, -1, 3])) / number(rng.choice([2, 3])))
    if choice == 9:
        return product(((first, rng.choice([-2, -1, 2, 3])),))
    if choice == 10:
        return apply(rng.choice(["exp", "log", "Phi", "erf", "tanh", "gamma", "floor", "ceiling", "abs"]), [first])
    if choice == 11:
        return apply(rng.choice(["min", "max"]), [first, second])
    if index is not None:
        return first
    form = rng.choice([product_over, sum_over])
    return form("l", random_formula(rng, depth - 1, "l"), number(rng.choice([1, 2])), rng.choice([depth_of, depth_of + ONE]))


def value_of(formula: Expression, values: dict[str, float]) -> float:
    """The plainest evaluation there is: every term and factor as it is held."""
    return evaluate(formula, values).to_float()


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_every_notation_has_the_value_of_the_formula(seed: int) -> None:
    rng = random.Random(seed)
    values: dict[str, float] = {name: rng.uniform(0.5, 2) for name in NAMES}
    values["L"] = rng.randint(2, 4)
    try:
        formula = random_formula(rng, rng.choice([2, 3, 4]))
        expected = value_of(formula, values)
    except (ArithmeticError, ValueError):
        return
    if not 1e-100 < abs(expected) < 1e100:
        return
    readings: dict[str, Any] = {
        "latex": lambda: evaluate_latex(print_expression(formula, LATEX), {TYPESET[name]: values[name] for name in NAMES}),
        "plain": lambda: evaluate_shown(print_expression(formula, PLAIN), values),
        "unicode": lambda: evaluate_shown(print_expression(formula, UNICODE), {SHOWN[name]: values[name] for name in NAMES}),
    }
    python = print_expression(formula, PYTHON)
    if "Sum(" not in python and "Product(" not in python:
        readings["python"] = lambda: evaluate_python(python, {name if name != "lambda" else "lambda_": value
                                                              for name, value in values.items()})
    for notation, reading in readings.items():
        try:
            found = reading()
        except OverflowError:
            continue
        assert found == pytest.approx(expected, rel=1e-6), notation


@pytest.mark.parametrize(("notation", "names"), [
    (UNICODE, ["lambda", "lambda_", "kappa", "phi", "a_1", "a1", "a_01", "sigma_w", "a__1"]),
    (PYTHON, ["lambda", "lambda_", "lambda__", "E", "E_", "z", "z_", "z__", "sqrt", "sqrt_"]),
])
def test_different_names_print_differently(notation: Any, names: list[str]) -> None:
    shown = [notation.name(name)[0] for name in names]
    assert len(set(shown)) == len(names)
    assert notation is PYTHON or not {"κ", "φ"} & set(shown)


def test_what_follows_a_product_stands_outside_of_it() -> None:
    body = power(symbol("l"), number(2)) + symbol("a")
    factor = product_over("l", body, ONE, symbol("L"))
    text = print_expression(factor * (symbol("b") + symbol("c")) ** 2, LATEX)
    assert evaluate_latex(text, {"a": 1, "b": 2, "c": 3, "L": 2}) == (1 + 1) * (4 + 1) * 25
