"""What is drawn in two dimensions is what is meant: the drawing is read back, and its value compared."""

from __future__ import annotations

import random

import pytest
from drawing_reader import read_drawing
from shown_evaluator import evaluate_shown
from test_notations import SHOWN, random_formula

from freeblock.formula.evaluation import evaluate
from freeblock.formula.printing import print_piece
from freeblock.formula.two_dimensional import TWO_DIMENSIONAL
from freeblock.language.formulas import to_expression
from freeblock.language.parser import parse_formula
from freeblock.source import Source

POINT = {"a": 0.75, "b_1": 1.5, "sigma_w": 1.25, "lambda": 0.5, "keep": 0.9, "L": 3, "alpha_beta": 2.0, "a_b_c": 0.4}


def drawn(text: str) -> list[str]:
    formula = to_expression(parse_formula(Source("formula", text)), {}, free=True)
    return [row.rstrip() for row in print_piece(formula, TWO_DIMENSIONAL)[0].drawing.rows]


@pytest.mark.parametrize("seed", range(400))
def test_a_drawn_formula_has_the_value_of_the_formula(seed: int) -> None:
    try:
        formula = random_formula(random.Random(seed), 2 + seed % 2)
        expected = evaluate(formula, POINT)
    except (ValueError, ArithmeticError):
        return
    if not expected.mantissa or abs(expected.exponent) > 200:
        return
    shape = print_piece(formula, TWO_DIMENSIONAL)[0]
    assert {len(row) for row in shape.drawing.rows} == {shape.drawing.width}
    line = read_drawing(list(shape.drawing.rows))
    value = evaluate_shown(line, {SHOWN[name]: at for name, at in POINT.items()})
    assert value == pytest.approx(expected.to_float(), rel=1e-8), "\n".join([*shape.drawing.rows, line])
