"""What a name means where it stands: parameters of definitions, indices, and free symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from freeblock.errors import ArgumentError, FreeblockError, LimitError
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.source import Span

ARGUMENT_DEPTH = 150
"""Definitions may hand a formula on to one another this often."""


NO_BLOCK = "write a number, or a symbol that no block is called"


@dataclass(slots=True)
class Binding:
    """An argument of a definition: its text, the scope it was written in, and what it turned out to be."""

    node: Node
    scope: Scope
    depth: int
    used_as: str | None = None
    value: Expression | None = None
    """As a formula, once it has been asked for."""

    def claim(self, use: str, name: str) -> None:
        """Note that the argument is used as a number or as a block. Raises ArgumentError for both."""
        if self.used_as not in (None, use):
            raise ArgumentError(
                f"`{name}` is used as a block and as a number", self.node.span,
                "give the definition two parameters, one for the block and one for the number")
        self.used_as = use


Guard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scope(Mapping[str, Expression]):
    """The names of one place. As a mapping it gives the formulas; `bindings` also holds block arguments."""

    numbers: Mapping[str, Expression]
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    indices: frozenset[str] = frozenset()
    """Indices of the indexed forms around this place; they are symbols here and nowhere else."""
    guard: Guard | None = None
    """Called with a name that is no number here; raises where the name is a block."""

    def __getitem__(self, name: str) -> Expression:
        value: Expression | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """What the name stands for; the default for one that is free here. Not by way of an error: most are free."""
        binding = self.bindings.get(name)
        if binding is None:
            known = self.numbers.get(name)
            if known is None and self.guard is not None:
                self.guard(name)
            return default if known is None else known
        value = _argument(binding, name)
        captured = symbols(value) & (self.indices - binding.scope.indices)
        if captured:
            index = min(captured)
            raise ArgumentError(
                f"`{index}` here would be taken for the index `{index}` of an indexed block", binding.node.span,
                "rename the index or the symbol")
        return value

    def __iter__(self) -> Iterator[str]:
        yield from self.numbers
        yield from self.bindings

    def __len__(self) -> int:
        return len(self.numbers) + len(self.bindings)

    def with_numbers(self, numbers: Mapping[str, Expression]) -> Scope:
        """This scope with more numbers in it."""
        return Scope({**self.numbers, **numbers}, self.bindings, self.indices, self.guard)

    def with_index(self, name: str, value: Expression | None, symbol_of_index: Expression) -> Scope:
        """This scope inside an indexed form: the index has a value, or stands for itself."""
        bindings = {key: value for key, value in self.bindings.items() if key != name}
        indices = self.indices if value is not None else self.indices | {name}
        return Scope({**self.numbers, name: symbol_of_index if value is None else value},
                     bindings, indices, self.guard)


def formula(node: Node, scope: Scope) -> Expression:
    """The value of a formula in a scope. Raises what `to_expression` does, always with a place."""
    try:
        return to_expression(node, scope, free=True)
    except FreeblockError as error:
        if error.span is None:
            error.span = _culprit(node, scope)
        raise


def _argument(binding: Binding, name: str) -> Expression:
    """The value of an argument, worked out once."""
    binding.claim("number", name)
    if binding.value is None:
        if binding.depth > ARGUMENT_DEPTH:
            raise LimitError(
                f"an argument is handed on through more than {ARGUMENT_DEPTH} definitions", binding.node.span)
        try:
            binding.value = formula(binding.node, binding.scope)
        except FreeblockError as error:
            if error.hint in (None, NO_BLOCK):
                error.hint = f"the parameter `{name}` stands for a number where it is used"
            raise
    return binding.value


def _culprit(node: Node, scope: Scope) -> Span:
    """The name in a formula that cannot stand there."""
    for name in names_in(node):
        try:
            scope.get(name.name)
        except FreeblockError:
            return name.span
    return node.span
