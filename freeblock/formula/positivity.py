"""Whether a formula is plainly positive, so that a power of it may be taken factor by factor."""

from __future__ import annotations

from freeblock.formula.expression import Expression, Function

_POSITIVE_FUNCTIONS = frozenset({"Phi", "sech_moment"})
_POSITIVE_WHERE_ARGUMENTS_ARE = frozenset({"arcsin", "gamma", "harmonic", "min", "max"})


def _parts_of_sign(base: Function) -> tuple[Expression, ...] | None:
    """What must be positive for a function's value to be; None where that does not settle it."""
    if base.name in {"product", "sum"}:
        return (base.arguments[1],)
    if base.name in _POSITIVE_WHERE_ARGUMENTS_ARE:
        return base.arguments
    return () if base.name in _POSITIVE_FUNCTIONS else None


def is_manifestly_positive(expression: Expression) -> bool:
    """Whether the sign is plain to see: every coefficient and every base is positive."""
    stack = [expression]
    seen: set[Expression] = set()
    while stack:
        current = stack.pop()
        if current.positive:
            continue
        if not current.terms:
            return False
        for monomial, coefficient in current.terms.items():
            if coefficient < 0:
                return False
            for base, exponent in monomial:
                if type(base) is str:
                    continue
                inside: tuple[Expression, ...] | None = ()
                if isinstance(base, Expression):
                    inside = () if type(exponent) is int and exponent % 2 == 0 else (base,)
                elif isinstance(base, Function):
                    inside = _parts_of_sign(base)
                elif isinstance(base, int) and base <= 0:
                    inside = None
                if inside is None:
                    return False
                # One part may stand in many places: a continued fraction doubles them at every level.
                stack.extend(part for part in inside if part not in seen)
                seen.update(inside)
    for part in seen:
        part.positive = True
    return True
