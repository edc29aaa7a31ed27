"""A derivation as JSON data: the contract of docs/json.md. Formulas are Python expressions over `symbols`."""

from __future__ import annotations

from typing import Any

from freeblock.calculus.derivation import Derivation, Hypothesis
from freeblock.calculus.law import Law, Model
from freeblock.calculus.series import universal_moment
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, PYTHON, latex_name, python_name
from freeblock.formula.printing import Printer, print_blank
from freeblock.formula.renaming import all_symbols
from freeblock.formula.traversal import symbols
from freeblock.report.values import constant, constant_values

SHORT = 2000
"""A longer formula is listed once under `definitions` and referred to by name."""


def derivation_data(derivation: Derivation, expression: str) -> dict[str, Any]:
    """The JSON object of one derivation."""
    return _Data(derivation).build(expression)


class _Data:
    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._python, self._typeset = Printer(PYTHON), Printer(LATEX)
        self._definitions: dict[str, str] = {}
        self._names: dict[Expression, str] = {}
        self._blanks: dict[int, _Blanks] = {}
        self._symbols = _symbols_of(derivation)

    def build(self, expression: str) -> dict[str, Any]:
        derivation = self._derivation
        law = derivation.law
        # The long formulas of the whole are put together from the texts of the steps.
        steps = [self._step(step) for step in derivation.steps]
        results = self._results(law, derivation.given)
        moments = [self._moment(law, order) if order <= derivation.given else None
                   for order in range(1, derivation.order + 1)]
        phi = None if derivation.phi is None else constant(derivation.phi, constant_values(derivation))
        for name, value in constant_values(derivation).items():
            if name in self._symbols:
                self._definitions[python_name(name)] = str(value)
        self._symbols = self._symbols - derivation.network.constants.keys()
        limits = derivation.limits()
        data: dict[str, Any] = {
            "expression": expression,
            "shape": {"in": self._text(derivation.network.block.columns), "out": self._text(derivation.network.block.rows)},
            "side": derivation.side,
            "order": derivation.order,
            **results,
            "moments": moments,
            "log10_phi": None if phi is None else phi.log10(),
            "definitions": self._definitions,
            "symbols": {python_name(name): self._symbol(name) for name in sorted(self._symbols)},
            "contributions": [
                {"block": share.block, "count": self._text(share.count), "kappa": self._text(share.kappa)}
                for share in derivation.shares if derivation.given >= 2],
            "hypotheses": [_hypothesis(item) for item in derivation.hypotheses],
            "steps": steps,
            "latex": {"phi": self._latex(derivation.phi), "variance": self._latex(derivation.variance)},
        }
        if limits is not None:
            data["limits"] = {limits.depth: {name: None if value is None else self._text(value) for name, value in (
                ("phi", limits.phi), ("variance", limits.variance), ("kappa", limits.kappa))}}
        notes = [str(item.statement) for item in derivation.network.assumptions if item.name == "note"]
        if notes:
            data["notes"] = notes
        return data

    def _results(self, law: Law, given: int) -> dict[str, Any]:
        """φ, ϕ and κ; long ones by name, so that each long formula is printed once."""
        phi = self._named(law.phi, "phi_1") if given >= 1 else None
        kappa = self._named(law.kappa, "lambda_1") if given >= 2 and law.kappa is not None else None
        variance = None
        exact = law.variance if given >= 2 else None
        if exact is not None:
            if phi == self._names.get(law.phi) or (kappa is not None and kappa == self._names.get(law.state[0])):
                variance = f"({kappa})*({phi})**2"
            else:
                variance = self._text(exact)
        return {"phi": phi, "variance": variance, "kappa": kappa}

    def _named(self, expression: Expression, stem: str) -> str:
        text = self._text(expression)
        if len(text) <= SHORT:
            return text
        known = self._names.get(expression)
        if known is None:
            known = stem
            while known in self._symbols or known in self._definitions:
                known += "_"
            self._names[expression] = known
            self._definitions[known] = text
        return known

    def _moment(self, law: Law, order: int) -> str:
        """φ_k; where φ or a λ is long, in the names of these (φ_k = φ^k·U_k(λ))."""
        phi = self._named(law.phi, "phi_1")
        states = [self._named(value, f"lambda_{place}") for place, value in enumerate(law.state[: order - 1], 1)]
        if not self._names:
            return self._text(law.moment(order))
        terms = []
        for exponents, coefficient in universal_moment(order):
            powers = [f"({states[place]})**{count}" for place, count in enumerate(exponents) if count]
            terms.append("*".join([f"({coefficient})", *powers]))
        return phi if order == 1 else f"({phi})**{order}*({' + '.join(terms)})"

    def _text(self, expression: Expression) -> str:
        return self._python.piece(expression)[0]

    def _latex(self, expression: Expression | None) -> str | None:
        return None if expression is None else self._typeset.piece(expression)[0]

    def _symbol(self, name: str) -> dict[str, Any]:
        whole = name in self._derivation.network.whole
        data: dict[str, Any] = {"latex": latex_name(name), "assumptions": ["integer", "positive"] if whole else ["positive"]}
        meaning = self._derivation.network.meanings.get(name)
        if meaning is not None:
            data["meaning"] = meaning
        return data

    def _step(self, step: Step) -> dict[str, Any]:
        model = step.law.model
        results = None if model is None else self._alike(step.law, model)
        if results is None:
            results = {**self._results(step.law, self._derivation.order), "latex": rf"\phi = {self._latex(step.law.phi)}"}
        return {
            "number": step.number,
            "theorem": step.theorem,
            "blocks": [premise.block.label for premise in step.premises] or [step.block.label],
            "block": step.block.label,
            "premises": [self._premise(premise) for premise in step.premises],
            "phi": results["phi"],
            "variance": results["variance"],
            "latex": results["latex"],
            "hypotheses": list(self._derivation.step_hypotheses.get(step.number, ())),
        }

    def _alike(self, law: Law, model: Model) -> dict[str, Any] | None:
        """The results of a law that differs in names from one that was printed; None where they are long."""
        blanks = self._blanks.get(id(model.law))
        if blanks is None:
            blanks = self._blanks[id(model.law)] = _Blanks(model.law)
        names = {old: model.names.get(old, old) for old in blanks.names}
        shown = {old: python_name(new) for old, new in names.items()}
        phi, kappa, variance = [None if blank is None else blank[0] % shown for blank in blanks.python]
        if max(len(text or "") for text in (phi, kappa, variance)) > SHORT:
            return None
        typeset = {old: latex_name(new) for old, new in names.items()}
        if kappa is not None and blanks.python[1] is not None and blanks.kappa is not None:
            self._python.remember(law.state[0], (kappa, blanks.python[1][1]))
            self._typeset.remember(law.state[0], (blanks.kappa[0] % typeset, blanks.kappa[1]))
        return {"phi": phi, "variance": variance, "latex": blanks.phi % typeset}

    def _premise(self, premise: Premise) -> dict[str, Any]:
        if premise.weight.is_one:
            return {"step": premise.step}
        return {"step": premise.step, "weight": self._text(premise.weight)}


class _Blanks:
    """The texts of a law with blanks for its symbols: in Python φ, κ and ϕ, in LaTeX φ and κ."""

    def __init__(self, law: Law) -> None:
        self.names = all_symbols((law.phi, *law.state))
        self.python = [None if value is None else print_blank(value, PYTHON, self.names)
                       for value in (law.phi, law.kappa, law.variance)]
        self.phi = rf"\phi = {print_blank(law.phi, LATEX, self.names)[0]}"
        self.kappa = None if law.kappa is None else print_blank(law.kappa, LATEX, self.names)


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
