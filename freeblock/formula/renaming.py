"""Formulas that differ in the names of their symbols only: what holds of one is renamed for the others.

Every choice of the normal form and of its layout (the order of terms, the sign of a wrapped sum) compares
names and looks at nothing else in them. So a result may be renamed instead of worked out again, as long as
the new names compare to one another, and to every name that stays, as the old ones do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from freeblock.formula.expression import CONSTANTS, Base, Exponent, Expression, Function, Monomial
from freeblock.formula.functions import BOUND
from freeblock.formula.rational import Rational
from freeblock.formula.traversal import bottom_up, is_nested, symbols

_FIRST, _MIDDLE, _LAST = sorted(CONSTANTS)[0], sorted(CONSTANTS)[1], "z"


def symbol_name(expression: Expression) -> str | None:
    """The name, if the formula is one symbol and nothing else."""
    if len(expression.terms) != 1:
        return None
    ((monomial, coefficient),) = expression.terms.items()
    if coefficient != 1 or len(monomial) != 1:
        return None
    ((base, exponent),) = monomial
    return base if type(base) is str and exponent == 1 and base not in CONSTANTS else None


def ranking(varying: Sequence[str], fixed: Iterable[str]) -> tuple[object, ...]:
    """How the varying names compare to one another, to the fixed ones and to the constants."""
    places = {name: place for place, name in enumerate(varying)}
    return tuple([places.get(name, name) for name in sorted({*varying, *fixed, *CONSTANTS})])


def standard_names(names: Iterable[str]) -> dict[str, str]:
    """New names that are the same for every set of names that compares alike (with pi and e, which stay)."""
    found = {}
    for place, name in enumerate(sorted(names)):
        stem = "A" if name < _FIRST else f"{_FIRST}A" if name < _MIDDLE else f"{_MIDDLE}A"
        found[name] = f"{stem} {place:06d}"
    return found


def can_be_renamed(expression: Expression) -> bool:
    """Whether no bound index is inside, whose name would have to be kept apart."""
    return not is_nested(expression) or not any(
        isinstance(base, Function) and base.name in BOUND
        for part in bottom_up(expression) for monomial in part.terms for base, _ in monomial)


def rename(expression: Expression, names: Mapping[str, str]) -> Expression:
    """The formula with other names, which compare as the old ones do; it is not put into normal form again."""
    if symbols(expression).isdisjoint(names):
        return expression
    if not is_nested(expression):
        return _renamed(expression, names, {})
    done: dict[Expression, Expression] = {}
    for part in bottom_up(expression):
        done[part] = _renamed(part, names, done)
    return done[expression]


def _renamed(part: Expression, names: Mapping[str, str], done: Mapping[Expression, Expression]) -> Expression:
    terms: dict[Monomial, Rational] = {}
    for monomial, coefficient in part.terms.items():
        terms[frozenset([
            (_renamed_base(base, names, done), done[exponent] if isinstance(exponent, Expression) else exponent)
            for base, exponent in monomial])] = coefficient
    result = Expression(terms)
    if part.free is not None:
        result.free = frozenset([names.get(name, name) for name in part.free])
    return result


def _renamed_base(base: Base, names: Mapping[str, str], done: Mapping[Expression, Expression]) -> Base:
    if type(base) is str:
        return names.get(base, base)
    if isinstance(base, Expression):
        return done[base]
    if isinstance(base, Function):
        return Function(base.name, tuple(done[part] for part in base.arguments))
    return base


Factors = tuple[tuple[Base, Exponent], ...]


class _Part(NamedTuple):
    """A part that holds names; per term the factors that stay, those that are renamed, and the coefficient."""

    terms: Sequence[tuple[Factors, Factors, Rational]]
    fixed: frozenset[str]
    varying: frozenset[str]


class Renaming:
    """Formulas prepared to be renamed again and again: only what holds one of the names is made anew."""

    def __init__(self, expressions: Sequence[Expression], names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._expressions = tuple(expressions)
        self._parts: dict[Base, _Part | None] = {}
        for expression in expressions:
            for part in bottom_up(expression):
                if part not in self._parts and not symbols(part).isdisjoint(names):
                    self._parts[part] = self._prepared(part)

    def at(self, names: Sequence[str]) -> list[Expression]:
        """The formulas with these names in the places of the first ones, to which they compare alike."""
        new = dict(zip(self._names, names, strict=True))
        done: dict[Base, Expression] = {}
        for whole, prepared in self._parts.items():
            if prepared is None:
                assert isinstance(whole, Expression)
                done[whole] = rename(whole, new)
                continue
            result = Expression({
                frozenset([*same, *[(new[base] if type(base) is str else done[base], exponent)
                                    for base, exponent in others]]): coefficient
                for same, others, coefficient in prepared.terms})
            result.free = prepared.fixed.union([new[name] for name in prepared.varying])
            done[whole] = result
        return [done.get(expression, expression) for expression in self._expressions]

    def _prepared(self, part: Expression) -> _Part | None:
        """None where a function or a symbolic exponent is inside: such parts are renamed as a whole."""
        terms = []
        for monomial, coefficient in part.terms.items():
            same: list[tuple[Base, Exponent]] = []
            others: list[tuple[Base, Exponent]] = []
            for base, exponent in monomial:
                if isinstance(base, Function) or isinstance(exponent, Expression):
                    return None
                varies = base in self._names if type(base) is str else base in self._parts
                (others if varies else same).append((base, exponent))
            terms.append((tuple(same), tuple(others), coefficient))
        free = part.free or frozenset()
        return _Part(terms, free.difference(self._names), free.intersection(self._names))


def all_symbols(expressions: Iterable[Expression]) -> frozenset[str]:
    """The free symbols of several formulas."""
    return frozenset().union(*map(symbols, expressions))
