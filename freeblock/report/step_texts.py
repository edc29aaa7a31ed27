"""The steps of the JSON: each holds enough to work out its result without looking at any other step."""

from __future__ import annotations

import json
from typing import Any

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import signed_moments
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import Expression
from freeblock.formula.notations import python_name
from freeblock.formula.products import product
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.network.leaves import OPAQUE_ORDERS
from freeblock.network.nodes import Indexed, Leaf, Repeat, Scale
from freeblock.report.alike_steps import AlikeSteps, StepResults
from freeblock.report.definitions import Definitions
from freeblock.report.results import variance_of
from freeblock.report.step_orders import step_orders
from freeblock.rules.rule import Jacobian

encode = json.JSONEncoder(ensure_ascii=False).encode


class StepTexts:
    """Prints steps as JSON objects, premises first; equal shapes and rules are printed once."""

    def __init__(self, derivation: Derivation, formulas: Definitions) -> None:
        self._formulas = formulas
        self._text = formulas.short
        self._order = derivation.order
        self._orders = step_orders(derivation)
        self._hypotheses = derivation.step_hypotheses
        self._shapes: dict[tuple[Expression, Expression], str] = {}
        self._laws: dict[int, tuple[str, tuple[str, ...]]] = {}
        self._alike = AlikeSteps(formulas)
        self._stated: dict[int, str] = {}
        """By number: φ, the state and the shape, as a further step takes them."""

    def line(self, step: Step) -> str:
        """The JSON of one step."""
        order, block, law = self._orders[step.number], step.block, step.law
        shape = self._shape(law.rows, law.columns)
        known, component = None, ""
        if law.model is not None:
            if isinstance(block, Leaf) and not step.premises:
                component, used = self._component_law(block)
                known = self._alike.texts(law, law.model, block, used)
            else:
                known = self._alike.texts(law, law.model)
        given = f'{component}, "arguments": {known.arguments}' if component and known else self._given(step)
        known = known or self._results(law, order)
        phi = f'"{known.phi}"' if order else "null"
        variance = f'"{known.variance}"' if order >= 2 and known.variance else "null"
        state = ", ".join([f'"{text}"' for text in known.state[: max(order - 1, 0)]])
        latex = encode(f"{self._formulas.letters.phi} = {known.latex}") if order else "null"
        self._stated[step.number] = f'"phi": {phi}, "state": [{state}], "shape": {shape}'
        label = encode(block.label)
        blocks = ", ".join([encode(premise.block.label) for premise in step.premises]) or label
        premises = ", ".join([self._premise(step, premise) for premise in step.premises])
        hypotheses = list(self._hypotheses.get(step.number, ()))
        return (f'{{"number": {step.number}, "theorem": "{step.theorem}", "blocks": [{blocks}], "block": {label}, '
                f'"shape": {shape}{given}, "premises": [{premises}], "phi": {phi}, "variance": {variance}, '
                f'"state": [{state}], "latex": {latex}, "hypotheses": {hypotheses}}}')

    def _results(self, law: Law, order: int) -> StepResults:
        if not order:
            return StepResults("", "", "", (), "")
        phi = self._text(law.phi)
        state = [self._text(value) for value in law.state[: order - 1]]
        variance = variance_of(law, self._formulas) if order >= 2 else None
        return StepResults("", phi, "" if variance is None else self._text(variance), state,
                              self._formulas.latex(law.phi))

    def _shape(self, rows: Expression, columns: Expression) -> str:
        """The widths as formulas."""
        known = self._shapes.get((rows, columns))
        if known is None:
            known = encode({"in": self._text(columns), "out": self._text(rows)})
            self._shapes[rows, columns] = known
        return known

    def _given(self, step: Step) -> str:
        """What the theorem takes besides its premises: a component's rule, a count, a factor, bounds."""
        block = step.block
        if isinstance(block, Leaf) and not step.premises:
            return self._component(block)
        if step.theorem == "transpose":
            return ""
        if isinstance(block, Repeat):
            return f', "count": "{self._text(block.count)}"'
        if isinstance(block, Scale):
            return f', "factor": "{self._text(block.factor)}"'
        if isinstance(block, Indexed):
            bounds = f'"lower": "{self._text(block.lower)}", "upper": "{self._text(block.upper)}"'
            return f', "index": "{python_name(block.index)}", {bounds}'
        return ""

    def _premise(self, step: Step, premise: Premise) -> str:
        """φ and the state of a premise, and its weight m_L/m_i in a chain."""
        text = f'{{"step": {premise.step}, {self._stated[premise.step]}'
        if not premise.weight.is_one:
            text += f', "weight": "{self._text(premise.weight)}"'
        if step.theorem == "diagonal-sum":
            moments = signed_moments(premise.block, self._order)
            if moments is not None:
                text += f', "signed_moments": {encode([self._text(moment) for moment in moments])}'
        return f"{text}}}"

    def _component(self, leaf: Leaf) -> str:
        if leaf.jacobian.opaque:
            phi, variance = leaf.arguments["moment 1"], leaf.arguments["moment 2"]
            moments = [phi, product(((phi, 2),)) + variance,
                       *[leaf.arguments[f"moment {k}"] for k in range(3, min(self._order, OPAQUE_ORDERS) + 1)]]
            law = {"listed": [self._text(moment) for moment in moments[: self._order]]}
            return f', "rule": {encode(leaf.rule.name)}, "law": {encode(law)}, "arguments": {{}}'
        law_text, used = self._component_law(leaf)
        arguments = ", ".join([f'"{name}": "{self._text(leaf.arguments[name])}"' for name in used])
        return f'{law_text}, "arguments": {{{arguments}}}'

    def _component_law(self, leaf: Leaf) -> tuple[str, tuple[str, ...]]:
        """The rule's own formula in the names of its parameters, and the parameters it names."""
        known = self._laws.get(id(leaf.jacobian))
        if known is None:
            law, names = self._law(leaf.jacobian)
            text = f', "rule": {encode(leaf.rule.name)}, "law": {encode(law)}'
            known = self._laws[id(leaf.jacobian)] = text, tuple([name for name in names if name in leaf.arguments])
        return known

    def _law(self, jacobian: Jacobian) -> tuple[dict[str, Any], tuple[str, ...]]:
        nodes: list[Node] = []

        def formula(node: Node) -> str:
            nodes.append(node)
            return self._text(to_expression(node, {}, free=True))

        law: dict[str, Any] = {}
        if jacobian.moments is not None:
            law = {"moments": formula(jacobian.moments)}
        elif jacobian.s_transform is not None:
            law = {"s_transform": formula(jacobian.s_transform)}
        elif jacobian.measure:
            law = {"measure": [[formula(value), formula(weight)] for value, weight in jacobian.measure]}
        elif jacobian.first is not None and jacobian.second is not None:
            law = {"listed": [formula(jacobian.first), formula(jacobian.second)]}
        return law, tuple(dict.fromkeys(name.name for node in nodes for name in names_in(node)))
