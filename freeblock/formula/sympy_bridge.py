"""The edge to sympy: a formula as a sympy expression with positive (and integer) symbols."""

from __future__ import annotations

from typing import Any

import sympy

from freeblock.formula.expression import Base, Exponent, Expression
from freeblock.formula.functions import BOUND
from freeblock.formula.notations import python_name
from freeblock.formula.traversal import bottom_up, index_name


def to_sympy(expression: Expression, whole: frozenset[str] = frozenset()) -> Any:
    """The same formula in sympy; symbols are positive, those in `whole` positive integers."""
    done: dict[Expression, Any] = {}
    for part in bottom_up(expression):
        terms = []
        for monomial, coefficient in part.terms.items():
            factors = [_power(base, exponent, done, whole) for base, exponent in monomial]
            terms.append(sympy.Mul(sympy.Rational(coefficient), *factors))
        done[part] = sympy.Add(*terms)
    return done[expression]


def _power(base: Base, exponent: Exponent, done: dict[Expression, Any], whole: frozenset[str]) -> Any:
    value = _base(base, done, whole)
    if isinstance(exponent, Expression):
        return sympy.Pow(value, done[exponent])
    return sympy.Pow(value, sympy.Rational(exponent))


def _symbol(name: str, whole: frozenset[str]) -> Any:
    return sympy.Symbol(python_name(name), positive=True, integer=True if name in whole else None)


def _base(base: Base, done: dict[Expression, Any], whole: frozenset[str]) -> Any:
    if isinstance(base, str):
        return {"pi": sympy.pi, "e": sympy.E}.get(base) or _symbol(base, whole)
    if isinstance(base, int):
        return sympy.Integer(base)
    if isinstance(base, Expression):
        return done[base]
    arguments = [done[part] for part in base.arguments]
    if base.name in BOUND:
        index = _symbol(index_name(base.arguments[0]), whole)
        kind = sympy.Product if base.name == "product" else sympy.Sum
        return kind(arguments[1], (index, arguments[2], arguments[3]))
    if base.name == "Phi":
        return (1 + sympy.erf(arguments[0] / sympy.sqrt(2))) / 2
    if base.name == "sech_moment":
        z = sympy.Symbol("z_", real=True)
        density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
        return sympy.Integral(sympy.sech(sympy.sqrt(arguments[1]) * z) ** arguments[0] * density, (z, -sympy.oo, sympy.oo))
    return _FUNCTIONS[base.name](*arguments)


_FUNCTIONS = {
    "log": sympy.log, "erf": sympy.erf, "gamma": sympy.gamma, "harmonic": sympy.harmonic, "floor": sympy.floor,
    "ceiling": sympy.ceiling, "abs": sympy.Abs, "tanh": sympy.tanh, "min": sympy.Min, "max": sympy.Max,
}
