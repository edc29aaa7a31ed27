"""The edge to sympy: a formula as a sympy expression with positive (and integer) symbols.

It is one more notation, so that sympy sees a formula grouped the way it is printed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mpmath
import sympy

from freeblock.formula.expression import Expression
from freeblock.formula.notations import python_name
from freeblock.formula.printing import ATOM, print_piece

Piece = tuple[Any, int]

GUARD = 20
"""Bits beyond those asked for in an integration."""


def to_sympy(expression: Expression, whole: frozenset[str] = frozenset()) -> Any:
    """The same formula in sympy; symbols are positive, those in `whole` positive integers."""
    return print_piece(expression, _Sympy(whole))[0]


class _Sympy:
    """The notation whose pieces are sympy expressions."""

    textual = False

    def __init__(self, whole: frozenset[str]) -> None:
        self._whole = whole

    def integer(self, value: int) -> Piece:
        return sympy.Integer(value), ATOM

    def name(self, name: str) -> Piece:
        if name in _CONSTANTS:
            return _CONSTANTS[name], ATOM
        return sympy.Symbol(python_name(name), positive=True, integer=True if name in self._whole else None), ATOM

    def call(self, name: str, arguments: list[Piece]) -> Piece:
        values = [value for value, _ in arguments]
        if name == "Phi":
            return (1 + sympy.erf(values[0] / sympy.sqrt(2))) / 2, ATOM
        if name == "sech_moment":
            z = sympy.Symbol("z_", real=True)
            density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
            integrand = sympy.sech(sympy.sqrt(values[1]) * z) ** values[0] * density
            return _SechMoment(integrand, (z, -sympy.oo, sympy.oo)), ATOM
        return _FUNCTIONS[name](*values), ATOM

    def bound(self, name: str, index: Any, body: Piece, lower: Piece, upper: Piece) -> Piece:
        kind = sympy.Product if name == "product" else sympy.Sum
        return kind(body[0], (index, lower[0], upper[0])), ATOM

    def power(self, base: Piece, exponent: Piece) -> Piece:
        return base[0] ** exponent[0], ATOM

    def exponential(self, exponent: Piece) -> Piece:
        return sympy.exp(exponent[0]), ATOM

    def root(self, base: Piece) -> Piece:
        return sympy.sqrt(base[0]), ATOM

    def product(self, factors: list[Piece]) -> Piece:
        return sympy.Mul(*(factor for factor, _ in factors)), ATOM

    def quotient(self, numerator: Piece, denominator: Piece) -> Piece:
        return numerator[0] / denominator[0], ATOM

    def sum(self, terms: list[tuple[bool, Piece]]) -> Piece:
        return sympy.Add(*(-term if negative else term for negative, (term, _) in terms)), ATOM


class _SechMoment(sympy.Integral):  # type: ignore[misc]
    """An integral whose value is worked out once: sympy asks for it at every comparison of terms."""

    def _eval_evalf(self, prec: int) -> Any:
        return self if self.free_symbols else _value(self, prec)


@lru_cache(maxsize=256)
def _value(integral: _SechMoment, precision: int) -> Any:
    integrand = sympy.lambdify(integral.variables[0], integral.function, "mpmath")
    with mpmath.workprec(precision + GUARD):
        value = mpmath.quad(integrand, [-mpmath.inf, 0, mpmath.inf])
    return sympy.Float(value, precision=precision)


_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_FUNCTIONS = {
    "log": sympy.log, "erf": sympy.erf, "gamma": sympy.gamma, "harmonic": sympy.harmonic, "floor": sympy.floor,
    "ceiling": sympy.ceiling, "abs": sympy.Abs, "tanh": sympy.tanh, "arcsin": sympy.asin, "min": sympy.Min,
    "max": sympy.Max,
}
