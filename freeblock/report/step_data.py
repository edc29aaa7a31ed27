"""What a step of the JSON rests on: enough to work out its result without looking at any other step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import leaf_diagonal
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.network.leaves import OPAQUE_ORDERS
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale
from freeblock.rules.rule import Jacobian

Text = Callable[[Expression], str]


class StepData:
    """Prints what steps are given; equal shapes and rules are printed once."""

    def __init__(self, text: Text, order: int) -> None:
        self._text = text
        self._order = order
        self._shapes: dict[tuple[Expression, Expression], dict[str, str]] = {}
        self._laws: dict[int, tuple[Any, tuple[str, ...]]] = {}

    def shape(self, rows: Expression, columns: Expression) -> dict[str, str]:
        """The widths as formulas."""
        known = self._shapes.get((rows, columns))
        if known is None:
            known = self._shapes[rows, columns] = {"in": self._text(columns), "out": self._text(rows)}
        return known

    def given(self, step: Step) -> dict[str, Any]:
        """What the theorem takes besides its premises: a component's rule, a count, a factor, bounds."""
        block = step.block
        if isinstance(block, Leaf) and not step.premises:
            return self._component(block)
        if step.theorem == "transpose":
            return {}
        if isinstance(block, Repeat):
            return {"count": self._text(block.count)}
        if isinstance(block, Scale):
            return {"factor": self._text(block.factor)}
        if isinstance(block, Indexed):
            return {"index": block.index, "lower": self._text(block.lower), "upper": self._text(block.upper)}
        return {}

    def premise(self, step: Step, premise: Premise, results: tuple[str | None, Sequence[str]]) -> dict[str, Any]:
        """φ and the state of a premise, and its weight m_L/m_i in a chain; `results` are its φ and state."""
        phi, state = results
        data: dict[str, Any] = {"step": premise.step, "phi": phi, "state": state,
                                "shape": self.shape(premise.law.rows, premise.law.columns)}
        if not premise.weight.is_one:
            data["weight"] = self._text(premise.weight)
        if step.theorem == "diagonal-sum":
            moments = _signed_moments(premise.block, self._order)
            if moments is not None:
                data["signed_moments"] = [self._text(moment) for moment in moments]
        return data

    def results(self, law: Law, order: int) -> tuple[str | None, list[str]]:
        """φ and λ_1 … λ_{order−1}; None and fewer where they are refused."""
        return self._text(law.phi) if order else None, [self._text(value) for value in law.state[: max(order - 1, 0)]]

    def _component(self, leaf: Leaf) -> dict[str, Any]:
        known = self._laws.get(id(leaf.jacobian))
        if known is None:
            known = self._laws[id(leaf.jacobian)] = self._law(leaf.jacobian)
        law, names = known
        if leaf.jacobian.opaque:
            phi, variance = leaf.arguments["moment 1"], leaf.arguments["moment 2"]
            moments = [phi, product(((phi, 2),)) + variance,
                       *[leaf.arguments[f"moment {k}"] for k in range(3, min(self._order, OPAQUE_ORDERS) + 1)]]
            law = {"listed": [self._text(moment) for moment in moments[: self._order]]}
        arguments = leaf.arguments
        return {"rule": leaf.rule.name, "law": law,
                "arguments": {name: self._text(arguments[name]) for name in names if name in arguments}}

    def _law(self, jacobian: Jacobian) -> tuple[Any, tuple[str, ...]]:
        """The rule's own formula in the names of its parameters, and these names."""
        nodes: list[Node] = []

        def formula(node: Node) -> str:
            nodes.append(node)
            return self._text(to_expression(node, {}, free=True))

        law: Any = {}
        if jacobian.moments is not None:
            law = {"moments": formula(jacobian.moments)}
        elif jacobian.s_transform is not None:
            law = {"s_transform": formula(jacobian.s_transform)}
        elif jacobian.measure:
            law = {"measure": [[formula(value), formula(weight)] for value, weight in jacobian.measure]}
        elif jacobian.first is not None and jacobian.second is not None:
            law = {"listed": [formula(jacobian.first), formula(jacobian.second)]}
        return law, tuple(dict.fromkeys(name.name for node in nodes for name in names_in(node)))


def _signed_moments(block: Block, order: int) -> list[Expression] | None:
    """E d^j, j = 1 … 2·order, of a diagonal component or a multiple of one."""
    if isinstance(block, Leaf):
        return list(leaf_diagonal(block, order).moments)
    if isinstance(block, Scale):
        inner = _signed_moments(block.block, order)
        return inner and [product(((moment, 1), (block.factor, place))) for place, moment in enumerate(inner, 1)]
    return None
