"""Reads the formula strings of the JSON as a stranger would: with sympy, or as plain Python."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

import sympy

PYTHON = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "erf": math.erf, "pi": math.pi, "E": math.e,
          "Min": min, "Max": max, "Abs": abs, "floor": math.floor, "ceiling": math.ceil, "tanh": math.tanh,
          "factorial": lambda x: math.gamma(x + 1), "harmonic": lambda n: sum(1 / k for k in range(1, n + 1))}


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
    """Sums, products and integrals, which only a reader of formulas knows."""
    expression = sympy.sympify(text, locals={name: sympy.Symbol(name) for name in known})
    expression = expression.subs(dict(known)).doit(integrals=False)
    integrals = {form: _integral(form) for form in expression.atoms(sympy.Integral)}
    return float(expression.xreplace(integrals).evalf(20))


def _integral(form: sympy.Integral) -> sympy.Float:
    """A fast decaying function over the whole line, by the trapezoidal rule."""
    (variable, low, high), = form.limits
    assert (low, high) == (-sympy.oo, sympy.oo)
    function, step = sympy.lambdify(variable, form.function, "math"), 1 / 32
    return sympy.Float(step * sum(function(place * step) for place in range(-350, 351)))


def random_values(data: Mapping[str, Any], seed: int = 0) -> dict[str, float]:
    """Positive numbers for all symbols, whole ones for those that are whole."""
    draw = random.Random(seed)
    return {name: draw.randint(2, 6) if "integer" in entry["assumptions"] else round(draw.uniform(0.3, 0.9), 3)
            for name, entry in data["symbols"].items()}
