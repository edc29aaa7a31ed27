"""A signal in formulas: what is known of it at one place, and how branches put it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf

from freeblock.errors import DomainError, OptionError
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.network.nodes import Stack
from freeblock.network.wording import in_words
from freeblock.source import Source


@dataclass(frozen=True, slots=True)
class State:
    """A signal in formulas; None where not known."""

    q: Expression | None
    covariance: Expression | None
    mean: Expression | None = ZERO
    gaussian: bool = True
    forks: float = inf
    """Forks passed since the last weight, with nothing but numbers in between; at 0 it is uncorrelated with all that is
    beside it.
    """
    alike: bool = True
    """All units have one law."""


def read_input(q: str, c: str) -> tuple[Expression, Expression]:
    """Mean square and correlation of the input from their texts. Raises FreeblockError kinds."""
    size, correlation = _read("--q", q), _read("--c", c)
    value, between = size.number(), correlation.number()
    if value is not None and value <= 0:
        raise DomainError(f"a mean square is positive, not {in_words(size)}", hint="for example --q 1")
    if between is None:
        raise OptionError("--c is an exact number", hint="for example --c 1/2")
    if not -1 <= between <= 1:
        raise DomainError(f"a correlation lies between -1 and 1, not at {in_words(correlation)}",
                          hint="for example --c 1/2")
    return size, correlation


def _read(what: str, text: str) -> Expression:
    node = parse_formula(Source(what, text))
    if isinstance(node, Relation):
        raise OptionError(f"{what} is a formula, not a comparison", node.span, f"for example {what} 1")
    return to_expression(node, {}, free=True)


def added(states: list[State]) -> State:
    """The sum of branches that are uncorrelated."""
    return State(total_of([state.q for state in states]), total_of([state.covariance for state in states]),
                 total_of([state.mean for state in states]), all(state.gaussian for state in states),
                 joined(states), all(state.alike for state in states))


def joined(states: list[State]) -> float:
    """Forks since the last weight behind branches that end here."""
    return max([max(state.forks - 1, 0) for state in states])


def apart_from_covariance(state: State) -> State:
    """The same for a reader that looks at single inputs."""
    return replace(state, covariance=None)


def stacked(block: Stack, states: list[State]) -> State:
    """Branches one above the other, each with its share of the width."""
    shares = [part.rows / block.rows for part in block.parts]
    first = states[0]
    alike = all(state.alike and (state.q, state.covariance, state.mean) == (first.q, first.covariance, first.mean)
                for state in states)
    q, covariance, mean = (total_of([times(value, share) for value, share in zip(values, shares, strict=True)])
                           for values in ([state.q for state in states], [state.covariance for state in states],
                                          [state.mean for state in states]))
    return State(q, covariance, mean, all(state.gaussian for state in states), joined(states), alike)


def value_of(
    node: Node | None, arguments: Mapping[str, Expression], state: State, *, crossed: bool = False
) -> Expression | None:
    """A formula of a rule at a signal, `crossed` for two inputs; None where what it rests on is not known."""
    if node is None:
        return None
    known = {"q": state.covariance if crossed else state.q, "covariance": state.covariance, "mean": state.mean}
    names = {name: value for name, value in known.items() if value is not None}
    if any(name.name in known and name.name not in names for name in names_in(node)):
        return None
    return multiply_out(to_expression(node, {**arguments, **names}, free=False))


def times(value: Expression | None, factor: Expression) -> Expression | None:
    """The product, None where one factor is not known."""
    return None if value is None else product(((value, 1), (factor, 1)))


def total_of(values: list[Expression | None]) -> Expression | None:
    """The sum, None where one term is not known."""
    known = [value for value in values if value is not None]
    return total(known) if len(known) == len(values) else None
