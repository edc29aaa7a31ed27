"""Reads the formula strings of the JSON as a stranger would: with sympy and the symbols it lists."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import sympy


def locals_of(data: Mapping[str, Any]) -> dict[str, sympy.Symbol]:
    """The symbols of the JSON, and those that stand for definitions."""
    symbols = {name: sympy.Symbol(name, **dict.fromkeys(entry["assumptions"], True))
               for name, entry in data["symbols"].items()}
    return symbols | {name: sympy.Symbol(name, positive=True) for name in data["definitions"]}


def read(text: str, data: Mapping[str, Any]) -> sympy.Expr:
    return sympy.sympify(text, locals=locals_of(data))


def number(text: str, data: Mapping[str, Any], values: Mapping[str, float]) -> float:
    """The value of a formula; definitions are worked out in the order in which they are listed."""
    names = locals_of(data)
    known = {names[name]: value for name, value in values.items() if name in names}
    wanted = sympy.sympify(text, locals=names)
    for name, definition in data["definitions"].items():
        if _uses(data, wanted):
            known[names[name]] = _value(sympy.sympify(definition, locals=names), known)
    return float(_value(wanted, known))


def _uses(data: Mapping[str, Any], wanted: sympy.Expr) -> bool:
    return any(str(symbol) in data["definitions"] for symbol in wanted.free_symbols)


def _value(expression: sympy.Expr, known: Mapping[sympy.Symbol, Any]) -> sympy.Expr:
    return expression.subs(known, simultaneous=True).doit().evalf(30)


def random_values(data: Mapping[str, Any], seed: int = 0) -> dict[str, float]:
    """Positive numbers for all symbols, whole ones for those that are whole."""
    draw = random.Random(seed)
    return {name: draw.randint(2, 6) if "integer" in entry["assumptions"] else round(draw.uniform(0.3, 0.9), 3)
            for name, entry in data["symbols"].items()}
