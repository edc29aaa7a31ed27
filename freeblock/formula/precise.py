"""The value of a formula to as many digits as are asked for: what numbers are polished and claims compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

from freeblock.formula.expression import Base, Exponent, Expression, Function
from freeblock.formula.functions import BOUND
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import index_name, symbols

GUARD = 15
"""Digits carried beyond those asked for."""
STEPS = 2000
"""The most factors or summands of a bound form."""
LARGEST = 10**12
"""No exponent, and no argument of a function, is larger."""

LONGEST = 50_000
"""Bits of a number that is written out as a fraction."""

Value = Any
"""A number of mpmath, which has no types."""


def evaluate_precisely(expression: Expression, values: Mapping[str, Fraction | int | Value], digits: int) -> Value:
    """The value to about so many digits, as an `mpf`.

    Raises KeyError (a symbol has no value), ZeroDivisionError, and ValueError (no real value, or too large).
    """
    with mpmath.workdps(digits + GUARD):
        known = {name: _number(value) for name, value in values.items()}
        known["pi"], known["e"] = +mpmath.pi, +mpmath.e
        return +_evaluate(expression, known)


def fraction_of(value: Value) -> Fraction:
    """A number of mpmath, exactly. Raises ValueError for one that is too large or small to be written out."""
    sign, mantissa, exponent, _ = value._mpf_
    if abs(exponent) > LONGEST or (not mantissa and exponent):
        raise ValueError("a number is too large or too small")
    size = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return -size if sign else size


def _number(value: Fraction | int | Value) -> Value:
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value)


def _evaluate(expression: Expression, known: Mapping[str, Value]) -> Value:
    done: dict[Expression | Function, Value] = {}
    for part in bottom_up(expression):
        if not symbols(part) <= known.keys() and part is not expression:
            continue  # the body of a bound form; a symbol that is really missing is met again outside
        value = mpmath.mpf(0)
        for monomial, coefficient in part.terms.items():
            term = _number(coefficient if isinstance(coefficient, int) else Fraction(coefficient))
            for base, exponent in monomial:
                term *= _factor(base, exponent, done, known)
            value += term
        done[part] = value
    return done[expression]


def _factor(
    base: Base, exponent: Exponent, done: dict[Expression | Function, Value], known: Mapping[str, Value]
) -> Value:
    if isinstance(base, str):
        value = known[base]
    elif isinstance(base, int):
        value = mpmath.mpf(base)
    elif isinstance(base, Expression):
        value = done[base]
    else:
        if base not in done:
            done[base] = _bound_form(base, done, known) if base.name in BOUND else (
                _FUNCTIONS[base.name](*(_small(done[part]) for part in base.arguments)))
        value = done[base]
    if exponent == 1:
        return value
    return _power(value, done[exponent] if isinstance(exponent, Expression) else exponent)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Fraction):
        exponent = _number(exponent)
    _small(exponent)
    if not base:
        if exponent < 0:
            raise ZeroDivisionError("division by zero")
        return mpmath.mpf(1 if not exponent else 0)
    if base < 0 and exponent != int(exponent):
        raise ValueError("a negative number to a fractional power")
    if exponent == int(exponent):
        return base ** int(exponent)
    return mpmath.exp(exponent * mpmath.log(base))


def _small(value: Value) -> Value:
    if not abs(value) <= LARGEST:
        raise ValueError("an exponent or argument is too large to evaluate")
    return value


def _bound_form(form: Function, done: Mapping[Expression | Function, Value], known: Mapping[str, Value]) -> Value:
    index, body, lower, upper = form.arguments
    first, last = done[lower], done[upper]
    if not last - first < STEPS:
        raise ValueError(f"more than {STEPS} factors to multiply or add")
    result = mpmath.mpf(1 if form.name == "product" else 0)
    name = index_name(index)
    for step in range(round(float(first)), round(float(last)) + 1):
        value = _evaluate(body, {**known, name: mpmath.mpf(step)})
        result = result * value if form.name == "product" else result + value
    return result


def _gamma(x: Value) -> Value:
    if x <= 0:
        raise ValueError("gamma of a number that is not positive")
    return mpmath.exp(mpmath.loggamma(x))


def _log(x: Value) -> Value:
    if x <= 0:
        raise ValueError("the logarithm of a number that is not positive")
    return mpmath.log(x)


def _asin(x: Value) -> Value:
    if abs(x) > 1:
        # Rounding may carry a root of a quotient of equal numbers beyond 1.
        if abs(x) > 1 + mpmath.mpf(10) ** (GUARD - mpmath.mp.dps):
            raise ValueError("the arc sine of a number beyond 1")
        x = mpmath.sign(x)
    return mpmath.asin(x)


def _phi(x: Value) -> Value:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def _sech_moment(power: Value, mean_square: Value) -> Value:
    return _sech_value(power, mean_square, mpmath.mp.dps)


@lru_cache(maxsize=256)
def _sech_value(power: Value, mean_square: Value, digits: int) -> Value:
    """E sech(√q z)^j by the trapezoidal rule; its error falls like exp(−2πd/h) with the distance d of the poles."""
    if not 0 <= mean_square <= 10**6:
        raise ValueError("the mean square of a pre-activation must lie between 0 and 10^6")
    height = digits * mpmath.log(10)
    scale = mpmath.sqrt(mean_square)
    # In z the poles are ±iπ/(2√q); in u = √q·z they stay at ±iπ/2, and sech^j ends the terms before the Gaussian.
    inner, outer = (scale, mpmath.mpf(1)) if scale <= 1 else (mpmath.mpf(1), scale)
    reach = outer * (mpmath.sqrt(2 * height) + 1)
    distance = min(mpmath.pi / (2 * inner), reach) if inner else reach
    if power > 0 and inner:
        reach = min(reach, (height / power + 3) / inner)
    step = 2 * mpmath.pi * distance * mpmath.mpf("0.9") / (height + (distance / outer) ** 2 / 2 + 10)
    if not reach / step < STEPS:
        raise ValueError("sech_moment has too many terms to add")
    total = mpmath.mpf(1) / 2
    for k in range(1, int(reach / step) + 1):
        z = k * step
        total += mpmath.exp(-((z / outer) ** 2) / 2) / mpmath.cosh(inner * z) ** power
    return 2 * total * step / (outer * mpmath.sqrt(2 * mpmath.pi))


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "log": _log, "erf": mpmath.erf, "tanh": mpmath.tanh, "arcsin": _asin, "Phi": _phi, "gamma": _gamma,
    "harmonic": mpmath.harmonic, "floor": mpmath.floor, "ceiling": mpmath.ceil, "abs": abs, "min": min, "max": max,
    "sech_moment": _sech_moment,
}
