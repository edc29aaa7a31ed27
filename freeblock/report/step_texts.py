"""The steps of the JSON: each holds enough to work out its result without looking at any other step."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as encode_text
from math import gcd
from typing import Any

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import signed_moments
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.notations import python_name
from freeblock.formula.products import product
from freeblock.formula.rational import POWER_BITS
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.network.leaves import OPAQUE_ORDERS
from freeblock.network.nodes import Indexed, Leaf, Repeat, Scale
from freeblock.report.alike_steps import AlikeSteps, StepResults
from freeblock.report.definitions import Definitions
from freeblock.report.results import variance_of
from freeblock.report.step_orders import step_orders
from freeblock.report.unit_functions import python_function
from freeblock.rules.rule import Jacobian, Means

encode = json.JSONEncoder(ensure_ascii=False).encode


class StepTexts:
    """Prints steps as JSON objects, premises first; equal shapes and rules are printed once."""

    def __init__(self, derivation: Derivation, formulas: Definitions) -> None:
        self._formulas = formulas
        self._text = formulas.short
        self._order = derivation.order
        self._overlap = None if derivation.proof is None else derivation.proof.overlap
        self._orders = step_orders(derivation)
        self._hypotheses = derivation.step_hypotheses
        self._shapes: dict[tuple[int, int], str] = {}
        """By the identity of the widths, as the rules are: leaves that were made alike hold the same objects."""
        self._laws: dict[int, tuple[str, tuple[str, ...]]] = {}
        self._arguments: dict[int, str] = {}
        self._alike = AlikeSteps(formulas)
        self._stated: dict[int, str] = {}
        """By number: φ, the state and the shape, as a further step takes them."""

    def line(self, step: Step) -> str:
        """The JSON of one step."""
        number, theorem, block, used, law = step
        order = self._orders[number]
        shape = self._shapes.get((id(law.rows), id(law.columns))) or self._shape(law.rows, law.columns)
        known, component = None, ""
        if law.model is not None:
            if isinstance(block, Leaf) and not used and block.jacobian.means is None:
                component, parameters = self._component_law(block)
                known = self._alike.texts(law, law.model, block, parameters)
            else:
                known = self._alike.texts(law, law.model)
        given = f'{component}, "arguments": {known.arguments}' if component and known else self._given(step)
        known = known or self._numbers(law, order) or self._results(law, order)
        phi = f'"{known.phi}"' if order else "null"
        variance = f'"{known.variance}"' if order >= 2 and known.variance else "null"
        state = '", "'.join(known.state[: order - 1]) if order else ""
        state = f'["{state}"]' if state else "[]"
        latex = encode_text(f"{self._formulas.letters.phi} = {known.latex}") if order else "null"
        self._stated[number] = f'"phi": {phi}, "state": {state}, "shape": {shape}'
        blocks = label = encode_text(block.label)
        premises = ""
        if used:
            blocks = ", ".join([encode_text(premise.block.label) for premise in used])
            premises = ", ".join([self._premise(step, premise) for premise in used])
        hypotheses = list(self._hypotheses.get(number, ()))
        return (f'{{"number": {number}, "theorem": "{theorem}", "blocks": [{blocks}], "block": {label}, '
                f'"shape": {shape}{given}, "premises": [{premises}], "phi": {phi}, "variance": {variance}, '
                f'"state": {state}, "latex": {latex}, "hypotheses": {hypotheses}}}')

    def _numbers(self, law: Law, order: int) -> StepResults | None:
        """The texts of a law whose φ and κ are numbers of moderate size, from the numbers themselves."""
        phi, kappa = law.phi.number(), law.state[0].number() if order >= 2 and law.state else None
        if phi is None or kappa is None:
            return None
        top, bottom = phi.as_integer_ratio()
        above, below = kappa.as_integer_ratio()
        if max(2 * top.bit_length(), 2 * bottom.bit_length(), above.bit_length(), below.bit_length()) > POWER_BITS:
            return None
        over, under = top * top * above, bottom * bottom * below
        common = gcd(over, under)
        text = self._formulas.main.fraction
        return StepResults("", text(top, bottom)[0], text(over // common, under // common)[0],
                           [text(above, below)[0], *[self._text(value) for value in law.state[1 : order - 1]]],
                           self._formulas.typeset.fraction(top, bottom)[0])

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
        text = encode({"in": self._text(columns), "out": self._text(rows)})
        self._shapes[id(rows), id(columns)] = text
        return text

    def _given(self, step: Step) -> str:
        """What the theorem takes besides its premises: a component's rule, a count, a factor, bounds."""
        block = step.block
        if isinstance(block, Leaf) and not step.premises:
            return self._component(block)
        if step.theorem == "transpose":
            return ""
        if step.theorem == "overlap" and self._overlap is not None:
            return f', "independent_kappa": "{self._text(self._overlap.plain.state[0])}", ' \
                   f'"pairs_kappa": "{self._text(self._overlap.added)}"'
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
        if premise.weight is not ONE and not premise.weight.is_one:
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
        if leaf.jacobian.means is not None:
            return self._function(leaf, leaf.jacobian.means)
        law_text, used = self._component_law(leaf)
        arguments = ", ".join([f'"{name}": "{self._argument(leaf.arguments[name])}"' for name in used])
        return f'{law_text}, "arguments": {{{arguments}}}'

    def _function(self, leaf: Leaf, means: Means) -> str:
        """f(x), or f'(x) where only that is stated, and what its names stand for; x ~ N(0, q)."""
        stated = "derivative" if means.function is None else "function"
        law = {stated: python_function(means.node, python_name)}
        arguments = {python_name(name): self._text(value) for name, value in means.names(leaf.arguments).items()}
        return f', "rule": {encode(leaf.rule.name)}, "law": {encode(law)}, "arguments": {encode(arguments)}'

    def _argument(self, value: Expression) -> str:
        known = self._arguments.get(id(value))
        if known is None:
            known = self._arguments[id(value)] = self._text(value)
        return known

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
