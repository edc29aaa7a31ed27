"""Reads the formula strings of the JSON as a stranger would: with sympy, or as plain Python."""

from __future__ import annotations

import ast
import math
import operator
import random
from collections.abc import Mapping
from typing import Any

import sympy

PYTHON = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "erf": math.erf, "pi": math.pi, "E": math.e,
          "Min": min, "Max": max, "Abs": abs, "floor": math.floor, "ceiling": math.ceil, "tanh": math.tanh,
          "factorial": lambda x: math.gamma(x + 1), "sech": lambda x: 1 / math.cosh(x),
          "harmonic": lambda n: sum(1 / k for k in range(1, round(n) + 1))}


def locals_of(data: Mapping[str, Any]) -> dict[str, sympy.Symbol]:
    """The symbols of the JSON, and those that stand for definitions."""
    symbols = {name: sympy.Symbol(name, **dict.fromkeys(entry["assumptions"], True))
               for name, entry in data["symbols"].items()}
    return symbols | {name: sympy.Symbol(name, positive=True) for name in data["definitions"]}


def read(text: str, data: Mapping[str, Any]) -> sympy.Expr:
    return sympy.sympify(text, locals=locals_of(data))


def number(text: str, data: Mapping[str, Any], values: Mapping[str, float]) -> float:
    """The value of a formula; a definition may use those listed above it."""
    known = dict(values)
    for name, definition in data["definitions"].items():
        known[name] = evaluate(definition, known)
    return evaluate(text, known)


def evaluate(text: str, known: Mapping[str, float]) -> float:
    """The value of one formula, its names known."""
    if any(form in text for form in ("Sum(", "Product(", "Integral(")):
        return _evaluate_bound(text, known)
    return float(eval(text, {"__builtins__": {}}, {**PYTHON, **known}))


def _evaluate_bound(text: str, known: Mapping[str, float]) -> float:
    """Sums, products and integrals, term by term."""
    return _value(ast.parse(text, mode="eval").body, {**PYTHON, **known})


def _value(node: ast.expr, known: Mapping[str, Any]) -> float:
    """Recursive only into what holds a bound form; the rest is plain Python."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Sum", "Product", "Integral"}:
        body, bounds = node.args
        assert isinstance(bounds, ast.Tuple) and isinstance(bounds.elts[0], ast.Name)
        index = bounds.elts[0].id
        if node.func.id == "Integral":
            # A fast decaying function over the whole line, by the trapezoidal rule.
            assert ast.unparse(bounds) == f"({index}, -oo, oo)"
            return sum(_value(body, {**known, index: place / 32}) for place in range(-350, 351)) / 32
        lower, upper = (round(_value(bound, known)) for bound in bounds.elts[1:])
        values = [_value(body, {**known, index: place}) for place in range(lower, upper + 1)]
        return math.fsum(values) if node.func.id == "Sum" else math.prod(values)
    if isinstance(node, ast.BinOp):
        first, second = _value(node.left, known), _value(node.right, known)
        return float(_OPERATORS[type(node.op)](first, second))
    if isinstance(node, ast.UnaryOp):
        assert isinstance(node.op, ast.USub)
        return -_value(node.operand, known)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        return float(known[node.func.id](*(_value(argument, known) for argument in node.args)))
    return float(known[node.id] if isinstance(node, ast.Name) else ast.literal_eval(node))


_OPERATORS: dict[type[ast.operator], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}


def random_values(data: Mapping[str, Any], seed: int = 0) -> dict[str, float]:
    """Positive numbers for all symbols, whole ones for those that are whole."""
    draw = random.Random(seed)
    return {name: draw.randint(2, 6) if "integer" in entry["assumptions"] else round(draw.uniform(0.3, 0.9), 3)
            for name, entry in data["symbols"].items()}
