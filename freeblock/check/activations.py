"""Samplers of unit-wise functions, by the name a rule gives: derivative and value at a pre-activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import pi, sqrt
from statistics import NormalDist

import numpy as np

from freeblock.check.jacobian import Array

Parameters = Mapping[str, float]

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
    return np.where(h > 0, parameters["positive"], parameters["negative"])


def _sign_mean_square(parameters: Parameters) -> float:
    p = parameters["p"]
    return p * parameters["positive"] ** 2 + (1 - p) * parameters["negative"] ** 2


def _stretch(parameters: Parameters, z: Array) -> Array:
    return sqrt(parameters["q"]) * z


def _tanh_derivative(parameters: Parameters, h: Array) -> Array:
    value: Array = 1 - np.tanh(h) ** 2
    return value


def _selu_derivative(parameters: Parameters, h: Array) -> Array:
    bent = parameters["alpha"] * np.exp(np.minimum(h, 0))
    return parameters["scale"] * np.where(h > 0, 1.0, bent)


def _selu(parameters: Parameters, h: Array) -> Array:
    bent = parameters["alpha"] * np.expm1(np.minimum(h, 0))
    return parameters["scale"] * np.where(h > 0, h, bent)


def _gaussian_mean_square(derivative: Callable[[Parameters, Array], Array]) -> Callable[[Parameters], float]:
    """E f′(√q z)² by the midpoint rule; a jump of f′ at zero lies between two points."""

    def mean_square(parameters: Parameters) -> float:
        step = 1e-3
        z = np.arange(-9, 9, step) + step / 2
        density = np.exp(-z * z / 2) * (step / sqrt(2 * pi))
        return float(np.sum(density * derivative(parameters, _stretch(parameters, z)) ** 2))

    return mean_square


ACTIVATIONS: Mapping[str, Activation] = {
    "sign": Activation(_shift, _sign_derivative, lambda parameters, h: h * _sign_derivative(parameters, h),
                       _sign_mean_square),
    "tanh": Activation(_stretch, _tanh_derivative, lambda parameters, h: np.tanh(h),
                       _gaussian_mean_square(_tanh_derivative)),
    "selu": Activation(_stretch, _selu_derivative, _selu, _gaussian_mean_square(_selu_derivative)),
}
