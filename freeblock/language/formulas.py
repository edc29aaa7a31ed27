"""From a parsed formula to the exact expression it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from freeblock.errors import (
    ArgumentError,
    DomainError,
    LimitError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Base, Exponent, Expression, number, symbol
from freeblock.formula.functions import ARITY
from freeblock.formula.rational import CHUNK_BITS
from freeblock.formula.traversal import symbols
from freeblock.language.combining import combined, parts_of_formula
from freeblock.language.nodes import (
    Call,
    Chain,
    Indexed,
    Name,
    Negate,
    Node,
    Number,
    Power,
    Product,
    Reciprocal,
    Relation,
)
from freeblock.language.walk import Pass, run

SHALLOW = 4  # formulas nested no deeper are worked out by recursion, which is twice as fast


def to_expression(node: Node, scope: Mapping[str, Expression], *, free: bool) -> Expression:
    """The value of a formula; a name outside the scope is a positive symbol if `free`, an error otherwise.

    Raises UnknownNameError, ArgumentError (of a function), DomainError (no real value), LimitError, and
    LanguageError where a block stands in the formula.
    """
    value = _counted(node, scope, free) if isinstance(node, Product) else None
    if value is None:
        value = _shallow(node, scope, free, SHALLOW)
    if value is not None:
        return value
    try:
        return run(_compound(node, scope, free))
    except RecursionError:
        raise LimitError("the formula is nested too deeply", node.span) from None


def to_relation(
    relation: Relation, scope: Mapping[str, Expression], *, free: bool
) -> list[tuple[Expression, str, Expression]]:
    """The comparisons of a chain one by one: 0 < p <= 1 is 0 < p and p <= 1.

    Raises what `to_expression` does.
    """
    values = [to_expression(part, scope, free=free) for part in relation.parts]
    return list(zip(values, relation.operators, values[1:], strict=False))


def names_in(node: Node | Relation) -> list[Name]:
    """Every use of a name in a formula, in the order of the text; names of functions are not among them."""
    found: list[Name] = []
    waiting: list[Any] = [node]
    while waiting:
        match waiting.pop():
            case Name() as name:
                found.append(name)
            case Relation(parts) | Chain(_, parts) | Product(parts):
                waiting.extend(reversed(parts))
            case Call(_, arguments):
                waiting.extend(argument.value for argument in reversed(arguments))
            case Negate(operand) | Reciprocal(operand):
                waiting.append(operand)
            case Power(base, exponent):
                waiting.extend((exponent, base))
            case Indexed(_, index, lower, upper, body):
                found += [name for name in names_in(body) if name.name != index]
                waiting.extend((upper, lower))
    return found


def _counted(node: Node, scope: Mapping[str, Expression], free: bool) -> Expression | None:
    """The value of a product of numbers and symbols, as most arguments are, by counting; None for any other.

    Goes from left to right and gives up at the first part of another kind, or 0, so that mistakes stay in order.
    """
    top, bottom = 1, 1
    counts: dict[Base, int] = {}
    waiting = [(node, 1)]
    while waiting:
        part, sign = waiting.pop()
        if isinstance(part, Product):
            waiting.extend([(factor, sign) for factor in reversed(part.parts)])
            continue
        if isinstance(part, Reciprocal):
            waiting.append((part.operand, -sign))
            continue
        if isinstance(part, Number):
            value = part.value
        elif isinstance(part, Name):
            terms = _named(part, scope, free).terms
            if len(terms) != 1:
                return None
            ((factors, value),) = terms.items()
            for base, exponent in factors:
                if type(base) is not str or type(exponent) is not int:
                    return None
                counts[base] = counts.get(base, 0) + sign * exponent
        else:
            return None
        above, below = value.as_integer_ratio()
        if not above:
            return None
        if sign < 0:
            above, below = below, above
        top *= above
        bottom *= below
        if top.bit_length() > CHUNK_BITS or bottom.bit_length() > CHUNK_BITS:
            return None
    value = Fraction(top, bottom) if top % bottom else top // bottom
    monomial: frozenset[tuple[Base, Exponent]] = frozenset([item for item in counts.items() if item[1]])
    return Expression({monomial: value})


def _shallow(node: Node, scope: Mapping[str, Expression], free: bool, depth: int) -> Expression | None:
    """The value of a formula by plain recursion; None where it is nested deeper."""
    value = _plain(node, scope, free)
    if value is not None or not depth or isinstance(node, Indexed):
        return value
    values = []
    for part in parts_of_formula(node):
        inner = _shallow(part, scope, free, depth - 1)
        if inner is None:
            return None
        values.append(inner)
    return combined(node, values)


def _plain(node: Node, scope: Mapping[str, Expression], free: bool) -> Expression | None:
    """The value of a number or a name; None for every other node."""
    if isinstance(node, Number):
        return number(node.value)
    return _named(node, scope, free) if isinstance(node, Name) else None


def _named(node: Name, scope: Mapping[str, Expression], free: bool) -> Expression:
    known = scope.get(node.name)
    if known is not None:
        return known
    if not free and node.name not in CONSTANTS:
        raise _unknown(node, scope)
    return symbol(node.name)


def _unknown(node: Name, scope: Mapping[str, Expression]) -> UnknownNameError:
    if node.name in ARITY:
        return UnknownNameError(
            f"`{node.name}` is a function", node.span, f"write `{node.name}(…)` with its argument"
        )
    close = did_you_mean(node.name, [*scope, *CONSTANTS])
    return UnknownNameError(
        f"nothing is called `{node.name}` here", node.span, f"did you mean `{close}`?" if close else None
    )


def _compound(node: Node, scope: Mapping[str, Expression], free: bool) -> Pass[Expression]:
    if isinstance(node, Indexed) and node.kind in ("sum", "product"):
        return (yield _indexed(node, scope, free))
    values: list[Expression] = []
    for part in parts_of_formula(node):
        value = _plain(part, scope, free)
        values.append((yield _compound(part, scope, free)) if value is None else value)
    return combined(node, values)


def _indexed(node: Indexed, scope: Mapping[str, Expression], free: bool) -> Pass[Expression]:
    """Σ or ∏ of a formula over an index, in closed form where there is one."""
    name = node.index
    if name in CONSTANTS or scope.get(name) is not None:
        raise ArgumentError(f"`{name}` means something else here and is no index", node.index_span,
                            "choose another name")
    for other in names_in(node.body):
        value = None if other.name == name else scope.get(other.name)
        if value is not None and name in symbols(value):
            raise ArgumentError(f"the index `{name}` is a symbol of `{other.name}` too", node.index_span,
                                "choose another name for the index")
    lower = yield _compound_or_plain(node.lower, scope, free)
    upper = yield _compound_or_plain(node.upper, scope, free)
    for bound, part in ((lower, node.lower), (upper, node.upper)):
        if isinstance(bound.number(), Fraction):
            raise DomainError("the bounds of an index are whole numbers", part.span, "write `l=1..5`, or `l=1..L`")
    body = yield _compound_or_plain(node.body, _WithIndex(scope, name), free)
    try:
        if ((upper - lower + ONE).number() or 1) <= 0:
            return ONE if node.kind == "product" else ZERO
        return (product_over if node.kind == "product" else sum_over)(name, body, lower, upper)
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error), node.span) from error


def _compound_or_plain(node: Node, scope: Mapping[str, Expression], free: bool) -> Pass[Expression]:
    value = _plain(node, scope, free)
    return (yield _compound(node, scope, free)) if value is None else value


class _WithIndex(Mapping[str, Expression]):
    """A scope and an index that stands for itself."""

    def __init__(self, scope: Mapping[str, Expression], index: str) -> None:
        self._scope, self._index = scope, index

    def __getitem__(self, name: str) -> Expression:
        return symbol(name) if name == self._index else self._scope[name]

    def __iter__(self) -> Iterator[str]:
        return iter({*self._scope, self._index})

    def __len__(self) -> int:
        return len({*self._scope, self._index})
