"""The value of a formula of the JSON, worked out by sympy and mpmath with 40 digits and no bound on the exponent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import mpmath
import sympy

mpmath.mp.dps = 40


@cache
def _table() -> dict[Any, Any]:
    return {
        sympy.exp: mpmath.exp, sympy.log: mpmath.log, sympy.erf: mpmath.erf, sympy.tanh: mpmath.tanh, sympy.asin: mpmath.asin, sympy.sech: mpmath.sech,
        sympy.harmonic: mpmath.harmonic, sympy.floor: mpmath.floor, sympy.ceiling: mpmath.ceil, sympy.Abs: abs, sympy.Min: min,
        sympy.Max: max, sympy.factorial: mpmath.factorial, sympy.gamma: mpmath.gamma,
        sympy.Add: lambda *parts: mpmath.fsum(parts), sympy.Mul: lambda *parts: mpmath.fprod(parts), sympy.Pow: lambda a, b: a**b,
    }


def value(text: str, data: Mapping[str, Any], values: Mapping[str, float]) -> Any:
    """The mpmath number; a definition may use those above it."""
    names = {name: sympy.Symbol(name, **dict.fromkeys(entry["assumptions"], True)) for name, entry in data["symbols"].items()}
    names |= {name: sympy.Symbol(name, positive=True) for name in data["definitions"]}
    known = {name: mpmath.mpf(values[name]) for name in values}
    for name, definition in data["definitions"].items():
        known[name] = _value(sympy.sympify(definition, locals=names, evaluate=False), known)
    return _value(sympy.sympify(text, locals=names, evaluate=False), known)


def _value(node: Any, known: Mapping[str, Any]) -> Any:
    if node.is_Symbol:
        return known[node.name]
    if node.is_Integer:
        return mpmath.mpf(int(node))
    if node.is_Rational:
        return mpmath.mpf(int(node.p)) / int(node.q)
    if node.is_Float:
        return mpmath.mpf(str(node))
    if node in (sympy.pi, sympy.E):
        return mpmath.pi if node == sympy.pi else mpmath.e
    if isinstance(node, (sympy.Sum, sympy.Product)):
        (index, lower, upper), = node.limits
        steps = range(int(mpmath.nint(_value(lower, known))), int(mpmath.nint(_value(upper, known))) + 1)
        parts = [_value(node.function, {**known, index.name: mpmath.mpf(step)}) for step in steps]
        return mpmath.fsum(parts) if isinstance(node, sympy.Sum) else mpmath.fprod(parts)
    if isinstance(node, sympy.Integral):
        return _integral(node, tuple((symbol.name, known[symbol.name]) for symbol in sorted(node.free_symbols, key=str)))
    return _table()[node.func](*[_value(part, known) for part in node.args])


@cache
def _integral(node: Any, known: tuple[tuple[str, Any], ...]) -> Any:
    (z, *_), = node.limits
    with mpmath.workdps(20):
        return mpmath.quad(lambda at: _value(node.function, {**dict(known), z.name: at}), [-12, -6, -3, 0, 3, 6, 12])
