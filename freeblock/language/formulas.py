"""From a parsed formula to the exact expression it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from freeblock.errors import (
    ArgumentError,
    DomainError,
    FreeblockError,
    LanguageError,
    LimitError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.formula.closed_forms import product_over, sum_over
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Base, Exponent, Expression, number, symbol
from freeblock.formula.functions import ARITY, apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.rational import CHUNK_BITS
from freeblock.formula.sums import total
from freeblock.formula.traversal import symbols
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
EXPONENT_DIGITS = 300  # an exponent that is a number stays below 10 to this power
DENOMINATOR_BITS = 4_000  # of the common denominator of a sum, at most


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
    for part in _parts(node):
        inner = _shallow(part, scope, free, depth - 1)
        if inner is None:
            return None
        values.append(inner)
    return _combined(node, values)


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
    for part in _parts(node):
        value = _plain(part, scope, free)
        values.append((yield _compound(part, scope, free)) if value is None else value)
    return _combined(node, values)


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


def _combined(node: Node, values: list[Expression]) -> Expression:
    try:
        return _combine(node, values)
    except (ArithmeticError, ValueError) as error:
        raise DomainError(str(error) or "the formula has no real value", node.span,
                          "symbols stand for positive numbers; give this part a value for which it is real") from error


def _parts(node: Node) -> list[Node]:
    """The formulas a formula is made of. Raises LanguageError for a block, and for a bad call."""
    match node:
        case Chain("+", parts):
            return list(parts)
        case Product(parts):
            return [part.operand if isinstance(part, Reciprocal) else part for part in parts]
        case Negate(operand) | Reciprocal(operand):
            return [operand]
        case Power(base, exponent):
            return [base, exponent]
        case Call():
            _check_call(node)
            return [argument.value for argument in node.arguments]
        case _:
            raise LanguageError("a block stands where a formula is expected", node.span)


def _check_call(node: Call) -> None:
    if node.name not in ARITY:
        close = did_you_mean(node.name, ARITY)
        raise UnknownNameError(
            f"there is no function `{node.name}`",
            node.name_span,
            f"did you mean `{close}`?" if close else f"the functions are {', '.join(sorted(ARITY))}",
        )
    for argument in node.arguments:
        if argument.keyword is not None:
            raise ArgumentError(f"an argument of the function `{node.name}` has no keyword", argument.span)
    least, most = ARITY[node.name]
    if not least <= len(node.arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ArgumentError(
            f"`{node.name}` takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(node.arguments)}",
            node.span,
            f"write `{node.name}({', '.join('xyz'[:max(least, 1)])})`",
        )


def _combine(node: Node, values: list[Expression]) -> Expression:
    match node:
        case Chain():
            _check_denominators(node, values)
            return total(values)
        case Product(parts):
            exponents = [-1 if isinstance(part, Reciprocal) else 1 for part in parts]
            for part, value, exponent in zip(parts, values, exponents, strict=True):
                if exponent < 0 and value.is_zero:
                    raise _division_by_zero(part)
            return product(zip(values, exponents, strict=True))
        case Reciprocal():
            if values[0].is_zero:
                raise _division_by_zero(node)
            return product(((values[0], -1),))
        case Negate():
            return -values[0]
        case Power(_, exponent):
            _check_exponent(values[1], exponent)
            if values[0].is_zero and (values[1].number() or 0) < 0:
                raise _division_by_zero(node)
            return power(values[0], values[1])
        case Call(name):
            if name == "exp":
                _check_exponent(values[0], node)
            return apply(name, values)
    raise AssertionError(type(node).__name__)  # `_parts` lets no other node through


def _division_by_zero(node: Node) -> FreeblockError:
    return DomainError("division by zero", node.span, "divide by a number that is not 0, or by a symbol")


def _check_denominators(node: Node, values: list[Expression]) -> None:
    """Refuse a sum whose exact value would have a denominator of thousands of digits."""
    denominators = {
        coefficient.denominator
        for value in values
        for coefficient in value.terms.values()
        if isinstance(coefficient, Fraction)
    }
    common = 1
    for denominator in denominators:
        common = lcm(common, denominator)
        if common.bit_length() > DENOMINATOR_BITS:
            raise LimitError("the common denominator of this sum is too long", node.span)


def _check_exponent(exponent: Expression, node: Node) -> None:
    """Refuse an exponent that is a number beyond all use; symbols in it may stand for anything."""
    value = exponent.number()
    if value is not None:
        large = abs(value) >= 10**EXPONENT_DIGITS
    elif symbols(exponent):
        return
    else:
        try:
            digits = evaluate(exponent, {}).log10()
        except ValueError:
            large = True
        else:
            large = digits is not None and digits >= EXPONENT_DIGITS
    if large:
        raise LimitError(f"an exponent is at least 10^{EXPONENT_DIGITS}", node.span, "write a symbol in its place")
