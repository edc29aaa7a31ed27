"""The parts of a formula: what is directly inside, and all of it without recursion, children before parents."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator

from freeblock.formula.expression import CONSTANTS, Expression, Function, Monomial
from freeblock.formula.rational import Rational


def children(
    expression: Expression, without: Container[tuple[Monomial, Rational]] = ()
) -> Iterator[Expression]:
    """The expressions directly inside (terms `without`): wrapped sums, symbolic exponents, function arguments."""
    for monomial, coefficient in expression.terms.items():
        if without and (monomial, coefficient) in without:
            continue
        for base, exponent in monomial:
            if isinstance(base, Expression):
                yield base
            elif isinstance(base, Function):
                yield from base.arguments
            if isinstance(exponent, Expression):
                yield exponent


def bottom_up(
    expression: Expression, without: Container[tuple[Monomial, Rational]] = (), known: Container[Expression] = ()
) -> list[Expression]:
    """All distinct sub-expressions, each after those inside it; the expression itself is last.

    Nothing is taken from inside the terms `without`, nor are the expressions `known` or what is inside them.
    """
    order: list[Expression] = []
    seen: set[Expression] = set()
    stack: list[tuple[Expression, bool]] = [(expression, False)]
    while stack:
        current, done = stack.pop()
        if done:
            order.append(current)
        elif current not in seen and current not in known:
            seen.add(current)
            stack.append((current, True))
            for child in children(current, without):
                if is_nested(child):
                    stack.append((child, False))
                elif child not in seen and child not in known:
                    seen.add(child)
                    order.append(child)
    return order


def complete(
    expression: Expression, is_done: Callable[[Expression], bool], finish: Callable[[Expression], None]
) -> None:
    """Finish every part that is not done, each after those inside it; what is done is not walked again."""
    waiting = [] if is_done(expression) else [expression]
    while waiting:
        part = waiting[-1]
        unfinished = [] if is_done(part) else [inner for inner in children(part) if not is_done(inner)]
        if unfinished:
            waiting.extend(unfinished)
            continue
        if not is_done(part):
            finish(part)
        waiting.pop()


def has_at_most(terms: int, expressions: Iterable[Expression]) -> bool:
    """Whether all parts together have no more terms than that, each part counted once; stops where they have."""
    waiting = list(expressions)
    seen: set[int] = set()
    while waiting and terms >= 0:
        part = waiting.pop()
        if id(part) not in seen:
            seen.add(id(part))
            terms -= len(part.terms)
            waiting.extend(children(part))
    return terms >= 0


def is_nested(expression: Expression) -> bool:
    """Whether other expressions are inside; if not, the expression is a polynomial in symbols and numbers."""
    for monomial in expression.terms:
        for base, exponent in monomial:
            if not isinstance(base, (str, int)) or isinstance(exponent, Expression):
                return True
    return False


def symbol_name(expression: Expression) -> str | None:
    """The name, if the formula is one symbol and nothing else."""
    if len(expression.terms) != 1:
        return None
    ((monomial, coefficient),) = expression.terms.items()
    if coefficient != 1 or len(monomial) != 1:
        return None
    ((base, exponent),) = monomial
    return base if type(base) is str and exponent == 1 and base not in CONSTANTS else None
