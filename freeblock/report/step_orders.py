"""Up to which order what a step states is proved or assumed."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.traits import INFINITE


def step_orders(derivation: Derivation) -> dict[int, int]:
    """Step number → the highest order its own hypotheses and those of its premises leave standing."""
    reach = [_reach(hypothesis) for hypothesis in derivation.hypotheses]
    orders: dict[int, int] = {}
    for step in derivation.steps:
        order = derivation.order
        for place in derivation.step_hypotheses.get(step.number, ()):
            order = min(order, reach[place])
        if step.premises:
            order = min(order, *[orders[premise.step] for premise in step.premises])
            if step.block is derivation.root:
                order = min(order, derivation.given)
        orders[step.number] = order
    return orders


def _reach(hypothesis: Hypothesis) -> int:
    if hypothesis.status != "refused":
        return INFINITE
    if hypothesis.theorem == "component":
        return 1 if hypothesis.name == "normalised-once" else 0
    return hypothesis.order - 1
