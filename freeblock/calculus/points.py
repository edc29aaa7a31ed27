"""Points at which formulas are compared: values for symbols that every bound allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random

from freeblock.calculus.constraints import Constraints
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols

TRIES = 4000
"""Points drawn before it is given up that the bounds allow any more."""


def sample_points(names: Iterable[str], constraints: Constraints, seed: int = 1) -> Iterator[dict[str, Fraction]]:
    """Values for the symbols (published constants keep theirs), from small ones to ones of many digits."""
    random = Random(seed)
    known = constraints.known
    ordered = sorted(set(names) - known.constants.keys())
    relevant = [bound for bound in constraints.bounds if set(ordered) >= _free(bound.difference, known.constants)]
    inside = Constraints(tuple(relevant), known)
    for attempt in range(TRIES):
        point = {name: _whole(random, attempt) if name in known.whole else _real(random, attempt) for name in ordered}
        if inside.hold(point):
            yield {**known.constants, **point}


def _free(expression: Expression, constants: Iterable[str]) -> set[str]:
    return set(symbols(expression)) - set(constants)


def _whole(random: Random, attempt: int) -> Fraction:
    """Small numbers first; then up to 200, since a formula may change its form anywhere."""
    return Fraction(random.randint(1, 8) if attempt < 4 or random.random() < 0.5 else random.randint(1, 200))


def _real(random: Random, attempt: int) -> Fraction:
    """Around 1, half of them below it, since many domains end there; some far away; most of many digits."""
    choice = random.random()
    if choice > 0.85 and attempt >= 4:
        return Fraction(random.randint(300, 10_000), 101)
    value = Fraction(random.randint(5, 96), 97) if choice < 0.5 else Fraction(random.randint(54, 160), 53)
    return value if attempt < 4 else value + Fraction(random.randint(0, 10**6), 10**9)
