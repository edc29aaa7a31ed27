"""The names of results in conditions and claims: phi, variance, kappa, phi_k, phi_out, phi_in, mean_square, mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, TypeVar

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.deviations import check_deviations
from freeblock.calculus.forward import Signal, forward
from freeblock.calculus.orders import MAX_ORDER
from freeblock.calculus.refusals import refusal
from freeblock.errors import DomainError, OptionError, UnknownNameError, did_you_mean
from freeblock.formula.expression import CONSTANTS, Expression, number
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Name, Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.source import Source

SIGNAL = ("mean_square", "mean")
"""Of the output, for an input whose mean square is given."""
RESULTS = ("phi", "variance", "kappa", "phi_out", "phi_in", *SIGNAL)
"""phi_out is φ(JJᵀ) and phi_in is φ(JᵀJ), whichever side phi itself is taken on."""
Side = Literal["out", "in", "average"]

_MOMENT = re.compile(r"phi_([1-9][0-9]{0,3})")


Parsed = TypeVar("Parsed", Node, Relation)


@dataclass(frozen=True, slots=True)
class Written(Generic[Parsed]):
    """What is said in the results and symbols of a network, as it was written."""

    text: str
    node: Parsed

    @property
    def names(self) -> list[Name]:
        """The names used, in the order of the text."""
        return names_in(self.node)


class Quantity(Written[Node]):
    """A formula."""

    __slots__ = ()


class Statement(Written[Relation]):
    """A relation."""

    __slots__ = ()


def parse_statement(what: str, text: str, example: str) -> Statement:
    """The relation in a text. Raises FreeblockError kinds with the caret in it."""
    source = Source(what, text)
    node = parse_formula(source)
    if not isinstance(node, Relation):
        raise OptionError(f"{what} compares two formulas", node.span, f"write `{example}`")
    return Statement(" ".join(text.split()), node)


def parse_quantity(what: str, text: str) -> Quantity:
    """The formula in a text. Raises FreeblockError kinds with the caret in it."""
    node = parse_formula(Source(what, text))
    if isinstance(node, Relation):
        raise OptionError(f"{what} is a formula, not a comparison", node.span, "for example kappa - 1")
    return Quantity(" ".join(text.split()), node)


def order_needed(statements: Iterable[Statement | Quantity]) -> int:
    """The highest moment that is spoken of. Raises OptionError beyond the highest that is derived."""
    order = 1
    for statement in statements:
        for name in statement.names:
            order = max(order, _order_of(name) or 1)
    return order


def _order_of(name: Name) -> int | None:
    """The moments a result rests on; None for a name that is no result."""
    match = _MOMENT.fullmatch(name.name)
    if match is None:
        return None if name.name not in RESULTS else 2 if name.name in ("variance", "kappa") else 1
    order = int(match[1])
    if order > MAX_ORDER:
        raise OptionError(f"the moments are those of order 1 to {MAX_ORDER}", name.span, f"write `phi_{MAX_ORDER}`")
    return order


class Quantities:
    """The results of one derivation by name, beside the symbols of its network."""

    def __init__(
        self, derivation: Derivation, side: Side = "out", more: Iterable[str] = (),
        mean_square: Expression | None = None, values: Mapping[str, Expression] | None = None,
    ) -> None:
        self.derivation = derivation
        self._values = values or {}
        """The symbols that were given a value."""
        self.moments: list[Expression] = []
        """The results asked for that are the mean of something not negative."""
        self._mean_square = mean_square
        """Of the network's input, where it is given."""
        self._signal: Signal | None = None
        self._average = side == "average"
        self._symbols = symbols_of(derivation).union(more)

    def comparisons(self, statement: Statement) -> Iterator[tuple[Expression, str, Expression]]:
        """The comparisons of a chain one by one, in the symbols of the network.

        Raises UnknownNameError, RefusedError of a refused result, and what formulas raise.
        """
        scope = {name.name: self._value(name) for name in statement.names}
        values = [self._formula(part, scope) for part in statement.node.parts]
        yield from zip(values, statement.node.operators, values[1:], strict=False)

    def value(self, quantity: Quantity) -> Expression:
        """The formula in the symbols of the network. Raises what `comparisons` does."""
        return self._formula(quantity.node, {name.name: self._value(name) for name in quantity.names})

    def _formula(self, node: Node, scope: Mapping[str, Expression]) -> Expression:
        try:
            return to_expression(node, scope, free=False)
        except (ArithmeticError, ValueError) as error:
            raise DomainError(str(error), node.span) from None

    def _value(self, name: Name) -> Expression:
        order = _order_of(name)
        if order is None:
            if name.name in self._values:
                return self._values[name.name]
            if name.name in self._symbols or name.name in CONSTANTS:
                return Expression({frozenset(((name.name, 1),)): 1})
            raise self._unknown(name)
        if name.name in self._symbols:
            raise OptionError(f"`{name.name}` is a symbol of this network and a result", name.span,
                              "give the symbol another name in the expression")
        value = self._result(name, order)
        if name.name not in {"kappa", "mean"}:
            self.moments.append(value)
        return value

    def _result(self, name: Name, order: int) -> Expression:
        if name.name in SIGNAL:
            return self._of_signal(name)
        derivation = self.derivation
        if derivation.given < order:
            raise refusal(derivation, order)
        if name.name == "phi_out" or name.name == "phi_in":
            return self._of_side(name.name.removeprefix("phi_"))
        if self._average:
            if order > 1:
                raise OptionError("the average of both sides is taken of phi alone", name.span,
                                  "choose --side out or --side in")
            return (self._of_side("out") + self._of_side("in")) * number(Fraction(1, 2))
        value = derivation.kappa if name.name == "kappa" else (
            derivation.variance if name.name == "variance" else derivation.moment(order))
        if value is None:
            raise DomainError("the zero block has no kappa", name.span, "ask for `variance`")
        return value

    def _of_signal(self, name: Name) -> Expression:
        if self._signal is None:
            check_deviations(self.derivation)
            self._signal = forward(self.derivation.network.block, self._mean_square)
        value = self._signal.mean_square if name.name == "mean_square" else self._signal.mean
        if value is None:
            unknown = self._mean_square is None
            raise OptionError(f"the {name.name.replace('_', ' ')} of the output rests on that of the input", name.span,
                              "`freeblock solve` takes it with --q, for example --q 1" if unknown else None)
        return value

    def _of_side(self, side: str) -> Expression:
        """φ(JJᵀ) or φ(JᵀJ): m·φ(JJᵀ) = n·φ(JᵀJ) for m outputs and n inputs."""
        derivation = self.derivation
        assert derivation.phi is not None
        block = derivation.network.block
        if side == derivation.side or block.rows == block.columns:
            return derivation.phi
        ratio = block.rows / block.columns
        return derivation.phi * (ratio if side == "in" else ratio ** -1)

    def _unknown(self, name: Name) -> UnknownNameError:
        known = sorted(self._symbols)
        if name.name == "chi":
            return UnknownNameError("chi is not among the results of a derivation", name.span,
                                    "`freeblock solve` takes it, of one layer `dense(var=…, bias=…) >> f`")
        close = did_you_mean(name.name, [*RESULTS, *known])
        hint = (f"did you mean `{close}`?" if close else
                f"the network has {', '.join(f'`{one}`' for one in known) or 'no symbol'}; another one is declared in "
                f"its text by a line such as `assume {name.name} > 0`")
        return UnknownNameError(f"the network has no symbol `{name.name}`", name.span, hint)


def symbols_of(derivation: Derivation) -> frozenset[str]:
    """The symbols of a derivation's results, its shape, and what is assumed of them."""
    network = derivation.network
    found = symbols(network.block.rows) | symbols(network.block.columns) | network.constants.keys() | network.whole
    for fact in network.facts:
        found |= symbols(fact.difference)
    for step in derivation.steps:
        found |= symbols(step.law.phi)
        if step.law.state:
            found |= symbols(step.law.state[0])
    return frozenset(found)
