"""The functions of a network's units: read where they stand, and their means named where they are numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from freeblock.activation.on_demand import VARIABLE, read_function, signature, unit_function
from freeblock.errors import RefusedError
from freeblock.formula.expression import CONSTANTS, ZERO, Expression, symbol
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.sums import total
from freeblock.formula.traversal import substitute
from freeblock.language.formulas import names_in
from freeblock.language.nodes import Name, Node
from freeblock.network.facts import Facts
from freeblock.network.scope import Scope
from freeblock.network.wording import in_words
from freeblock.rules.rule import Jacobian, Rule
from freeblock.rules.schema import MEAN_SQUARE
from freeblock.source import Span

if TYPE_CHECKING:
    from freeblock.activation.means import UnitFunction
    from freeblock.activation.tree import Tree

_INLINE = "f"
"""What a function written in place is called in the names of its means."""


class UnitFunctions:
    """Binds the function of a rule to its arguments, once for those that agree."""

    def __init__(self, facts: Facts, taken: frozenset[str]) -> None:
        self._facts = facts
        self._taken = taken
        """Names that occur in the text."""
        self._bound: dict[tuple[object, ...], Jacobian] = {}
        self._stems: dict[str, int] = {}
        self._shared: dict[int, Jacobian | None] = {}

    def bound(
        self, rule: Rule, jacobian: Jacobian, values: Mapping[str, Expression], written: Mapping[str, Node],
        scope: Scope, span: Span,
    ) -> Jacobian:
        """The Jacobian with its function at these arguments. Raises what a function raises."""
        node = jacobian.function or jacobian.derivative
        assert node is not None
        closed = self._closed(jacobian, node) if holds_closed(values) else None
        if closed is not None:
            return closed
        q = values[MEAN_SQUARE]
        inline = isinstance(node, Name) and node.name in rule.parameters and rule.parameters[node.name].of_x
        if inline:
            assert isinstance(node, Name)
            node = written[node.name]
            tree = read_function(node, scope, free=True, jumps=False)
            key: tuple[object, ...] = (id(rule), signature(tree), q)
        else:
            key = (id(rule), id(jacobian), *values.values())
        known = self._bound.get(key)
        if known is None:
            if not inline:
                tree = read_function(node, values, free=False, jumps=jacobian.derivative is not None)
            stem = self._stem(_INLINE if inline else rule.name)
            known = self._bound[key] = replace(
                jacobian, means=Means(tree, node, _named(node, scope if inline else values, q), stem, self._facts, span,
                                      is_function=jacobian.function is not None))
        return known

    def _closed(self, jacobian: Jacobian, node: Node) -> Jacobian | None:
        """One Jacobian for all arguments, where the moments have closed forms in the parameters' names."""
        if id(jacobian) not in self._shared:
            constants = {name: Fraction(value.number() or 0) for name, value in self._facts.constants.items()}
            means = None
            if not isinstance(node, Name):
                tree = read_function(node, {}, free=True, jumps=jacobian.derivative is not None)
                means = ClosedMeans(tree, node, constants, is_function=jacobian.function is not None)
            closed = means is not None and means.is_closed
            self._shared[id(jacobian)] = replace(jacobian, means=means) if closed else None
        return self._shared[id(jacobian)]

    def _stem(self, name: str) -> str:
        """The name of a function among those of the network, so that no symbol of the text is called like a mean."""
        while True:
            count = self._stems[name] = self._stems.get(name, 0) + 1
            stem = name if count == 1 else f"{name}{count}"
            if not any(re.fullmatch(rf"E\d+_{stem}", taken) for taken in self._taken):
                return stem


def _named(node: Node, scope: Mapping[str, Expression], q: Expression) -> dict[str, Expression]:
    names = {name.name for name in names_in(node)} - {VARIABLE, *CONSTANTS}
    return {**{name: scope.get(name, symbol(name)) for name in sorted(names)}, MEAN_SQUARE: q}


def holds_closed(values: Mapping[str, Expression]) -> bool:
    """Whether a closed form for positive parameters may be used: abs(c) is c for such ones only."""
    return all(map(is_manifestly_positive, values.values()))


