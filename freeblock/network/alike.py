"""Components that differ in the values of their arguments only: what the first decided holds for the others."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from freeblock.formula.expression import Expression
from freeblock.language.formulas import names_in
from freeblock.language.nodes import Node, Relation
from freeblock.network.facts import Facts
from freeblock.network.nodes import Leaf
from freeblock.rules.rule import Rule

Key = tuple[object, ...]


class AlikeLeaves:
    """The first leaf of each kind: one rule, one input width, the same parameters written."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._first: dict[Key, Leaf] = {}
        self._independent: dict[Key, bool] = {}

    def find(self, rule: Rule, written: Mapping[str, Node], width: Expression) -> Leaf | None:
        """The first leaf of the kind, if there was one."""
        return self._first.get(self._key(rule, written, width))

    def keep(self, leaf: Leaf, written: Mapping[str, Node]) -> None:
        """Take a leaf as the first of its kind, unless what it decided rests on its arguments or its place."""
        kind = (id(leaf.rule), *written)
        independent = self._independent.get(kind)
        if independent is None:
            independent = self._independent[kind] = _is_independent(leaf.rule, written)
        if independent and (leaf.jacobian.means is None or leaf.jacobian.means.shared):
            self._first[self._key(leaf.rule, written, leaf.columns)] = leaf

    def _key(self, rule: Rule, written: Iterable[str], width: Expression) -> Key:
        # Whatever more is stated or found to be whole may decide what was open.
        return (id(rule), width, len(self._facts.stated), len(self._facts.whole), *written)


def _is_independent(rule: Rule, written: Container[str]) -> bool:
    """Whether everything but the written parameters and their own domains is the same at any values of these."""
    if rule.accepts_traits or rule.jacobian.opaque:
        return False
    formulas: list[Node | Relation | None] = [rule.width, *rule.jacobian.traits.values()]
    formulas += [condition for jacobian in rule.given.values() for condition in jacobian.traits.values()]
    for name, parameter in rule.parameters.items():
        if name in written:
            if parameter.ignored or parameter.label:
                return False
            continue
        if parameter.fresh is not None:
            return False
        formulas += [parameter.default, parameter.domain]
    return not any(name.name in written for formula in formulas if formula is not None for name in names_in(formula))
