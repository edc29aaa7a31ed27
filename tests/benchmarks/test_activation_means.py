"""Moments of activations beside scipy's quadrature of the same integrals, one by one."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest
from measuring import report
from scipy.integrate import quad
from scipy.special import expit, ndtr

from freeblock.activation import means
from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.reading import read_function
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import number
from freeblock.language.parser import parse_formula
from freeblock.source import Source

DENSITY = 1 / np.sqrt(2 * np.pi)
SLOPES = {
    "x*Phi(x)": lambda x: ndtr(x) + x * np.exp(-x * x / 2) * DENSITY,
    "x*sigmoid(x)": lambda x: expit(x) * (1 + x * (1 - expit(x))),
    "log(1 + exp(x))": expit,
}


@pytest.mark.parametrize("text", SLOPES)
def test_moments_one_by_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first four even moments: to 30 digits here, to some 10 with scipy; then once more, from what is known."""
    monkeypatch.setattr(means, "cached", lambda _name, _key, make: make())
    monkeypatch.setattr(means, "_ANSWERS", {})
    slope = SLOPES[text]
    tree = read_function(parse_formula(Source("benchmark", text)), {}, free=True, jumps=False)

    def here() -> list[float]:
        unit = means.UnitFunction(tree, None, {})
        return [float(unit.slope_moment(2 * k, number(1)).value.number()) for k in (1, 2, 3, 4)]

    def scipy() -> list[float]:
        return [quad(lambda x, k=k: slope(x) ** (2 * k) * np.exp(-x * x / 2) * DENSITY, -12, 12, epsabs=1e-13, epsrel=1e-13,
                     limit=200)[0] for k in (1, 2, 3, 4)]

    seconds = []
    answers = []
    for method in (scipy, here, here):
        start = process_time()
        answers.append(method())
        seconds.append(process_time() - start)
    assert answers[1] == pytest.approx(answers[0], rel=1e-10) and answers[2] == answers[1]
    report(f"four moments of {text} to 30 digits / scipy.integrate.quad to 13", seconds[1] / seconds[0], 150)
    report(f"the same asked again / scipy, {text}", seconds[2] / seconds[0], 1)


@pytest.mark.parametrize("text", SLOPES)
def test_moments_of_signals_one_by_one(text: str) -> None:
    """E f′² at twenty variances, as `forward` asks for them: to 9 digits and more here, to some 10 with scipy."""
    slope, variances = SLOPES[text], np.linspace(0.1, 4, 20)
    tree = read_function(parse_formula(Source("benchmark", text)), {}, free=True, jumps=False)

    def here() -> list[float]:
        means = CorrelatedMeans(tree, lambda value: evaluate(value, {}).to_float())
        return [means.slope_moment(2, q) for q in variances]

    def scipy() -> list[float]:
        return [quad(lambda z, q=q: slope(q**0.5 * z) ** 2 * np.exp(-z * z / 2) * DENSITY, -12, 12, epsabs=1e-10, epsrel=1e-10,
                     limit=200)[0] for q in variances]

    seconds, answers = [], []
    for method in (scipy, here):
        start = process_time()
        answers.append(method())
        seconds.append(process_time() - start)
    assert answers[1] == pytest.approx(answers[0], rel=1e-9)
    report(f"twenty E f'(x)^2 of {text} as floats / scipy.integrate.quad", seconds[1] / seconds[0], 2)
