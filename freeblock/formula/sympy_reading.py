"""The way back from sympy: the formula of a sympy expression, as far as our language has its functions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from freeblock.formula.expression import ONE, Expression, function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.rational import whole
from freeblock.formula.sums import total

_FUNCTIONS = {
    sympy.exp: "exp", sympy.log: "log", sympy.erf: "erf", sympy.gamma: "gamma", sympy.harmonic: "harmonic",
    sympy.floor: "floor", sympy.ceiling: "ceiling", sympy.Abs: "abs", sympy.tanh: "tanh", sympy.Min: "min",
    sympy.Max: "max",
}


def from_sympy(value: Any, names: Mapping[str, str]) -> Expression | None:
    """The formula; `names` turns the names of symbols into ours. None for what our language cannot say."""
    try:
        return _read(value, names)
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _read(value: Any, names: Mapping[str, str]) -> Expression:
    if value.is_Symbol:
        return symbol(names[value.name])
    if value.is_Rational:
        return number(whole(Fraction(int(value.p), int(value.q))))
    if value.is_Float:
        return number(whole(Fraction(repr(float(value)))))
    if value in (sympy.pi, sympy.E):
        return symbol("pi" if value == sympy.pi else "e")
    if isinstance(value, (sympy.Sum, sympy.Product)):
        (index, *bounds), = value.limits
        inner = {**names, index.name: index.name}
        parts = [symbol(index.name), _read(value.function, inner), *[_read(bound, names) for bound in bounds]]
        return function("sum" if isinstance(value, sympy.Sum) else "product", parts)
    if isinstance(value, sympy.Integral):
        return _sech_moment(value, names)
    parts = [_read(part, names) for part in value.args]
    if value.is_Add:
        return total(parts)
    if value.is_Mul:
        return product((part, 1) for part in parts)
    if value.is_Pow:
        base, exponent = parts
        plain = exponent.number()
        return power(base, exponent if plain is None else plain)
    if isinstance(value, sympy.factorial):
        return apply("gamma", [parts[0] + ONE])
    return apply(_FUNCTIONS[value.func], parts)


def _sech_moment(value: Any, names: Mapping[str, str]) -> Expression:
    """E sech(√q z)^j, the one integral that our formulas become."""
    z = value.variables[0]
    for base, exponent in value.function.as_powers_dict().items():
        if isinstance(base, sympy.sech):
            return apply("sech_moment", [_read(exponent, names), _read((base.args[0] / z) ** 2, names)])
    raise ValueError("an integral of another kind")
