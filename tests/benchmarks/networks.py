"""Networks of many leaves, and their φ and κ worked out here, by numbers and nothing else."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arithmetic import value_of

from freeblock.formula.magnitude import Magnitude


@dataclass(frozen=True)
class Expected:
    """log φ and κ at the given values."""

    values: Mapping[str, float]
    log_phi: float
    kappa: float


@dataclass(frozen=True)
class Family:
    """Networks of a given number of leaves, all with parameters of their own."""

    name: str
    text: Callable[[int], str]
    expected: Callable[[int], Expected]
    more_steps: int = 1
    """Beyond one for each leaf."""
    given: bool = False
    """Whether some of it rests on the user's word."""


def _dense(count: int) -> str:
    return " >> ".join(f"dense(var=a{place})" for place in range(count))


def _dense_expected(count: int) -> Expected:
    draw = random.Random(count)
    values = {f"a{place}": draw.uniform(0.001, 0.1) for place in range(count)}
    log_phi = sum(math.log(64 * value) for value in values.values())
    return Expected({**values, "n": 64}, log_phi, count)


def _mixed(count: int) -> str:
    return " >> ".join(f"dense(var=a{place}) >> leaky_relu(slope=b{place})" for place in range(count // 2))


def _leaky(slope: float) -> tuple[float, float]:
    """φ and κ of leaky ReLU at p = 1/2."""
    phi = (1 + slope**2) / 2
    return phi, (1 + slope**4) / 2 / phi**2 - 1


def _mixed_expected(count: int) -> Expected:
    draw = random.Random(count)
    values: dict[str, float] = {"n": 64}
    log_phi = kappa = 0.0
    for place in range(count // 2):
        variance, slope = draw.uniform(0.001, 0.1), draw.uniform(0.01, 0.9)
        values[f"a{place}"], values[f"b{place}"] = variance, slope
        phi, spread = _leaky(slope)
        log_phi += math.log(64 * variance) + math.log(phi)
        kappa += 1 + spread
    return Expected(values, log_phi, kappa)


def _numbers(count: int) -> str:
    return " >> ".join(f"dense(var={10000 + place}/(10000*fan_in)) >> leaky_relu(slope={place}/20000)"
                       for place in range(1, count // 2 + 1))


def _numbers_expected(count: int) -> Expected:
    log_phi = kappa = 0.0
    for place in range(1, count // 2 + 1):
        phi, spread = _leaky(place / 20000)
        log_phi += math.log(1 + place / 10000) + math.log(phi)
        kappa += 1 + spread
    return Expected({}, log_phi, kappa)


def _active(count: int) -> str:
    return " >> ".join(f"dense(var=v{place}/fan_in) >> relu(p=p{place})" for place in range(count // 2))


def _active_expected(count: int) -> Expected:
    """φ of relu is p and κ is 1/p − 1."""
    draw = random.Random(count)
    values: dict[str, float] = {}
    log_phi = kappa = 0.0
    for place in range(count // 2):
        variance, part = draw.uniform(0.5, 2), draw.uniform(0.1, 0.9)
        values[f"v{place}"], values[f"p{place}"] = variance, part
        log_phi += math.log(variance * part)
        kappa += 1 / part
    return Expected(values, log_phi, kappa)


def _residual(count: int) -> str:
    """Four leaves a block."""
    return " >> ".join(f"(id + (dense(var=a{place}/fan_in) >> relu >> dense(var=b{place}/fan_in)))"
                       for place in range(count // 4))


def _residual_expected(count: int) -> Expected:
    """A branch has φ = ab/2 and κ = 3; id + branch has φ = 1 + ab/2 and ϕ = 3(ab/2)² + 2·ab/2."""
    draw = random.Random(count)
    values: dict[str, float] = {}
    log_phi = kappa = 0.0
    for place in range(count // 4):
        first, second = draw.uniform(0.1, 1), draw.uniform(0.1, 1)
        values[f"a{place}"], values[f"b{place}"] = first, second
        branch = first * second / 2
        log_phi += math.log(1 + branch)
        kappa += (3 * branch**2 + 2 * branch) / (1 + branch) ** 2
    return Expected(values, log_phi, kappa)


FAMILIES = (
    Family("dense layers, symbols", _dense, _dense_expected),
    Family("dense and leaky ReLU layers, symbols", _mixed, _mixed_expected),
    Family("dense and leaky ReLU layers, numbers", _numbers, _numbers_expected),
    Family("dense and ReLU layers with their active parts", _active, _active_expected, given=True),
    Family("residual blocks", _residual, _residual_expected, 3),
)


class Answer:
    """A JSON answer, with its formulas evaluated in log space."""

    def __init__(self, text: str) -> None:
        self.data: dict[str, Any] = json.loads(text)

    def check(self, expected: Expected) -> None:
        """φ, κ and φ² κ = ϕ at the values."""
        known: dict[str, Magnitude] = {name: Magnitude(float(value)) for name, value in expected.values.items()}
        for name, formula in self.data["definitions"].items():
            known[name] = value_of(formula, known)
        phi, kappa, variance = (value_of(self.data[name], known) for name in ("phi", "kappa", "variance"))
        assert math.isclose(phi.natural_log(), expected.log_phi, rel_tol=1e-9, abs_tol=1e-6)
        assert math.isclose(kappa.to_float(), expected.kappa, rel_tol=1e-9, abs_tol=1e-9)
        if expected.kappa > 0:
            wanted = 2 * expected.log_phi + math.log(expected.kappa)
            assert math.isclose(variance.natural_log(), wanted, rel_tol=1e-9, abs_tol=1e-6)
