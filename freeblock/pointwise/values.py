"""An activation and its derivative at many points at once, in floating point; where its branches meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.pointwise.activation import Activation, Operation

Points: TypeAlias = NDArray[np.float64]
Dual: TypeAlias = tuple[Points, Points]
"""Values and derivatives."""

GRID = 4_001
"""Points among which a change of branch is looked for."""
ROUNDS, CUTS = 9, 65
"""Each round finds the change in one of so many parts of the interval before."""

JUMP = 1e-9
"""So far on each side of a kink f is looked at."""


def values_of(activation: Activation, points: Points) -> Dual:
    """f and f′ at the points; not finite where f has no real value. Raises DomainError where a symbol has none."""
    return _run(activation, points)[0]


def kinks(activation: Activation, lowest: float, highest: float) -> list[float]:
    """The points where max, min or abs goes from one branch to another, in increasing order.

    Raises DomainError where a symbol has no value, and where f jumps.
    """
    grid = np.linspace(lowest, highest, GRID)
    found: set[float] = set()
    for place, difference in enumerate(_run(activation, grid)[1]):
        for start in np.flatnonzero(_changes(difference)):
            found.add(_refined(activation, place, float(grid[start]), float(grid[start + 1])))
    _check_jumps(activation, np.array(sorted(found)))
    return sorted(found)


def _check_jumps(activation: Activation, places: Points) -> None:
    """Raise DomainError where f is not continuous: its derivative would have a part that no point shows."""
    before, after = (values_of(activation, places + side * JUMP)[0] for side in (-1, 1))
    jumps = np.flatnonzero(np.abs(after - before) > np.sqrt(JUMP) * (1 + np.abs(after)))
    if len(jumps):
        raise DomainError(f"`{activation.text}` jumps at x = {places[jumps[0]]:.6g}, where it has no derivative",
                          activation.span, "give a continuous activation")


def _changes(difference: Points) -> NDArray[np.bool_]:
    sign = np.sign(difference)
    return np.asarray((sign[:-1] != sign[1:]) & np.isfinite(difference[:-1]) & np.isfinite(difference[1:]))


def _refined(activation: Activation, place: int, low: float, high: float) -> float:
    for _ in range(ROUNDS):
        cuts = np.linspace(low, high, CUTS)
        starts = np.flatnonzero(_changes(_run(activation, cuts)[1][place]))
        if not len(starts):
            break
        low, high = float(cuts[starts[0]]), float(cuts[starts[0] + 1])
    # A zero that was hit is exact: it is one of the two ends.
    ends = np.array([low, high])
    return float(ends[np.argmin(np.abs(_run(activation, ends)[1][place]))])


def _run(activation: Activation, points: Points) -> tuple[Dual, list[Points]]:
    """The value, and the difference that decides each branch."""
    results: list[Dual] = []
    branches: list[Points] = []
    with np.errstate(all="ignore"):
        for operation in activation.operations:
            arguments = [results[place] for place in operation.arguments]
            results.append(_value(operation, arguments, points, branches))
    return results[-1], branches


def _value(operation: Operation, arguments: list[Dual], points: Points, branches: list[Points]) -> Dual:
    if operation.value is not None:
        return np.full_like(points, _number(operation)), np.zeros_like(points)
    if operation.name == "variable":
        return points, np.ones_like(points)
    if operation.name in ("max", "min", "abs"):
        return _branched(operation.name, arguments, branches)
    if operation.name == "sum":
        return sum((one for one, _ in arguments), np.zeros_like(points)), sum(
            (slope for _, slope in arguments), np.zeros_like(points))
    if operation.name == "product":
        value, slope = arguments[0]
        for other, other_slope in arguments[1:]:
            value, slope = value * other, slope * other + value * other_slope
        return value, slope
    if operation.name == "power":
        return _power(arguments[0], arguments[1][0])
    (inner, slope) = arguments[0]
    value, outer = _OUTER[operation.name](inner)
    return value, outer * slope


def _number(operation: Operation) -> float:
    assert operation.value is not None
    try:
        return evaluate(operation.value, {}).to_float()
    except KeyError as error:
        raise DomainError(f"the symbol {error} has no value, and this is worked out in numbers", operation.span,
                          f"add --set {error.args[0]}=1, or another number") from None
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error), operation.span) from None


def _branched(name: str, arguments: list[Dual], branches: list[Points]) -> Dual:
    if name == "abs":
        value, slope = arguments[0]
        branches.append(value)
        return np.abs(value), slope * np.where(value < 0, -1.0, 1.0)
    value, slope = arguments[0]
    for other, other_slope in arguments[1:]:
        difference = other - value if name == "max" else value - other
        branches.append(difference)
        value, slope = np.where(difference > 0, other, value), np.where(difference > 0, other_slope, slope)
    return value, slope


def _power(base: Dual, exponent: Points) -> Dual:
    value, slope = base
    outer = np.where(exponent == 0, 0.0, exponent * np.power(value, exponent - 1))
    return np.power(value, exponent), outer * slope


def _normal(x: Points) -> Points:
    return np.exp(-x * x / 2) / math.sqrt(2 * math.pi)


_erf = np.vectorize(math.erf, otypes=[np.float64])
_OUTER: dict[str, Callable[[Points], Dual]] = {
    "negate": lambda u: (-u, -np.ones_like(u)),
    "reciprocal": lambda u: (1 / u, -1 / u**2),
    "exp": lambda u: (np.exp(u), np.exp(u)),
    "log": lambda u: (np.log(u), 1 / u),
    "sqrt": lambda u: (np.sqrt(u), 1 / (2 * np.sqrt(u))),
    "sin": lambda u: (np.sin(u), np.cos(u)),
    "cos": lambda u: (np.cos(u), -np.sin(u)),
    "sinh": lambda u: (np.sinh(u), np.cosh(u)),
    "cosh": lambda u: (np.cosh(u), np.sinh(u)),
    "tanh": lambda u: (np.tanh(u), 1 - np.tanh(u) ** 2),
    "atan": lambda u: (np.arctan(u), 1 / (1 + u * u)),
    "erf": lambda u: (_erf(u), 2 / math.sqrt(math.pi) * np.exp(-u * u)),
    "Phi": lambda u: ((1 + _erf(u / math.sqrt(2))) / 2, _normal(u)),
}
