"""A copy of a program with fewer channels: for samples of networks that are too large to run."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

from freeblock.language.formulas import names_in
from freeblock.language.nodes import (
    Argument,
    Assume,
    Call,
    Chain,
    Definition,
    Indexed,
    Input,
    Let,
    Name,
    Negate,
    Node,
    Number,
    Power,
    Product,
    Program,
    Reciprocal,
)
from freeblock.language.walk import Pass, Step, run
from freeblock.rules.catalogue import Catalogue
from freeblock.rules.schema import IMAGE_NAMES, WIDTHS

OUT, GROUPS = "out", "groups"
_OWN_WIDTHS = frozenset({*IMAGE_NAMES, *WIDTHS})


def narrowed(program: Program, catalogue: Catalogue, factor: int, name: str | None = None) -> Program:
    """Every number of outputs divided by a factor and rounded up, and numbers of groups with them.

    What a component says by its own widths (`conv(channels/2)`) follows those, and the last component of the block that
    is meant (`name`, else the last) keeps its outputs where it is no convolution: they are the classes.
    """
    if factor == 1:
        return program
    narrowing = _Narrowing(catalogue, factor, _head(program, catalogue, name))
    return replace(program, statements=tuple(
        statement if isinstance(statement, (Assume, Input))
        else replace(statement, body=run(narrowing.block(statement.body))) for statement in program.statements))


def _head(program: Program, catalogue: Catalogue, name: str | None) -> Node | None:
    """The component that the block that is meant ends with, if that is for vectors."""
    bodies = {statement.name: statement.body for statement in program.statements
              if isinstance(statement, (Definition, Let))}
    last = next((statement.body for statement in reversed(program.statements)
                 if not isinstance(statement, (Assume, Input))), None)
    node = bodies.get(name) if name is not None else last
    for _ in range(len(bodies) + 1):
        if isinstance(node, Chain) and node.operator == ">>":
            node = node.parts[-1]
        if isinstance(node, Call):
            rule = catalogue.find(node.name)
            return node if rule is not None and rule.acts_on == "vector" else None
        if not isinstance(node, Name) or node.name not in bodies:
            return None
        node = bodies.pop(node.name)
    return None


class _Narrowing:
    def __init__(self, catalogue: Catalogue, factor: int, kept: Node | None) -> None:
        self._catalogue, self._factor, self._kept = catalogue, factor, kept

    def block(self, node: Node) -> Pass[Node]:
        """The node with fewer outputs."""
        if isinstance(node, (Chain, Product)):
            parts = []
            for part in node.parts:
                parts.append((yield self._inner(part)))
            return replace(node, parts=tuple(parts))
        if isinstance(node, (Negate, Reciprocal)):
            return replace(node, operand=(yield self._inner(node.operand)))
        if isinstance(node, Power):
            return replace(node, base=(yield self._inner(node.base)))
        if isinstance(node, Indexed):
            return replace(node, body=(yield self._inner(node.body)))
        if isinstance(node, Call) and node is not self._kept:
            rule = self._catalogue.find(node.name)
            if rule is None:
                arguments = []
                for argument in node.arguments:
                    arguments.append(replace(argument, value=(yield self._inner(argument.value))))
                return replace(node, arguments=tuple(arguments))
            names = list(rule.parameters)
            return replace(node, arguments=tuple(
                self._argument(argument, argument.keyword or (names[place] if place < len(names) else ""))
                for place, argument in enumerate(node.arguments)))
        return node

    def _inner(self, node: Node) -> Step[Node]:
        return node if isinstance(node, (Name, Number)) else self.block(node)

    def _argument(self, argument: Argument, name: str) -> Argument:
        value = argument.value
        if name not in (OUT, GROUPS) or any(one.name in _OWN_WIDTHS for one in names_in(value)):
            return argument
        return replace(argument, value=self._divided(value))

    def _divided(self, value: Node) -> Node:
        """The number of outputs, or groups, that is left; groups keep their width, and one is the fewest."""
        if isinstance(value, Number):
            return Number(max(1, ceil(Fraction(value.value) / self._factor)) if value.value > 0 else value.value,
                          value.span)
        share = Number(Fraction(1, self._factor), value.span)
        quotient = Product((value, share), value.span)
        return Call("ceiling", (Argument(None, quotient, value.span),), value.span, value.span)
