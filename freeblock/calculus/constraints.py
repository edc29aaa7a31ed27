"""What the symbols of a network may be: positive, whole where they count, inside the domains, as stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from freeblock.calculus.derivation import Derivation
from freeblock.errors import FreeblockError
from freeblock.formula.expression import Expression
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.signs import Known, open_part, sign_of
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import to_relation
from freeblock.language.nodes import Relation
from freeblock.language.parser import parse_formula
from freeblock.network.wording import in_words
from freeblock.source import Source

DIGITS = 40
"""To which a number is looked at."""
POSITIVE = "symbols stand for positive numbers"


@dataclass(frozen=True, slots=True)
class Bound:
    """`difference` ≥ 0, or > 0 where `strict`; `text` is how it reads."""

    difference: Expression
    strict: bool
    text: str


@dataclass(frozen=True, slots=True)
class Constraints:
    """The bounds of a network's symbols, and what signs are decided with."""

    bounds: tuple[Bound, ...]
    known: Known

    def about(self, name: str) -> list[Bound]:
        """The bounds a symbol occurs in."""
        return [bound for bound in self.bounds if name in symbols(bound.difference)]

    def judge(self, values: Mapping[str, Expression]) -> tuple[str | None, list[str]]:
        """Why the values are not admissible (None if nothing says so), and what remains to be required."""
        required: list[str] = []
        for name, value in values.items():
            sign = sign_of(value, self.known)
            if sign is not None and sign <= 0:
                return POSITIVE, []
            if sign is None:
                required.append(positivity(value, self.known))
            if name in self.known.whole:
                verdict = _is_whole(value, self.known)
                if verdict is False:
                    return f"`{name}` is a whole number", []
                if verdict is None:
                    required.append(f"{name} is a whole number")
        for bound in self.bounds:
            if not values.keys() & symbols(bound.difference):
                continue
            reason = self._broken(bound, values, required)
            if reason is not None:
                return reason, []
        return None, list(dict.fromkeys(required))

    def _broken(self, bound: Bound, values: Mapping[str, Expression], required: list[str]) -> str | None:
        try:
            inside = substitute(bound.difference, values)
        except (ArithmeticError, ValueError):
            return f"`{bound.text}` has no value there"
        sign = sign_of(inside, self.known)
        if sign == -1 or (sign == 0 and bound.strict):
            return f"`{bound.text}` does not hold"
        if sign is None:
            required.append(f"{in_words(inside)} {'>' if bound.strict else '>='} 0")
        return None

    def hold(self, point: Mapping[str, Fraction]) -> bool:
        """Whether a point of numbers lies within every bound."""
        for bound in self.bounds:
            try:
                value = evaluate_precisely(bound.difference, {**self.known.constants, **point}, 20)
            except (ArithmeticError, ValueError, KeyError):
                return False
            if value < 0 or (bound.strict and not value):
                return False
        return True


def positivity(expression: Expression, known: Known) -> str:
    """The condition that a formula is positive, as short as it can be said."""
    return f"{in_words(open_part(expression, known))} > 0"


def constraints_of(derivation: Derivation) -> Constraints:
    """The stated inequalities, and the domains of parameters that symbols had to be assumed to lie in."""
    network = derivation.network
    constants = {name: Fraction(value.number() or 0) for name, value in network.constants.items()}
    known = Known(network.facts, network.whole, constants)
    bounds = [Bound(fact.difference, fact.strict, f"{in_words(fact.difference)} {'>' if fact.strict else '>='} 0")
              for fact in network.facts]
    for assumption in network.assumptions:
        if assumption.name == "domain" and isinstance(assumption.statement, str):
            bounds += _read(assumption.statement)
    return Constraints(tuple(dict.fromkeys(bounds)), known)


def _read(statement: str) -> Iterable[Bound]:
    """`keep <= 1` and its like; a formula too long to be spelled out is left to the reader."""
    try:
        relation = parse_formula(Source("a domain", statement))
        if not isinstance(relation, Relation):
            return
        for first, operator, second in to_relation(relation, {}, free=True):
            low, high = (first, second) if operator in {"<", "<="} else (second, first)
            yield Bound(high - low, operator in {"<", ">"}, statement)
    except FreeblockError:
        return


def _is_whole(value: Expression, known: Known) -> bool | None:
    exact = value.number()
    if exact is not None:
        return isinstance(exact, int)
    if symbols(value) - known.constants.keys():
        whole = all(isinstance(coefficient, int) and all(
            base in known.whole and isinstance(exponent, int) and exponent > 0 for base, exponent in monomial)
            for monomial, coefficient in value.terms.items())
        return True if whole else None
    number = evaluate_precisely(value, known.constants, DIGITS)
    with mpmath.workdps(DIGITS):
        if abs(number) >= mpmath.mpf(10) ** (DIGITS - 10):
            return None  # its digits do not reach behind the point
        return bool(abs(number - mpmath.nint(number)) <= abs(number) * mpmath.mpf(10) ** (10 - DIGITS))
