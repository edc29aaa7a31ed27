"""Works out what a step of the JSON states from what that step alone says, by the textbook formulas."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.special
from formula_strings import PYTHON, evaluate
from series import cumulants, moments_of, moments_of_cumulants, state_of

POINTS, RADIUS = 32, 0.02


class StepEvaluator:
    """One step, at given values of the symbols. `result` is φ and the state λ_1 … λ_{K−1}."""

    def __init__(self, step: Mapping[str, Any], known: Mapping[str, float], order: int) -> None:
        self._step, self._known, self._order = step, known, order

    def result(self) -> tuple[float, list[float]]:
        name = self._step["theorem"].replace("-", "_")
        phi, state = getattr(self, f"_{name}")()
        return phi, state

    def value(self, text: str, **more: float) -> float:
        return evaluate(text, {**self._known, **more})

    def _laws(self, **more: float) -> list[tuple[float, list[float], float, float, float]]:
        """φ, state, weight, rows and columns of each premise."""
        return [(self.value(premise["phi"], **more), [self.value(value, **more) for value in premise["state"]],
                 self.value(premise.get("weight", "1"), **more), self.value(premise["shape"]["out"], **more),
                 self.value(premise["shape"]["in"], **more)) for premise in self._step["premises"]]

    def _shape(self) -> tuple[float, float]:
        return self.value(self._step["shape"]["out"]), self.value(self._step["shape"]["in"])

    def _serial(self) -> tuple[float, list[float]]:
        """φ multiplies; λ_j adds with the weight m_L/m_i to the power j."""
        laws = self._laws()
        rows, _ = self._shape()
        assert all(weight == approximately(rows / m) for _, _, weight, m, _ in laws)
        state = [sum(law[1][place] * law[2] ** (place + 1) for law in laws) for place in range(self._order - 1)]
        return math.prod(law[0] for law in laws), state

    def _repeat(self) -> tuple[float, list[float]]:
        ((phi, state, _, _, _),) = self._laws()
        count = self.value(self._step["count"])
        return phi**count, [count * value for value in state]

    def _scale(self) -> tuple[float, list[float]]:
        ((phi, state, _, _, _),) = self._laws()
        return phi * self.value(self._step["factor"]) ** 2, state

    def _sum(self) -> tuple[float, list[float]]:
        """Rectangular cumulants of ratio rows/columns add."""
        rows, columns = self._shape()
        return self._added([moments_of(phi, state) for phi, state, *_ in self._laws()], rows / columns)

    def _stack(self) -> tuple[float, list[float]]:
        """Free cumulants of JᵀJ add; φ_k(JᵀJ) = rows/columns · φ_k(JJᵀ)."""
        rows, columns = self._shape()
        return self._stacked([(moments_of(phi, state), m) for phi, state, _, m, _ in self._laws()], rows, columns)

    def _added(self, branches: Sequence[Sequence[float]], ratio: float) -> tuple[float, list[float]]:
        parts = [cumulants(moments, ratio) for moments in branches]
        return _law(moments_of_cumulants([sum(values) for values in zip(*parts, strict=True)], ratio))

    def _stacked(
        self, branches: Sequence[tuple[Sequence[float], float]], rows: float, columns: float
    ) -> tuple[float, list[float]]:
        parts = [cumulants([value * m / columns for value in moments], 0.0) for moments, m in branches]
        inputs = moments_of_cumulants([sum(values) for values in zip(*parts, strict=True)], 0.0)
        return _law([value * columns / rows for value in inputs])

    def _diagonal_product(self) -> tuple[float, list[float]]:
        """Moments of independent diagonals multiply; `count` copies raise them to a power."""
        branches = [moments_of(phi, state) for phi, state, *_ in self._laws()]
        count = self.value(self._step.get("count", "1"))
        return _law([math.prod(values) ** count for values in zip(*branches, strict=True)])

    def _diagonal_sum(self) -> tuple[float, list[float]]:
        """E(Σ d_i)^{2k} by the binomial theorem."""
        total = [1.0] + [0.0] * (2 * self._order)
        for premise in self._step["premises"]:
            terms = [1.0, *(self.value(text) for text in premise["signed_moments"])]
            total = [sum(math.comb(j, i) * total[i] * terms[j - i] for i in range(j + 1)) for j in range(len(total))]
        return _law(total[2::2])

    def _transpose(self) -> tuple[float, list[float]]:
        ((phi, state, _, rows, columns),) = self._laws()
        return _law([value * rows / columns for value in moments_of(phi, state)])

    def _steps_of_index(self) -> list[tuple[float, list[float], float, float, float]]:
        first, last = self.value(self._step["lower"]), self.value(self._step["upper"])
        return [self._laws(**{self._step["index"]: place})[0] for place in range(round(first), round(last) + 1)]

    def _indexed_serial(self) -> tuple[float, list[float]]:
        laws = self._steps_of_index()
        rows, _ = self._shape()
        state = [sum(law[1][place] * (rows / law[3]) ** (place + 1) for law in laws) for place in range(self._order - 1)]
        return math.prod(law[0] for law in laws), state

    def _indexed_sum(self) -> tuple[float, list[float]]:
        rows, columns = self._shape()
        return self._added([moments_of(phi, state) for phi, state, *_ in self._steps_of_index()], rows / columns)

    def _indexed_stack(self) -> tuple[float, list[float]]:
        rows, columns = self._shape()
        branches = [(moments_of(phi, state), m) for phi, state, _, m, _ in self._steps_of_index()]
        return self._stacked(branches, rows, columns)

    def _component(self) -> tuple[float, list[float]]:
        """The rule's law, in the names of its parameters, at the arguments."""
        law = self._step["law"]
        known = {**self._known, **{name: self.value(text) for name, text in self._step["arguments"].items()}}
        if "moments" in law:
            return _law([evaluate(law["moments"], {**known, "k": k}) for k in range(1, self._order + 1)])
        if "function" in law or "derivative" in law:
            return _law(_moments_of_units(law, known, self._order))
        if "listed" in law:
            return _law([evaluate(text, known) for text in law["listed"]])
        if "measure" in law:
            atoms = [(evaluate(value, known), evaluate(weight, known)) for value, weight in law["measure"]]
            return _law([sum(weight * value**k for value, weight in atoms) for k in range(1, self._order + 1)])
        return self._of_s_transform(law["s_transform"], known)

    def _of_s_transform(self, text: str, known: Mapping[str, float]) -> tuple[float, list[float]]:
        """Taylor coefficients of −log S by Cauchy's formula on a small circle."""
        def transform(z: complex) -> complex:
            return complex(eval(text, {"__builtins__": {}}, {**PYTHON, **known, "z": z}))

        turns = [cmath.exp(2j * cmath.pi * place / POINTS) for place in range(POINTS)]
        values = [cmath.log(transform(RADIUS * turn) / transform(0)) for turn in turns]
        state = [-sum(value / turn**j for value, turn in zip(values, turns, strict=True)).real / POINTS / RADIUS**j
                 for j in range(1, self._order)]
        return (1 / transform(0)).real, state


