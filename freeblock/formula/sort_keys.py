"""Sort keys of expressions and their parts, the same in every run."""

from __future__ import annotations

from freeblock.formula.expression import Base, Exponent, Expression, Function, Monomial
from freeblock.formula.rational import Rational


def monomial_key(monomial: Monomial) -> tuple[object, ...]:
    """A sort key of a monomial that is the same in every run: by degree, then by name."""
    if len(monomial) == 1:
        ((base, exponent),) = monomial
        single = ((base_key(base), exponent_key(exponent)),)
        return (0 if isinstance(exponent, Expression) else exponent, single)
    degree: Rational = 0
    names = []
    for base, exponent in monomial:
        if not isinstance(exponent, Expression):
            degree += exponent
        names.append((base_key(base), exponent_key(exponent)))
    return (degree, tuple(sorted(names)))


def exponent_key(exponent: Exponent) -> tuple[object, ...]:
    """A sort key of an exponent: numbers by size first, symbolic ones after."""
    if isinstance(exponent, Expression):
        return (1, expression_key(exponent))
    return (0, (exponent,))


def base_key(base: Base) -> tuple[object, ...]:
    """A sort key of a base: numbers, symbols, functions, sums."""
    if isinstance(base, str):
        return (1, base)
    if isinstance(base, int):
        return (0, base)
    if isinstance(base, Function):
        return (2, base.name, tuple(expression_key(part) for part in base.arguments))
    return (3, expression_key(base))


def expression_key(expression: Expression) -> tuple[object, ...]:
    """A sort key of an expression: the number of terms, then its terms in order."""
    if expression._key is None:
        terms = sorted((monomial_key(key), value) for key, value in expression.terms.items())
        expression._key = (len(terms), tuple(terms))
    return expression._key
