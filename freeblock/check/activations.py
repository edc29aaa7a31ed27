"""Samplers of unit-wise functions, by the name a rule gives: derivative and value at a pre-activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from freeblock.check.jacobian import Array

Parameters = Mapping[str, Any]
"""The numbers of a sampler; of a function also `function` or `derivative`, which map arrays to arrays."""

_STEP = 1e-6
"""Half the distance of two points between which a slope is taken."""
_FAR = 40.0  # no standard normal number of a sample lies beyond


@dataclass(frozen=True, slots=True)
class Activation:
    """A unit-wise function f, whose Jacobian is diag(f′(h))."""

    prepare: Callable[[Parameters, Array], Array]
    """(parameters, standard Gaussian numbers) → pre-activations h of the law the parameters state."""
    derivative: Callable[[Parameters, Array], Array]
    value: Callable[[Parameters, Array], Array]
    mean_square: Callable[[Parameters], float]
    """E f′(h)² under that law."""


def _shift(parameters: Parameters, z: Array) -> Array:
    """Numbers that are positive with probability p."""
    p = parameters["p"]
    if p == 0.5:
        return z
    return z + (NormalDist().inv_cdf(p) if 0 < p < 1 else _FAR * (1 if p else -1))


def _sign_derivative(parameters: Parameters, h: Array) -> Array:
    slopes: Array = np.where(h > 0, float(parameters["positive"]), float(parameters["negative"]))
    return slopes


def _sign_mean_square(parameters: Parameters) -> float:
    p = parameters["p"]
    return float(p * parameters["positive"] ** 2 + (1 - p) * parameters["negative"] ** 2)


def _stretch(parameters: Parameters, z: Array) -> Array:
    return sqrt(parameters["q"]) * z


def _value(parameters: Parameters, h: Array) -> Array:
    value: Array = parameters["function"](h)
    return value


def _slope(parameters: Parameters, h: Array) -> Array:
    """The slope of f between two points close by, which knows nothing of rules for derivatives."""
    step = _STEP * np.maximum(1.0, np.abs(h)) * min(1.0, sqrt(parameters["q"]))
    slope: Array = (_value(parameters, h + step) - _value(parameters, h - step)) / (2 * step)
    return slope


def _surrogate(parameters: Parameters, h: Array) -> Array:
    value: Array = parameters["derivative"](h)
    return value


def _spike(parameters: Parameters, h: Array) -> Array:
    return np.where(h > parameters["threshold"], 1.0, 0.0)


def _gaussian_mean_square(derivative: Callable[[Parameters, Array], Array]) -> Callable[[Parameters], float]:
    """E f′(√q z)² by the midpoint rule; a jump of f′ costs at most one interval."""

    def mean_square(parameters: Parameters) -> float:
        step = 1e-4
        z = np.arange(-9, 9, step) + step / 2
        density = np.exp(-z * z / 2) * (step / sqrt(2 * pi))
        return float(np.sum(density * derivative(parameters, _stretch(parameters, z)) ** 2))

    return mean_square


ACTIVATIONS: Mapping[str, Activation] = {
    "sign": Activation(_shift, _sign_derivative, lambda parameters, h: h * _sign_derivative(parameters, h),
                       _sign_mean_square),
    "function": Activation(_stretch, _slope, _value, _gaussian_mean_square(_slope)),
    "spike": Activation(_stretch, _surrogate, _spike, _gaussian_mean_square(_surrogate)),
}
