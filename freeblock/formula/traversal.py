"""Passes over a formula without recursion: children before parents, each distinct sub-expression once."""

from __future__ import annotations

from collections.abc import Mapping

from freeblock.formula.expression import (
    CONSTANTS,
    Base,
    Exponent,
    Expression,
    Function,
    function,
    number,
    symbol,
)
from freeblock.formula.functions import BOUND, apply
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.structure import bottom_up, complete
from freeblock.formula.sums import total


def symbols(expression: Expression) -> frozenset[str]:
    """The free symbols of a formula (pi and e are constants, not symbols)."""
    known = expression.free
    if known is None:
        known = _free(expression)
    return known - CONSTANTS if "pi" in known or "e" in known else known


def _free(expression: Expression) -> frozenset[str]:
    """Each part remembers its own, so that a formula made of known parts costs no second walk through them."""
    complete(expression, _has_free, _give_free)
    assert expression.free is not None
    return expression.free


def _has_free(part: Expression) -> bool:
    return part.free is not None


def _give_free(part: Expression) -> None:
    part.free = _free_of_terms(part)


def _free_of_terms(part: Expression) -> frozenset[str]:
    names: set[str] = set()
    for monomial in part.terms:
        for base, exponent in monomial:
            if type(base) is str:
                names.add(base)
            elif isinstance(base, Expression):
                names.update(base.free or ())
            elif isinstance(base, Function):
                names |= _free_of_function(base)
            if isinstance(exponent, Expression):
                names.update(exponent.free or ())
    return frozenset(names)


def _free_of_function(value: Function) -> frozenset[str]:
    free = [part.free or frozenset() for part in value.arguments]
    if value.name in BOUND:
        index, body, *bounds = free
        return (body - index).union(*bounds)
    return frozenset().union(*free)


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The formula with symbols replaced; bound indices are left alone and never captured.

    Raises ZeroDivisionError or ValueError where the result has no real value.
    """
    used = symbols(expression) & values.keys()
    if not used:
        return expression
    values = {name: values[name] for name in used}
    incoming = frozenset().union(*(symbols(value) for value in values.values()))
    done: dict[Expression, Expression] = {}
    for part in bottom_up(expression):
        done[part] = _substitute_once(part, values, incoming, done)
    return done[expression]


def _substitute_once(
    part: Expression, values: Mapping[str, Expression], incoming: frozenset[str],
    done: Mapping[Expression, Expression],
) -> Expression:
    if not any(_touches(base, exponent, values, done) for monomial in part.terms for base, exponent in monomial):
        return part
    terms = []
    for monomial, coefficient in part.terms.items():
        pieces = [(number(coefficient), 1)]
        for base, exponent in monomial:
            new_exponent = done[exponent] if isinstance(exponent, Expression) else exponent
            new_base = _substitute_base(base, values, incoming, done)
            symbolic = isinstance(exponent, Expression)
            if type(new_exponent) is int:
                pieces.append((new_base, new_exponent))
            else:
                pieces.append((power(new_base, new_exponent, whole_exponent=symbolic), 1))
        terms.append(product(pieces))
    return total(terms)


def _touches(
    base: Base, exponent: Exponent, values: Mapping[str, Expression], done: Mapping[Expression, Expression]
) -> bool:
    if isinstance(exponent, Expression) and done[exponent] is not exponent:
        return True
    if isinstance(base, str):
        return base in values
    if isinstance(base, Expression):
        return done[base] is not base
    if isinstance(base, Function):
        return any(done[part] is not part for part in base.arguments)
    return False


def _substitute_base(
    base: Base, values: Mapping[str, Expression], incoming: frozenset[str],
    done: Mapping[Expression, Expression],
) -> Expression:
    if isinstance(base, str):
        return values.get(base) or symbol(base)
    if isinstance(base, int):
        return Expression({frozenset(((base, 1),)): 1}) if base < 0 else number(base)
    if isinstance(base, Expression):
        return done[base]
    if base.name not in BOUND:
        return apply(base.name, [done[part] for part in base.arguments])
    index, body, *bounds = base.arguments
    name = index_name(index)
    fresh = name
    while fresh in incoming:
        fresh += "_"
    inner = {key: value for key, value in values.items() if key != name}
    if fresh != name:
        inner[name] = symbol(fresh)
    new_body = substitute(body, inner)
    return function(base.name, [symbol(fresh), new_body, *(done[bound] for bound in bounds)])


def index_name(index: Expression) -> str:
    """The name of the symbol that is a bound form's index."""
    ((monomial, _),) = index.terms.items()
    ((name, _),) = monomial
    assert isinstance(name, str)
    return name
