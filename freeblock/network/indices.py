"""Which symbol an index is: its own name, or another one where the text uses the name for something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from freeblock.formula.expression import Expression
from freeblock.language import nodes as syntax


def free_names(statements: Sequence[syntax.Statement]) -> frozenset[str]:
    """Every name that some formula uses where it is no index."""
    found: set[str] = set()
    waiting: list[tuple[Any, frozenset[str]]] = [
        (part, frozenset()) for statement in statements for part in _parts_of_statement(statement)]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, syntax.Name):
            if node.name not in bound:
                found.add(node.name)
        elif isinstance(node, syntax.Call):
            waiting.extend((argument.value, bound) for argument in node.arguments)
        elif isinstance(node, (syntax.Chain, syntax.Product)):
            waiting.extend((part, bound) for part in node.parts)
        elif isinstance(node, (syntax.Negate, syntax.Reciprocal)):
            waiting.append((node.operand, bound))
        elif isinstance(node, syntax.Power):
            waiting += [(node.base, bound), (node.exponent, bound)]
        elif isinstance(node, syntax.Indexed):
            waiting += [(node.lower, bound), (node.upper, bound), (node.body, bound | {node.index})]
    return frozenset(found)


def _parts_of_statement(statement: syntax.Statement) -> Sequence[Any]:
    if isinstance(statement, syntax.Input):
        return statement.shape
    if isinstance(statement, syntax.Assume):
        return statement.relation.parts
    return (statement.body,)


class Indices:
    """Names the symbols that indices with symbolic bounds stand for; what is known of one holds for no other."""

    def __init__(self, statements: Sequence[syntax.Statement], taken: frozenset[str]) -> None:
        self._statements = statements
        self._taken = taken
        self._free: frozenset[str] | None = None
        self._lowers: dict[str, Expression] = {}

    def name(self, index: str, lower: Expression) -> str:
        """The index itself, or a name of its own where the text also means something else by it."""
        if self._free is None:
            self._free = free_names(self._statements)
        name = index
        while name in self._free or (name != index and name in self._taken) \
                or self._lowers.setdefault(name, lower) != lower:
            name += "_"
        return name
