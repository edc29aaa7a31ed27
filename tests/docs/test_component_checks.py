"""The checks that the page of components draws: predictions worked out anew from the JSON of the library.

A dense layer before a component makes φ_k the moments of a compound free Poisson law, whose free cumulants are the
component's own moments m_k: φ_1 = v m_1, φ_2 = v²(m_2 + m_1²), φ_3 = v³(m_3 + 3 m_1 m_2 + m_1³) (Nica and Speicher 2006,
lecture 12). Nothing of the calculus is used here.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.special
import sympy

from freeblock.report.component_data import component_data
from freeblock.rules.catalogue import load_catalogue

CHECKS = json.loads((Path(__file__).parents[2] / "docs" / "component_checks.json").read_text(encoding="utf-8"))
ROWS = [(name, row) for name, checks in CHECKS["components"].items() for row in checks["rows"]]
LINEAR = ("dense", "orthogonal", "scaled_weight_standardization", "weight_norm")
STATISTICS = {"batch_norm": "std", "layer_norm": "std", "rms_norm": "rms", "second_moment_norm": "rms", "l1_moment_norm": "size"}
REMAINDER = 2e-4
"""Relative: what the extrapolation to infinite width may leave where the sampler knows a value without scatter."""


FUNCTIONS = {"sqrt": mpmath.sqrt, "min": min, "pi": mpmath.pi}
UNITS = {"tanh": np.tanh, "exp": np.exp, "log": np.log, "sin": np.sin, "cosh": np.cosh, "abs": np.abs, "erf": scipy.special.erf,
         "Phi": scipy.special.ndtr, "sigmoid": scipy.special.expit, "max": np.maximum, "min": np.minimum, "sign": np.sign,
         "pi": np.pi}


def moments_of_units(law: dict[str, str], names: dict[str, Any]) -> list[float]:
    """E f'(x)^2k for x ~ N(0, q), the slopes by differences on a fine grid."""
    text = law.get("function") or law["derivative"]
    known = {**UNITS, **{name: float(number) for name, number in names.items()}}
    edges = np.linspace(-12, 12, 4_800_001) * known["q"] ** 0.5
    middles = (edges[1:] + edges[:-1]) / 2

    def function(x: Any) -> Any:
        return eval(text.replace("^", "**"), {"__builtins__": {}}, {**known, "x": x})

    slopes = np.diff(function(edges)) / np.diff(edges) if "function" in law else function(middles)
    weights = np.exp(-(middles**2) / (2 * known["q"]))
    return [float(np.average(slopes ** (2 * order), weights=weights)) for order in (1, 2, 3)]


def value(formula: str, names: dict[str, float]) -> Any:
    """A formula of the library, read by Python itself."""
    return eval(formula.replace("^", "**"), {"__builtins__": {}}, {**FUNCTIONS, **names})


def law_moments(name: str, values: dict[str, float]) -> list[float]:
    """m_1, m_2, m_3 of a component alone."""
    data = component_data(load_catalogue().find(name))
    known: dict[str, Any] = {key: mpmath.mpf(text) for key, text in data["constants"].items()}
    for parameter in data["parameters"]:
        if parameter["name"] in values:
            known[parameter["name"]] = values[parameter["name"]]
        elif parameter["default"] is not None and parameter["name"] not in ("out", "var"):
            known[parameter["name"]] = value(parameter["default"], known)
    known |= values
    if name == "activation":
        return moments_of_units({"function": "x*exp(-x^2/2)"}, known)
    if not data["law"].keys().isdisjoint(("function", "derivative")):
        return moments_of_units(data["law"], known)
    if "listed" in data["law"]:
        return [float(value(text, known)) for text in data["law"]["listed"]]
    if "moments" in data["law"]:
        return [float(value(data["law"]["moments"], {**known, "k": order})) for order in (1, 2, 3)]
    z = sympy.Symbol("z")
    transform = value(data["law"]["s_transform"], {**known, "z": z})
    chi = sympy.series(transform * z / (1 + z), z, 0, 4).removeO()
    a, b, c = (chi.coeff(z, power) for power in (1, 2, 3))
    return [float(1 / a), float(-b / a**3), float((2 * b**2 - a * c) / a**5)]


def predicted(name: str, row: dict[str, Any]) -> list[float]:
    """φ_1, φ_2, φ_3 of the expression of one row."""
    text, varied = row["expression"], row["value"]
    if name in LINEAR:
        assert re.match(r"\w+\(([\d/]+)\*n", text)[1] == str(Fraction(varied))
        return law_moments(name, {"fan_in": Fraction(1), "fan_out": Fraction(varied), "var": Fraction(1)})
    variance = float(Fraction(re.match(r"dense\(var=([\d/]+)/fan_in\) >> ", text)[1]))
    given = {key: float(Fraction(number)) for key, number in re.findall(r"(\w+)=([\d/]+)[,)]", text.partition(">>")[2])}
    if name in STATISTICS:
        (given[STATISTICS[name]],) = row["statistics"].values()
    if name == "crelu":
        # J^T J = I, so that half of the eigenvalues are those of the dense layer, 1, 2 and 5 times its variance.
        return [variance / 2, variance**2, variance**3 * 5 / 2]
    m1, m2, *more = law_moments(name, given)
    if not more:
        return [variance * m1, variance**2 * (m2 + m1**2)]
    (m3,) = more
    return [variance * m1, variance**2 * (m2 + m1**2), variance**3 * (m3 + 3 * m1 * m2 + m1**3)]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[row["expression"] for _, row in ROWS])
def test_the_prediction_is_that_of_the_library(name: str, row: dict[str, Any]) -> None:
    # A jump of a slope between two points of the grid is as wide as the grid.
    jumps = name in ("hard_tanh", "hard_swish", "spike_rectangular")
    assert row["predicted"] == pytest.approx(predicted(name, row), rel=1e-5 if jumps else 1e-6)


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[row["expression"] for _, row in ROWS])
def test_the_measurement_is_within_four_standard_errors(name: str, row: dict[str, Any]) -> None:
    for said, found, error in zip(row["predicted"], row["measured"], row["stderr"], strict=True):
        assert abs(found - said) <= 4 * error + REMAINDER * said


def test_the_errors_are_small_enough_to_mean_something() -> None:
    relative = [error / said for _, row in ROWS for said, error in zip(row["predicted"], row["stderr"], strict=True)]
    assert max(relative) < 0.08 and sorted(relative)[len(relative) // 2] < 0.02


def test_every_component_that_can_be_sampled_is_checked() -> None:
    """Those for images are held against matrices written out (tests/rules/test_image_laws.py) and whole networks."""
    rules = [load_catalogue().find(name) for name in load_catalogue().names()]
    sampled = {rule.name for rule in rules if rule.sample is not None and rule.on_images is None and rule.acts_on != "image"}
    assert set(CHECKS["components"]) == sampled
    assert len({row["seed"] for _, row in ROWS}) == len(ROWS)
