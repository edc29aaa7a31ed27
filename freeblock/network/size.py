"""How many components a program writes out, counted before any of them is bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from freeblock.errors import LimitError
from freeblock.language import nodes as syntax
from freeblock.language.records import record
from freeblock.language.walk import Pass, run
from freeblock.network.program import Definitions
from freeblock.source import Span

MAX_LEAVES = 20_000
"""Components after definitions are expanded; a repeat ^L counts once."""
MAX_UNROLLED = 1_000
"""Indexed forms with numeric bounds are written out up to this length."""

_OWN = ""
Counts = dict[str, int]
"""How often a block writes out each of its parameters, and (under "") a component of its own."""


def too_many(span: Span) -> LimitError:
    """The error for an expression that expands too far."""
    return LimitError(f"the expression expands to more than {MAX_LEAVES} components", span,
                      "write equal blocks as a repeat: block^L")


def check_size(definitions: Definitions) -> None:
    """Refuse definitions of definitions that write out more than anyone would wait for. Raises LimitError.

    What only evaluation tells (a bound that is a name, a stack that grows under ^) is counted once here.
    """
    known: dict[str, _Recipe] = {}
    for statement in definitions.statements:
        if isinstance(statement, (syntax.Definition, syntax.Let)):
            parameters = statement.parameters if isinstance(statement, syntax.Definition) else ()
            counter = _Counter(known, frozenset(parameters))
            known[statement.name] = _Recipe(parameters, run(counter.count(statement.body)))
    if run(_Counter(known, frozenset()).count(definitions.target)).get(_OWN, 0) > MAX_LEAVES:
        raise too_many(definitions.target.span)


@record
class _Recipe:
    parameters: tuple[str, ...]
    counts: Counts


class _Counter:
    def __init__(self, known: Mapping[str, _Recipe], parameters: frozenset[str]) -> None:
        self._known = known
        self._parameters = parameters

    def count(self, node: syntax.Node) -> Pass[Counts]:
        """The counts of a block; a number, which is no block, counts as one."""
        if isinstance(node, syntax.Chain):
            parts = []
            for part in node.parts:
                parts.append(self._leaf(part) or (yield self.count(part)))
            return _sum(parts)
        if isinstance(node, syntax.Product):
            return (yield self.count(node.parts[-1]))
        if isinstance(node, syntax.Power):
            absent = isinstance(node.exponent, syntax.Number) and not node.exponent.value
            return {} if absent else (yield self.count(node.base))
        if isinstance(node, syntax.Indexed):
            return _times((yield self.count(node.body)), _length(node))
        known = self._leaf(node)
        return (yield self._call(node)) if known is None else known

    def _leaf(self, node: syntax.Node) -> Counts | None:
        """The counts of what has no blocks inside, None for the rest."""
        if isinstance(node, syntax.Name):
            if node.name in self._parameters:
                return {node.name: 1}
            return self._known[node.name].counts if node.name in self._known else {_OWN: 1}
        if isinstance(node, syntax.Call):
            return None if node.name in self._known else {_OWN: 1}
        return {_OWN: 1} if isinstance(node, (syntax.Number, syntax.Negate, syntax.Reciprocal)) else None

    def _call(self, node: syntax.Node) -> Pass[Counts]:
        """A recipe writes out its arguments where it uses them as blocks."""
        assert isinstance(node, syntax.Call)
        recipe = self._known[node.name]
        parts = [{_OWN: recipe.counts.get(_OWN, 0)}]
        for parameter, argument in zip(recipe.parameters, node.arguments, strict=False):
            uses = recipe.counts.get(argument.keyword or parameter, 0)
            if uses:
                parts.append(_times((yield self.count(argument.value)), uses))
        return _sum(parts)


def _length(node: syntax.Indexed) -> int:
    if not isinstance(node.lower, syntax.Number) or not isinstance(node.upper, syntax.Number):
        return 1
    length = int(node.upper.value - node.lower.value) + 1
    return max(length, 0) if length <= MAX_UNROLLED else 1


def _sum(parts: Iterable[Counts]) -> Counts:
    found: Counts = {}
    for part in parts:
        for name, count in part.items():
            found[name] = min(found.get(name, 0) + count, MAX_LEAVES + 1)
    return found


def _times(counts: Counts, factor: int) -> Counts:
    return {name: min(value * factor, MAX_LEAVES + 1) for name, value in counts.items()}
