"""Sort keys of expressions and their parts, the same in every run."""

from __future__ import annotations

from hashlib import sha256
from math import inf

from freeblock.formula.expression import Base, Exponent, Expression, Function, Monomial
from freeblock.formula.rational import Rational
from freeblock.formula.structure import children, complete

LONG = 2000
"""Factors in a key, at most: that of a larger part is a digest, since it would hold what is shared again and again."""
LEVEL = 40
"""A level counts as so many factors at least: keys nested too deeply could not be compared."""


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
    complete(expression, _has_key, _give_key)
    assert expression.key is not None
    return expression.key


def _has_key(part: Expression) -> bool:
    return part.key is not None


def _give_key(part: Expression) -> None:
    sizes = [inner.key_size for inner in children(part)]
    size = max(sum(sizes) + sum([1 + len(monomial) for monomial in part.terms]), LEVEL + max(sizes, default=0))
    terms = tuple(sorted((monomial_key(key), value) for key, value in part.terms.items()))
    part.key, part.key_size = ((len(terms), terms), size) if size <= LONG else ((len(terms), _short(part)), 1)


def _short(part: Expression) -> tuple[object, ...]:
    """In the place of the terms of a large part: it comes before all others."""
    return (((-inf, _digest(part)), 0),)


def _digest(expression: Expression) -> str:
    """The same for equal expressions in every run; made of the digests of the parts."""
    complete(expression, _has_digest, _give_digest)
    assert expression.digest is not None
    return expression.digest


def _has_digest(part: Expression) -> bool:
    return part.digest is not None


def _give_digest(part: Expression) -> None:
    terms = sorted(f"{value}{sorted(_factor_text(base, exponent) for base, exponent in monomial)}"
                   for monomial, value in part.terms.items())
    part.digest = sha256("+".join(terms).encode()).hexdigest()


def _factor_text(base: Base, exponent: Exponent) -> str:
    shown = "" if isinstance(base, (Function, Expression)) else repr(base)
    if isinstance(base, Function):
        shown = f"{base.name} {[part.digest for part in base.arguments]}"
    elif isinstance(base, Expression):
        shown = f"({base.digest})"
    return f"{shown}^{exponent.digest if isinstance(exponent, Expression) else exponent}"
