"""Formulas that someone claims for a network, held against the derived ones: equal and why, or different and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Any, Literal

import mpmath

from freeblock.calculus.constraints import Constraints, constraints_of
from freeblock.calculus.derivation import Derivation
from freeblock.calculus.points import sample_points
from freeblock.calculus.polynomials import Polynomial, quotient_in
from freeblock.calculus.quantities import Quantities, Statement, parse_statement
from freeblock.errors import OptionError
from freeblock.formula.exponents import from_exponent
from freeblock.formula.expression import ONE, Expression, number
from freeblock.formula.functions import facts_known
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.products import as_factor, product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols

EXAMPLE = "phi = (sigma_w^2/2)^L"
DIGITS = 40
"""Digits to which numbers are compared."""
FURTHER = 1000
"""Digits to which three of the points are looked at again, where the functions allow it."""
POINTS, TRIED = 24, 800
"""Points at which formulas are compared, and points that are tried to find so many."""

PATIENCE = 8.0
"""Seconds after which no further point is taken."""

Standing = Literal["equal", "different", "undecided"]


@dataclass(frozen=True, slots=True)
class Point:
    """Values for the symbols, what the claim gives there, and what was derived."""

    values: dict[str, Fraction]
    claimed: Any
    derived: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one claim."""

    text: str
    left: Expression
    right: Expression
    standing: Standing
    because: str
    points: tuple[Point, ...] = field(default=(), compare=False)
    """Where they differ; empty for claims that are right."""
    factor: Expression | None = None
    """The right side over the left one, where that is a short formula."""

    @property
    def proved(self) -> bool:
        """Whether the verdict is certain: agreement at points alone is evidence."""
        return self.standing == "different" or (self.standing == "equal" and not self.because.startswith("compared at"))


def read_claim(text: str) -> Statement:
    """`phi = (1 + sigma_w^2)^L` and its like. Raises FreeblockError kinds with the caret in the claim."""
    statement = parse_statement("the claim", text, EXAMPLE)
    if set(statement.node.operators) != {"="}:
        raise OptionError("a claim is an equation", statement.node.span, f"write `{EXAMPLE}`")
    return statement


def verify_claims(derivation: Derivation, claims: Sequence[Statement]) -> tuple[Verdict, ...]:
    """A verdict for each claim. Raises FreeblockError kinds: a refused result, a name the network lacks."""
    quantities = Quantities(derivation)
    constraints = constraints_of(derivation)
    with facts_known(derivation.network.facts, derivation.network.whole):
        verdicts = []
        for claim in claims:
            parts = list(quantities.comparisons(claim))
            found = [verdict_on(claim.text, left, right, constraints) for left, _, right in parts]
            worst = {"different": 2, "undecided": 1, "equal": 0}
            verdicts.append(max(found, key=lambda one: worst[one.standing]))
        return tuple(verdicts)


def verdict_on(text: str, left: Expression, right: Expression, constraints: Constraints) -> Verdict:
    """Whether two formulas are equal, on what ground, or where they differ."""
    if left == right:
        return Verdict(text, left, right, "equal", "both sides have one normal form")
    if is_identity(left, right):
        return Verdict(text, left, right, "equal", "the difference, put over one denominator and multiplied out, is 0")
    if _same_powers(left, right):
        return Verdict(text, left, right, "equal",
                       "the quotient is 1: what has one exponent is taken together, and each product multiplied out")
    return _by_points(text, left, right, constraints)


def is_identity(left: Expression, right: Expression) -> bool:
    """Whether left − right is 0 by the laws of polynomials, in its symbols one after the other."""
    difference = multiply_out(total((left, -right)))
    if difference.is_zero:
        return True
    return any(_is_zero_in(difference, name) for name in sorted(symbols(difference)))


def _is_zero_in(difference: Expression, name: str) -> bool:
    quotient = quotient_in(difference, name)
    if quotient is None:
        return False
    return _vanishes(quotient.numerator, name)


def _vanishes(polynomial: Polynomial, name: str) -> bool:
    """Whether every coefficient is 0, each looked at in its own symbols."""
    return all(value.is_zero or (symbols(value) and is_identity(value, number(0)))
               for value in polynomial.terms.values())


