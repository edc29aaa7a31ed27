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
import pytest
import sympy

from freeblock.report.component_data import component_data
from freeblock.rules.catalogue import load_catalogue

CHECKS = json.loads((Path(__file__).parents[2] / "docs" / "component_checks.json").read_text(encoding="utf-8"))
ROWS = [(name, row) for name, checks in CHECKS["components"].items() for row in checks["rows"]]
LINEAR = ("dense", "orthogonal", "scaled_weight_standardization")
STATISTICS = {"batch_norm": "std", "layer_norm": "std", "rms_norm": "rms", "second_moment_norm": "rms"}
REMAINDER = 2e-4
"""Relative: what the extrapolation to infinite width may leave where the sampler knows a value without scatter."""


def sech_moment(power: Any, variance: Any) -> Any:
    """E sech(√q z)^power for a standard normal z."""
    return mpmath.quad(lambda z: mpmath.sech(mpmath.sqrt(variance) * z) ** power * mpmath.npdf(z),
                       [-12, -6, -2, 0, 2, 6, 12])


FUNCTIONS = {"sech_moment": sech_moment, "Phi": mpmath.ncdf, "exp": mpmath.exp, "sqrt": mpmath.sqrt, "min": min}


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
    given = {key: float(Fraction(number)) for key, number in re.findall(r"(\w+)=([\d/]+)\)", text)}
    if name in STATISTICS:
        (given[STATISTICS[name]],) = row["statistics"].values()
    m1, m2, m3 = law_moments(name, given)
    return [variance * m1, variance**2 * (m2 + m1**2), variance**3 * (m3 + 3 * m1 * m2 + m1**3)]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[row["expression"] for _, row in ROWS])
def test_the_prediction_is_that_of_the_library(name: str, row: dict[str, Any]) -> None:
    assert row["predicted"] == pytest.approx(predicted(name, row), rel=1e-6)


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
