"""Reads the formulas of JSON outputs with sympy, and evaluates them: nothing of freeblock has a part in it."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy


def read(text: str, names: Any = ()) -> Any:
    """A formula string as documented: sympify with the symbols as locals."""
    return sympy.sympify(text, locals={name: sympy.Symbol(name, positive=True) for name in names})


def at(text: str, values: dict[str, Any], digits: int = 30) -> Any:
    """The value of a formula string at a point."""
    formula = read(text, values).subs({sympy.Symbol(name, positive=True): value for name, value in values.items()})
    return formula.replace(sympy.Integral, _integral).evalf(digits)


def _integral(integrand: Any, limits: Any) -> Any:
    """A Gaussian mean by mpmath: `evalf` of sympy takes half a minute for it."""
    with mpmath.workdps(35):
        return sympy.Float(mpmath.quad(sympy.lambdify(limits[0], integrand, "mpmath"), range(-14, 15, 2)), 30)


def published(data: Any) -> dict[str, Any]:
    """The symbols with a published value."""
    return {name: sympy.Rational(value) for name, value in data["definitions"].items()}
