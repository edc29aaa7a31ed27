"""Reads the formulas of JSON outputs with sympy, and evaluates them: nothing of freeblock has a part in it."""

from __future__ import annotations

from typing import Any

import sympy


def read(text: str, names: Any = ()) -> Any:
    """A formula string as documented: sympify with the symbols as locals."""
    return sympy.sympify(text, locals={name: sympy.Symbol(name, positive=True) for name in names})


def at(text: str, values: dict[str, Any], digits: int = 30) -> Any:
    """The value of a formula string at a point."""
    formula = read(text, values)
    return formula.subs({sympy.Symbol(name, positive=True): value for name, value in values.items()}).evalf(digits)


def published(data: Any) -> dict[str, Any]:
    """The symbols with a published value."""
    return {name: sympy.Rational(value) for name, value in data["definitions"].items()}