def _same_powers(left: Expression, right: Expression) -> bool:
    """Whether left/right is 1: factors with one exponent, up to whole numbers, are multiplied and compared with 1."""
    if not (is_manifestly_positive(left) and is_manifestly_positive(right)):
        return False
    quotient = product(((as_factor(left), 1), (as_factor(right), -1)))
    if len(quotient.terms) != 1:
        return False
    ((monomial, coefficient),) = quotient.terms.items()
    groups: dict[Expression, list[tuple[Expression, Fraction]]] = {ONE: [(number(coefficient), Fraction(1))]}
    for base, exponent in monomial:
        shape, rate = from_exponent(exponent), Fraction(1)
        if len(shape.terms) == 1:
            ((inside, weight),) = shape.terms.items()
            shape, rate = Expression({inside: 1}), Fraction(weight)
        groups.setdefault(shape, []).append((Expression({frozenset(((base, 1),)): 1}), rate))
    return all(_is_one(members) for members in groups.values())


def _is_one(members: Sequence[tuple[Expression, Fraction]]) -> bool:
    if any(rate.denominator != 1 or abs(rate) > 40 for _, rate in members):
        return False
    over = product((base, int(rate)) for base, rate in members if rate > 0)
    under = product((base, int(-rate)) for base, rate in members if rate < 0)
    return over == under or is_identity(over, under)


def _by_points(text: str, left: Expression, right: Expression, constraints: Constraints) -> Verdict:
    names = symbols(left) | symbols(right)
    points = list(islice(_compared(left, right, names, constraints), POINTS))
    if not points:
        return Verdict(text, left, right, "undecided", "no point was found at which both sides have a value")
    apart = [point for point in points if not _agree(point)] or list(_apart_further_on(left, right, points[:3]))
    if apart:
        return Verdict(text, left, right, "different", _how_far(apart[0]), tuple(apart[:3]), _factor(left, right))
    if names - constraints.known.constants.keys() and len(points) < POINTS:
        return Verdict(text, left, right, "undecided",
                       f"they agree at {len(points)} random points, and no more could be evaluated in good time")
    count = f"at {len(points)} random points ({_span(points, names)})" if len(points) > 1 else "as numbers"
    return Verdict(text, left, right, "equal", f"compared {count}: all {DIGITS} digits agree")


def _span(points: Sequence[Point], names: frozenset[str]) -> str:
    """`L from 1 to 187, sigma_w from 0.06 to 85`."""
    spans = []
    for name in sorted(names & points[0].values.keys()):
        values = [point.values[name] for point in points]
        if min(values) != max(values):
            spans.append(f"{name} from {float(min(values)):.2g} to {float(max(values)):.3g}")
    return ", ".join(spans)


def _compared(
    left: Expression, right: Expression, names: frozenset[str], constraints: Constraints
) -> Iterator[Point]:
    """Points at which both sides have a value."""
    free = names - constraints.known.constants.keys()
    end = monotonic() + PATIENCE
    for values in islice(sample_points(names, constraints), TRIED if free else 1):
        if monotonic() > end:
            return
        try:
            yield Point(values, *(evaluate_precisely(side, values, DIGITS + 5) for side in (right, left)))
        except (ArithmeticError, ValueError, KeyError):
            continue


def _agree(point: Point) -> bool:
    size = max(abs(point.claimed), abs(point.derived))
    return bool(abs(point.claimed - point.derived) <= size * mpmath.mpf(10) ** -DIGITS)


def _apart_further_on(left: Expression, right: Expression, points: Sequence[Point]) -> Iterator[Point]:
    """Points at which the sides differ beyond the digits compared: kappa = 2*L + 10^(-100)."""
    for point in points:
        try:
            derived, claimed = (evaluate_precisely(side, point.values, FURTHER) for side in (left, right))
        except (ArithmeticError, ValueError):
            continue
        if abs(claimed - derived) > max(abs(claimed), abs(derived)) * mpmath.mpf(10) ** -FURTHER:
            yield Point(point.values, claimed, derived)


def _how_far(point: Point) -> str:
    if not point.derived or not point.claimed:
        return "one side is 0 and the other is not"
    relative = abs(point.claimed - point.derived) / abs(point.derived)  # the difference first: it keeps its digits
    digits = int(-mpmath.log10(relative)) if relative < 1 else 0
    return f"the first {digits} digits agree" if digits > 2 else ""


def _factor(left: Expression, right: Expression) -> Expression | None:
    """right/left in closed form, where it is shorter than they are."""
    try:
        ratio = multiply_out(product(((as_factor(right), 1), (as_factor(left), -1))))
    except (ArithmeticError, ValueError):
        return None
    short = sum(map(len, ratio.terms)) <= max(4, sum(map(len, left.terms)))
    return ratio if short and len(ratio.terms) <= 3 else None
