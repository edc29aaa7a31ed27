"""The identity block as a leaf: what an empty chain is, and what is left of a factored prefix."""

from __future__ import annotations

from functools import cache

from freeblock.formula.expression import Expression
from freeblock.language.nodes import Name, Number
from freeblock.network.nodes import Leaf
from freeblock.rules.rule import Forward, Jacobian, Rule, Sampler
from freeblock.source import Source, Span


@cache
def _rule() -> Rule:
    source = Source("identity", "id")
    span = Span(source, 0, 2)
    return Rule(
        name="id", title="Identity", kind="structure", parameters={},
        jacobian=Jacobian(moments=Number(1, span), traits={"scalar": None}), depends_on="nothing",
        width=Name("fan_in", span), source="by definition", span=span,
        forward=Forward(mean_square=Name("q", span), mean=Name("mean", span)), sample=Sampler("identity", {}),
    )


def identity(width: Expression, span: Span) -> Leaf:
    """The identity on vectors of the given width."""
    rule = _rule()
    return Leaf(rule=rule, arguments={"fan_in": width, "fan_out": width}, given=frozenset(), jacobian=rule.jacobian,
                traits=frozenset({"scalar"}), rows=width, columns=width, identity=0, shared=False, label="id",
                span=span)
