"""The functions a formula may use: exact values where they are plain, else a function value.

`product(l, body, lower, upper)` and `sum(l, body, lower, upper)` are bound forms; they are made by indexed
blocks and cannot be written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from math import factorial

from freeblock.formula.expression import ONE, ONE_MONOMIAL, ZERO, Expression, function, number, symbol
from freeblock.formula.order import Fact, is_at_least
from freeblock.formula.powers import power
from freeblock.formula.products import product

BOUND = frozenset({"product", "sum"})

ARITY: dict[str, tuple[int, int]] = {
    "sqrt": (1, 1), "exp": (1, 1), "log": (1, 1), "erf": (1, 1), "Phi": (1, 1), "gamma": (1, 1),
    "harmonic": (1, 1), "floor": (1, 1), "ceiling": (1, 1), "abs": (1, 1), "tanh": (1, 1),
    "arcsin": (1, 1), "min": (2, 8), "max": (2, 8), "sech_moment": (2, 2),
}
"""Name → (least, most) number of arguments. Phi is the standard normal distribution function;
sech_moment(j, q) is E sech(√q z)^j for a standard normal z, q ≥ 0."""


_decided_by: ContextVar[tuple[Sequence[Fact], frozenset[str]]] = ContextVar("facts", default=((), frozenset()))


@contextmanager
def facts_known(facts: Sequence[Fact], whole: frozenset[str]) -> Iterator[None]:
    """While this is open, min, max and abs are decided with stated facts and positive integers in mind."""
    token = _decided_by.set((facts, whole))
    try:
        yield
    finally:
        _decided_by.reset(token)


def is_known_at_least(first: Expression, second: Expression) -> bool:
    """Whether first ≥ second is certain with the facts that are known here."""
    return is_at_least(first, second, *_decided_by.get())


def apply(name: str, arguments: Sequence[Expression]) -> Expression:
    """The value of a function. Raises ValueError (with a reason) outside its domain, KeyError if unknown."""
    least, most = ARITY[name]
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"`{name}` takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(arguments)}")
    if name == "sqrt":
        return power(arguments[0], Fraction(1, 2))
    if name == "exp":
        return power(symbol("e"), arguments[0])
    if name in {"min", "max"}:
        return _extreme(name, arguments)
    exact = _EXACT.get(name)
    value = exact(arguments) if exact else None
    return function(name, arguments) if value is None else value


def _extreme(name: str, arguments: Sequence[Expression]) -> Expression:
    """min or max with every argument removed that another one is known to beat."""
    kept: list[Expression] = []
    for candidate in arguments:
        if any(_beats(name, other, candidate) for other in kept):
            continue
        kept = [other for other in kept if not _beats(name, candidate, other)]
        kept.append(candidate)
    return kept[0] if len(kept) == 1 else function(name, kept)


def _beats(name: str, first: Expression, second: Expression) -> bool:
    return is_known_at_least(second, first) if name == "min" else is_known_at_least(first, second)


def _log(arguments: Sequence[Expression]) -> Expression | None:
    value = arguments[0].number()
    if value is not None and value <= 0:
        raise ValueError("the logarithm of a number that is not positive")
    if arguments[0].is_one:
        return ZERO
    return ONE if arguments[0] == symbol("e") else None


SHIFT = 10
"""Γ(x + k) is reduced by the recurrence for |k| up to this."""


def _gamma(arguments: Sequence[Expression]) -> Expression | None:
    """Γ at small whole numbers; else Γ(x + k) with the whole part k taken out, so that quotients cancel."""
    argument = arguments[0]
    value = argument.number()
    if value is not None:
        if value <= 0 and type(value) is int:
            raise ValueError("gamma has no value at 0, -1, -2, …")
        return number(factorial(value - 1)) if type(value) is int and value <= 25 else None
    constant = argument.terms.get(ONE_MONOMIAL, 0)
    steps = -((-constant).__floor__()) - 1
    if not steps or abs(steps) > SHIFT:
        return None
    rest = argument - number(steps)
    factors = [(function("gamma", [rest]), 1)]
    if steps > 0:
        factors += [(rest + number(step), 1) for step in range(steps)]
    else:
        factors += [(argument + number(step), -1) for step in range(-steps)]
    return product(factors)


def _harmonic(arguments: Sequence[Expression]) -> Expression | None:
    value = arguments[0].number()
    if type(value) is int and 0 <= value <= 25:
        return number(sum((Fraction(1, k) for k in range(1, value + 1)), Fraction(0)))
    return None


def _round(name: str, arguments: Sequence[Expression]) -> Expression | None:
    value = arguments[0].number()
    if value is None:
        return None
    return number(value.__floor__() if name == "floor" else value.__ceil__())


def _abs(arguments: Sequence[Expression]) -> Expression | None:
    if is_known_at_least(arguments[0], ZERO):
        return arguments[0]
    return -arguments[0] if is_known_at_least(ZERO, arguments[0]) else None


def _sech_moment(arguments: Sequence[Expression]) -> Expression | None:
    value = arguments[1].number()
    if value is not None and value < 0:
        raise ValueError("a mean square is not negative")
    return ONE if arguments[0].is_zero or arguments[1].is_zero else None


_ARCS = tuple((power(number(square), Fraction(1, 2)), share) for square, share in (
    (0, Fraction(0)), (Fraction(1, 4), Fraction(1, 6)), (Fraction(1, 2), Fraction(1, 4)),
    (Fraction(3, 4), Fraction(1, 3)), (1, Fraction(1, 2))))
"""Sines of plain angles, and these in units of pi."""


def _asin(arguments: Sequence[Expression]) -> Expression | None:
    value = arguments[0].number()
    if value is not None and not -1 <= value <= 1:
        raise ValueError("the arc sine of a number beyond 1")
    for sine, share in _ARCS:
        if arguments[0] == sine:
            return product(((symbol("pi"), 1), (number(share), 1)))
    return None


_EXACT = {
    "log": _log,
    "gamma": _gamma,
    "harmonic": _harmonic,
    "floor": lambda arguments: _round("floor", arguments),
    "ceiling": lambda arguments: _round("ceiling", arguments),
    "abs": _abs,
    "erf": lambda arguments: ZERO if arguments[0].is_zero else None,
    "arcsin": _asin,
    "tanh": lambda arguments: ZERO if arguments[0].is_zero else None,
    "Phi": lambda arguments: number(Fraction(1, 2)) if arguments[0].is_zero else None,
    "sech_moment": _sech_moment,
}