class ClosedMeans:
    """A function in the names of its parameters, whose moments are closed forms in these names."""

    shared = True

    def __init__(self, tree: Tree, node: Node, constants: Mapping[str, Fraction], *, is_function: bool) -> None:
        self._unit = unit_function(tree if is_function else None, None if is_function else tree, constants)
        self.function, self.slope, self.odd, self.node = self._unit.function, self._unit.slope, self._unit.odd, node
        self._moments: dict[int, Expression] = {}
        self._constants = constants
        self._units: dict[tuple[Expression, ...], UnitFunction] = {}
        self._names = sorted({name.name for name in names_in(node)} - {VARIABLE, *CONSTANTS} | {MEAN_SQUARE})

    @property
    def is_closed(self) -> bool:
        """Whether the first two moments are."""
        try:
            return all(self._general(power) is not None for power in (2, 4))
        except RefusedError:
            return False

    def _general(self, power: int) -> Expression:
        if power not in self._moments:
            self._moments[power] = self._unit.slope_moment(power, symbol(MEAN_SQUARE)).value
        return self._moments[power]

    def moment(self, power: int, arguments: Mapping[str, Expression]) -> Expression:
        """E f′(x)^power at the arguments of a place. Raises RefusedError."""
        return substitute(self._general(power), {name: arguments[name] for name in self._names})

    def unit(self, arguments: Mapping[str, Expression]) -> UnitFunction:
        """The function at the arguments of a place, with all its means."""
        names = self.names(arguments)
        key = tuple(names[name] for name in self._names if name != MEAN_SQUARE)
        if key not in self._units:
            tree = read_function(self.node, names, free=False, jumps=self.function is None)
            self._units[key] = unit_function(tree if self.function is not None else None,
                                             None if self.function is not None else tree, self._constants)
        return self._units[key]

    def names(self, arguments: Mapping[str, Expression]) -> Mapping[str, Expression]:
        """What the names of the function stand for, and q."""
        return {name: arguments[name] for name in self._names}

    def at(self, formula: Expression, arguments: Mapping[str, Expression]) -> Expression:
        """A constant of the function at the arguments of a place."""
        return substitute(formula, {name: arguments[name] for name in self._names})


class Means:
    """A function at one place, its arguments put in.

    A mean that is a number gets a name, and its value among the network's constants.
    """

    shared = False

    def __init__(
        self, tree: Tree, node: Node, names: Mapping[str, Expression], stem: str, facts: Facts, span: Span, *,
        is_function: bool, at: Expression | None = None,
    ) -> None:
        """`at` is q with numbers in the place of means that were worked out."""
        self._at = names[MEAN_SQUARE] if at is None else at
        self._q, self._stem, self._facts, self._span = names[MEAN_SQUARE], stem, facts, span
        self.node, self._names = node, names
        constants = {name: Fraction(value.number() or 0) for name, value in facts.constants.items()}
        self._unit = unit_function(tree if is_function else None, None if is_function else tree, constants)
        self.function = self._unit.function
        self.slope = self._unit.slope
        self.odd = self._unit.odd

    def unit(self, _: Mapping[str, Expression]) -> UnitFunction:
        """The function with all its means."""
        return self._unit

    def names(self, _: Mapping[str, Expression]) -> Mapping[str, Expression]:
        """What the names of the function stand for, and q."""
        return self._names

    def at(self, formula: Expression, _: Mapping[str, Expression]) -> Expression:
        """A constant of the function, which holds the arguments."""
        return formula

    def moment(self, power: int, _: Mapping[str, Expression]) -> Expression:
        """E f′(x)^power. Raises RefusedError."""
        try:
            mean = self._unit.slope_moment(power, self._at)
        except RefusedError as error:
            error.span = error.span or self._span
            raise
        if mean.error is None:
            return mean.value
        value = Fraction(mean.value.number() or 0)
        name = f"E{power}_{self._stem}"
        self._facts.constants[name] = mean.value if value > 0 else ZERO - mean.value
        self._facts.errors[name] = mean.error
        raised = f"f'(x)^{power}" if power > 1 else "f'(x)"
        self._facts.meanings[name] = (
            f"mean of `{raised if value > 0 else f'-{raised}'}` of `{self._stem}` over x ~ N(0, {in_words(self._q)}), "
            f"{float(abs(value))!r} (by quadrature; error below {float(mean.error):.0e})")
        return symbol(name) if value > 0 else total([ZERO - symbol(name)])
