"""The numerical value of a formula, in floating point with an unbounded exponent; no sympy, no recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import asin, cosh, erf, erfc, exp, factorial, floor, lgamma, log, pi, sqrt, tanh

from freeblock.formula.expression import Base, Exponent, Expression, Function
from freeblock.formula.functions import BOUND
from freeblock.formula.magnitude import Magnitude
from freeblock.formula.structure import bottom_up
from freeblock.formula.traversal import index_name, symbols

BOUND_STEPS = 1_000_000
"""The largest number of factors or summands of a bound form that is evaluated."""
NESTED_STEPS = 20_000
"""The same of all forms together that stand in another one."""

_EULER_GAMMA = 0.57721566490153286
_E = 2.718281828459045
_ROUNDING = 1e-12


def evaluate(expression: Expression, values: Mapping[str, float | int | Fraction | Magnitude]) -> Magnitude:
    """The value at given symbol values.

    Raises KeyError (a symbol has no value), ZeroDivisionError, and ValueError (no real value, or too large).
    """
    known = {name: value if isinstance(value, Magnitude) else Magnitude.of(value) for name, value in values.items()}
    known["pi"], known["e"] = Magnitude(pi), Magnitude(_E)
    return _evaluate(expression, known, None)


class _Budget:
    """Steps left to bound forms within bound forms."""

    def __init__(self) -> None:
        self.left = NESTED_STEPS

    def spend(self, steps: float) -> None:
        """Raise ValueError where there are too many."""
        self.left -= int(steps)
        if self.left < 0:
            raise ValueError(f"more than {NESTED_STEPS} factors to multiply or add in sums of sums")


def _evaluate(expression: Expression, known: Mapping[str, Magnitude], budget: _Budget | None) -> Magnitude:
    done: dict[Expression | Function, Magnitude] = {}
    bodies = _bound_parts(expression)
    _work_out([part for part in bottom_up(expression) if part not in bodies or symbols(part) <= known.keys()],
              done, known, budget)
    return done[expression]


def _work_out(
    parts: Iterable[Expression], done: dict[Expression | Function, Magnitude], known: Mapping[str, Magnitude],
    budget: _Budget | None,
) -> None:
    """Values of parts, each after those inside it."""
    for part in parts:
        value = Magnitude(0.0)
        for monomial, coefficient in part.terms.items():
            term = Magnitude.of(coefficient)
            for base, exponent in monomial:
                term = term * _value_of_power(base, exponent, done, known, budget)
            value = value + term
        done[part] = value


def _bound_parts(expression: Expression) -> set[Expression]:
    """Sub-expressions inside a bound form; they may hold its index, which has no value outside."""
    inside: set[Expression] = set()
    for part in bottom_up(expression):
        for monomial in part.terms:
            for base, _ in monomial:
                if isinstance(base, Function) and base.name in BOUND:
                    for argument in base.arguments[:2]:
                        inside.update(bottom_up(argument))
    return inside


def _value_of_power(
    base: Base, exponent: Exponent, done: dict[Expression | Function, Magnitude], known: Mapping[str, Magnitude],
    budget: _Budget | None,
) -> Magnitude:
    if isinstance(base, str):
        value = known[base]
    elif isinstance(base, int):
        value = Magnitude.of(base)
    elif isinstance(base, Expression):
        value = done[base]
    else:
        if base not in done:
            done[base] = _bound_form(base, done, known, budget) if base.name in BOUND else (
                _FUNCTIONS[base.name]([done[part] for part in base.arguments]))
        value = done[base]
    if exponent == 1:
        return value
    return value ** (done[exponent] if isinstance(exponent, Expression) else Magnitude.of(exponent))


def _bound_form(
    form: Function, done: Mapping[Expression | Function, Magnitude], known: Mapping[str, Magnitude],
    budget: _Budget | None,
) -> Magnitude:
    index, body, lower, upper = form.arguments
    first, last = done[lower].to_float(), done[upper].to_float()
    if not last - first < BOUND_STEPS:
        raise ValueError(f"more than {BOUND_STEPS} factors to multiply or add")
    if budget is None:
        budget = _Budget()
    else:
        budget.spend(max(last - first, 0))
    name = index_name(index)
    result = Magnitude(1.0 if form.name == "product" else 0.0)
    if last < first:
        return result
    # What does not hold the index is worked out once.
    fixed: dict[Expression | Function, Magnitude] = {}
    inside, names = _bound_parts(body), known.keys() | {name}
    parts = [part for part in bottom_up(body) if part not in inside or symbols(part) <= names]
    _work_out([part for part in parts if name not in symbols(part)], fixed, known, budget)
    varying = [part for part in parts if name in symbols(part)]
    for step in range(round(first), round(last) + 1):
        values = dict(fixed)
        _work_out(varying, values, {**known, name: Magnitude.of(step)}, budget)
        value = values[body]
        result = result * value if form.name == "product" else result + value
    return result


def _phi(x: float) -> Magnitude:
    """The standard normal distribution function, with its far left tail by the asymptotic series."""
    if x > -30:
        return Magnitude(erfc(-x / sqrt(2)) / 2)
    series = 1 - 1 / x**2 + 3 / x**4 - 15 / x**6
    tail = Magnitude(_E) ** Magnitude(-x * x / 2)
    return tail * Magnitude(series / (-x * sqrt(2 * pi)))


def _gamma(x: Magnitude) -> Magnitude:
    real = x.to_float()
    if 0 < real <= 20 and real == int(real):
        return Magnitude.of(factorial(int(real) - 1))
    if real <= 0:
        raise ValueError("gamma of a number that is not positive")
    if real > 1e300:
        raise ValueError("gamma of a number that is too large")
    return Magnitude(_E) ** Magnitude(lgamma(real))


def _asin(x: float) -> float:
    # Rounding may carry a root of a quotient of equal numbers beyond 1.
    if not -1 - _ROUNDING <= x <= 1 + _ROUNDING:
        raise ValueError("the arc sine of a number beyond 1")
    return asin(max(-1.0, min(1.0, x)))


def _harmonic(n: float) -> float:
    if n <= 1000 and n == int(n):
        return sum(1 / k for k in range(int(n), 0, -1))
    shift = 0.0
    while n < 30:
        n += 1
        shift += 1 / n
    return log(n) + _EULER_GAMMA + 1 / (2 * n) - 1 / (12 * n**2) + 1 / (120 * n**4) - 1 / (252 * n**6) - shift


@lru_cache(maxsize=1024)
def _sech_moment(power: float, mean_square: float) -> float:
    """E sech(√q z)^j by the trapezoidal rule, which converges geometrically for this integrand."""
    if not 0 <= mean_square <= 1e6:
        raise ValueError("the mean square of a pre-activation must lie between 0 and 10^6")
    scale = sqrt(mean_square)
    if scale <= 1:
        # sech has its nearest poles at ±iπ/(2√q), beyond which the Gaussian limits the step.
        step, reach = 0.05, 12.0
    else:
        # In u = √q·z the poles stay at ±iπ/2; the terms end where sech^j or the Gaussian does.
        step, reach = 0.1, min(12.0 * scale, 42.0 / power + 2.0 if power > 0 else 12.0 * scale)
    if not reach / step < BOUND_STEPS:
        raise ValueError("sech_moment has too many terms to add")
    inner, outer = (scale, 1.0) if scale <= 1 else (1.0, scale)
    weights = 0.5
    for k in range(1, int(reach / step) + 1):
        argument, z = inner * k * step, k * step / outer
        if argument * power < 700:
            weights += exp(-z * z / 2) / cosh(argument) ** power
    return 2 * weights * step / (outer * sqrt(2 * pi))


def _real(operation: Callable[..., float]) -> Callable[[list[Magnitude]], Magnitude]:
    return lambda arguments: Magnitude(float(operation(*(value.to_float() for value in arguments))))


_FUNCTIONS: dict[str, Callable[[list[Magnitude]], Magnitude]] = {
    "log": lambda arguments: Magnitude(arguments[0].natural_log()),
    "erf": _real(erf),
    "tanh": _real(tanh),
    "arcsin": _real(_asin),
    "Phi": lambda arguments: _phi(arguments[0].to_float()),
    "gamma": lambda arguments: _gamma(arguments[0]),
    "harmonic": _real(_harmonic),
    "floor": _real(floor),
    "ceiling": _real(lambda x: -floor(-x)),
    "abs": lambda arguments: Magnitude(abs(arguments[0].mantissa), arguments[0].exponent),
    "min": lambda arguments: min(arguments, key=lambda value: _ordered(value)),
    "max": lambda arguments: max(arguments, key=lambda value: _ordered(value)),
    "sech_moment": _real(_sech_moment),
}


def _ordered(value: Magnitude) -> tuple[int, int, float]:
    sign = (value.mantissa > 0) - (value.mantissa < 0)
    return (sign, sign * value.exponent, value.mantissa)
