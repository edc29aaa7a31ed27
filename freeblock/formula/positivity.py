"""Whether a formula is plainly positive, so that a power of it may be taken factor by factor."""

from __future__ import annotations

from freeblock.formula.expression import Base, Expression, Function

_POSITIVE_FUNCTIONS = frozenset({"Phi", "sech_moment"})
_POSITIVE_WHERE_ARGUMENTS_ARE = frozenset({"gamma", "harmonic", "min", "max"})


def base_is_positive(base: Base) -> bool:
    """Whether one factor of a monomial is plainly positive."""
    if isinstance(base, str):
        return True
    if isinstance(base, int):
        return base > 0
    if isinstance(base, Function):
        if base.name in {"product", "sum"}:
            return is_manifestly_positive(base.arguments[1])
        return base.name in _POSITIVE_FUNCTIONS or (
            base.name in _POSITIVE_WHERE_ARGUMENTS_ARE and all(map(is_manifestly_positive, base.arguments))
        )
    return is_manifestly_positive(base)


def is_manifestly_positive(expression: Expression) -> bool:
    """Whether the sign is plain to see: every coefficient and every base is positive."""
    stack = [expression]
    while stack:
        current = stack.pop()
        if not current.terms:
            return False
        for monomial, coefficient in current.terms.items():
            if coefficient < 0:
                return False
            for base, exponent in monomial:
                if isinstance(base, Expression):
                    if not (type(exponent) is int and exponent % 2 == 0):
                        stack.append(base)
                elif not (isinstance(base, str) or base_is_positive(base)):
                    return False
    return True
