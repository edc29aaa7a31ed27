"""A derivation as JSON data: the contract of docs/json.md. Formulas are Python expressions over `symbols`."""

from __future__ import annotations

import json
from typing import Any

from freeblock.calculus.derivation import Derivation, Hypothesis
from freeblock.calculus.law import Law
from freeblock.calculus.series import universal_moment
from freeblock.calculus.steps import Step
from freeblock.formula.expression import Expression
from freeblock.formula.notations import latex_name, python_name
from freeblock.formula.traversal import symbols
from freeblock.report.definitions import Definitions
from freeblock.report.law_texts import LawTexts
from freeblock.report.step_data import StepData
from freeblock.report.step_orders import step_orders
from freeblock.report.values import constant, constant_values


def derivation_data(derivation: Derivation, expression: str) -> dict[str, Any]:
    """The JSON object of one derivation."""
    return _Data(derivation).build(expression)


def json_text(data: dict[str, Any]) -> str:
    """The JSON text, one line per key and per step, hypothesis and contribution.

    Laid out here because the encoder of the standard library is slow where it lays out by itself.
    """
    encode = json.JSONEncoder(ensure_ascii=False).encode
    lines = []
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n  ".join(map(encode, value))
            lines.append(f" {encode(key)}: [\n  {inner}\n ]")
        else:
            lines.append(f" {encode(key)}: {encode(value)}")
    return "{\n" + ",\n".join(lines) + "\n}"


class _Data:
    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._symbols = _symbols_of(derivation)
        self._formulas = Definitions(frozenset(map(python_name, self._symbols)))
        self._texts = LawTexts(self._formulas)
        self._given = StepData(self._formulas.short, derivation.order)
        self._orders = step_orders(derivation)
        self._stated: dict[int, tuple[str | None, list[str]]] = {}

    def build(self, expression: str) -> dict[str, Any]:
        derivation = self._derivation
        law = derivation.law
        # The long formulas of the whole are put together from the texts of the steps.
        steps = [self._step(step) for step in derivation.steps]
        results = self._results(law, derivation.given)
        moments = [self._moment(law, order) if order <= derivation.given else None
                   for order in range(1, derivation.order + 1)]
        phi = None if derivation.phi is None else constant(derivation.phi, constant_values(derivation))
        constants = {python_name(name): str(value) for name, value in constant_values(derivation).items()
                     if name in self._symbols}
        self._symbols = self._symbols - derivation.network.constants.keys()
        limits = derivation.limits()
        block = derivation.network.block
        data: dict[str, Any] = {
            "expression": expression,
            "shape": {"in": self._text(block.columns), "out": self._text(block.rows)},
            "side": derivation.side,
            "order": derivation.order,
            **results,
            "moments": moments,
            "log10_phi": None if phi is None else phi.log10(),
            "definitions": {**constants, **self._formulas.listed},
            "symbols": {python_name(name): self._symbol(name) for name in sorted(self._symbols)},
            "contributions": [
                {"block": share.block, "count": self._text(share.count), "kappa": self._text(share.kappa)}
                for share in derivation.shares if derivation.given >= 2],
            "hypotheses": [_hypothesis(item) for item in derivation.hypotheses],
            "steps": steps,
            "latex": {"phi": self._latex(derivation.phi), "variance": self._latex(derivation.variance)},
        }
        if self._formulas.listed_latex:
            data["latex"]["definitions"] = self._formulas.listed_latex
        if limits is not None:
            data["limits"] = {limits.depth: {name: None if value is None else self._text(value) for name, value in (
                ("phi", limits.phi), ("variance", limits.variance), ("kappa", limits.kappa))}}
        notes = [str(item.statement) for item in derivation.network.assumptions if item.name == "note"]
        if notes:
            data["notes"] = notes
        return data

    def _results(self, law: Law, given: int) -> dict[str, Any]:
        """φ, ϕ and κ."""
        phi = self._text(law.phi) if given >= 1 else None
        kappa = self._text(law.kappa) if given >= 2 and law.kappa is not None else None
        variance = None
        exact = law.variance if given >= 2 else None
        if exact is not None:
            named = phi in self._formulas.listed or kappa in self._formulas.listed
            variance = f"({kappa})*({phi})**2" if named else self._text(exact)
        return {"phi": phi, "variance": variance, "kappa": kappa}

    def _moment(self, law: Law, order: int) -> str:
        """φ_k; where φ or a λ is long, in the names of these (φ_k = φ^k·U_k(λ))."""
        phi = self._text(law.phi)
        states = [self._text(value) for value in law.state[: order - 1]]
        if self._formulas.listed.keys().isdisjoint((phi, *states)):
            return self._text(law.moment(order))
        terms = []
        for exponents, coefficient in universal_moment(order):
            powers = [f"({states[place]})**{count}" for place, count in enumerate(exponents) if count]
            terms.append("*".join([f"({coefficient})", *powers]))
        return phi if order == 1 else f"({phi})**{order}*({' + '.join(terms)})"

    def _text(self, expression: Expression) -> str:
        return self._formulas.short(expression)

    def _latex(self, expression: Expression | None) -> str | None:
        return None if expression is None else self._formulas.latex(expression)

    def _symbol(self, name: str) -> dict[str, Any]:
        whole = name in self._derivation.network.whole
        assumptions = ["integer", "positive"] if whole else ["positive"]
        data: dict[str, Any] = {"latex": latex_name(name), "assumptions": assumptions}
        meaning = self._derivation.network.meanings.get(name)
        if meaning is not None:
            data["meaning"] = meaning
        return data

    def _step(self, step: Step) -> dict[str, Any]:
        model, order = step.law.model, self._orders[step.number]
        known = None if model is None else self._texts.of(step.law, model)
        latex = self._latex(step.law.phi) if known is None else known.latex
        variance = None
        if order >= 2:
            variance = self._results(step.law, order)["variance"] if known is None else known.variance
        phi, state = self._stated[step.number] = self._given.results(step.law, order)
        return {
            "number": step.number,
            "theorem": step.theorem,
            "blocks": [premise.block.label for premise in step.premises] or [step.block.label],
            "block": step.block.label,
            "shape": self._given.shape(step.law.rows, step.law.columns),
            **self._given.given(step),
            "premises": [self._given.premise(step, premise, self._stated[premise.step]) for premise in step.premises],
            "phi": phi,
            "variance": variance,
            "state": state,
            "latex": rf"\phi = {latex}" if order >= 1 else None,
            "hypotheses": list(self._derivation.step_hypotheses.get(step.number, ())),
        }


def _symbols_of(derivation: Derivation) -> frozenset[str]:
    """Every symbol of the results, the steps and the shape."""
    found: set[str] = set()
    block = derivation.network.block
    waiting = [block.rows, block.columns]
    for step in derivation.steps:
        waiting += [step.law.phi, *step.law.state, *(premise.weight for premise in step.premises)]
    waiting += [part for share in derivation.shares for part in (share.count, share.kappa)]
    for expression in waiting:
        found |= symbols(expression)
    return frozenset(found)


def _hypothesis(item: Hypothesis) -> dict[str, Any]:
    return {"theorem": item.theorem, "order": item.order, "status": item.status, "name": item.name,
            "blocks": list(item.blocks), "because": item.because, "count": item.count}