def _moments_of_units(law: Mapping[str, str], known: Mapping[str, float], order: int) -> list[float]:
    """E f'(x)^2k for x ~ N(0, q), the slopes by differences, which are exact on pieces between grid points."""
    text = law.get("function") or law["derivative"]
    values = {"Max": lambda *parts: np.maximum.reduce(np.broadcast_arrays(*parts)), "sqrt": np.sqrt, "exp": np.exp,
              "Min": lambda *parts: np.minimum.reduce(np.broadcast_arrays(*parts)), "Abs": np.abs, "log": np.log,
              "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "sin": np.sin, "cos": np.cos, "atan": np.arctan,
              "erf": scipy.special.erf, "sign": np.sign, "pi": math.pi, "E": math.e}
    edges = np.linspace(-12, 12, 1_200_001) * math.sqrt(known["q"])
    middles = (edges[1:] + edges[:-1]) / 2
    def function(x: Any) -> Any:
        return eval(text, {"__builtins__": {}}, {**values, **known, "x": x}) + 0 * x
    slopes = np.diff(function(edges)) / np.diff(edges) if "function" in law else function(middles)
    weights = np.exp(-(middles**2) / (2 * known["q"]))
    return [float(np.average(slopes ** (2 * k), weights=weights)) for k in range(1, order + 1)]


def _law(moments: Sequence[float]) -> tuple[float, list[float]]:
    return moments[0], state_of(moments)


def approximately(value: float) -> Any:
    import pytest

    return pytest.approx(value, rel=1e-7, abs=1e-9)
