"""Formulas that differ in the names of their symbols only: what holds of one is renamed for the others.

Every choice of the normal form and of its layout (the order of terms, the sign of a wrapped sum) compares
names and looks at nothing else in them. So a result may be renamed instead of worked out again, as long as
the new names compare to one another, and to every name that stays, as the old ones do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from freeblock.formula.expression import CONSTANTS, Base, Exponent, Expression, Function, Monomial
from freeblock.formula.functions import BOUND
from freeblock.formula.rational import Rational
from freeblock.formula.structure import bottom_up, is_nested
from freeblock.formula.traversal import symbols

_FIRST, _MIDDLE, _LAST = sorted(CONSTANTS)[0], sorted(CONSTANTS)[1], "z"


def in_order_with_constants(fixed: Iterable[str]) -> list[str]:
    """Names that stay, and the constants, as `ranking` takes them."""
    return sorted({*fixed, *CONSTANTS})


def ranking(varying: Sequence[str], fixed: Sequence[str]) -> tuple[int, ...]:
    """How the varying names, all different, compare to one another and to the fixed ones, which are in order.

    A name that is one of the fixed is told from its neighbours by a negative place.
    """
    places = []
    for name in varying:
        place = bisect_left(fixed, name)
        places.append(~place if place < len(fixed) and fixed[place] == name else place)
    if len(varying) > 1:
        places += sorted(range(len(varying)), key=varying.__getitem__)
    return tuple(places)


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


class _Monomial(NamedTuple):
    """The factors that stay, and those that are renamed: the place of the new base, the exponent."""

    fixed: tuple[tuple[Base, Exponent], ...]
    varying: tuple[tuple[int, Exponent], ...]


class _Part(NamedTuple):
    """A part that holds names: per term the place of its monomial and its coefficient, and the place of its names.

    None instead of terms where a function or a symbolic exponent is inside: it is renamed as a whole.
    """

    old: Expression
    monomials: Sequence[_Monomial]
    """Those that no part before it has."""
    terms: Sequence[tuple[int, Rational]] | None
    free: int


class Renaming:
    """Formulas prepared to be renamed again and again: only what holds one of the names is made anew, and only once.

    What the new formulas have in common they share, which is most of what they are made of.
    """

    def __init__(self, expressions: Sequence[Expression], names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._parts: list[_Part] = []
        self._free: dict[tuple[frozenset[str], tuple[int, ...]], int] = {}
        self._monomials: dict[_Monomial, int] = {}
        self._places: dict[Base, int] = {name: place for place, name in enumerate(names)}
        """The names, then the parts that hold them."""
        for expression in expressions:
            for part in bottom_up(expression):
                if part not in self._places and not symbols(part).isdisjoint(names):
                    self._parts.append(self._prepared(part))
                    self._places[part] = len(self._places)
        self._results = [(self._places.get(expression), expression) for expression in expressions]

    def at(self, names: Sequence[str]) -> list[Expression]:
        """The formulas with these names in the places of the first ones, to which they compare alike."""
        free = [fixed.union([names[place] for place in places]) if fixed else frozenset(
            [names[place] for place in places]) for fixed, places in self._free]
        values: list[Any] = list(names)
        made: list[Monomial] = []
        for old, monomials, terms, place_of_free in self._parts:
            for fixed, varying in monomials:
                if len(varying) == 1:
                    ((place, exponent),) = varying
                    made.append(frozenset((*fixed, (values[place], exponent))))
                else:
                    made.append(frozenset([*fixed, *[(values[place], exponent) for place, exponent in varying]]))
            if terms is None:
                result = rename(old, dict(zip(self._names, names, strict=True)))
            else:
                result = Expression({made[place]: coefficient for place, coefficient in terms})
                result.free = free[place_of_free]
            values.append(result)
        return [expression if place is None else values[place] for place, expression in self._results]

    def _prepared(self, part: Expression) -> _Part:
        found: list[tuple[_Monomial, Rational]] = []
        for monomial, coefficient in part.terms.items():
            if any(isinstance(base, Function) or isinstance(exponent, Expression) for base, exponent in monomial):
                return _Part(part, (), None, 0)
            found.append((_Monomial(
                tuple([(base, exponent) for base, exponent in monomial if base not in self._places]),
                tuple([(self._places[base], exponent) for base, exponent in monomial if base in self._places]),
            ), coefficient))
        new = [recipe for recipe, _ in found if recipe not in self._monomials]
        for recipe in new:
            self._monomials[recipe] = len(self._monomials)
        names = part.free or frozenset()
        key = names.difference(self._names), tuple([self._places[name] for name in names.intersection(self._names)])
        return _Part(part, new, [(self._monomials[recipe], coefficient) for recipe, coefficient in found],
                     self._free.setdefault(key, len(self._free)))


def all_symbols(expressions: Iterable[Expression]) -> frozenset[str]:
    """The free symbols of several formulas."""
    return frozenset().union(*map(symbols, expressions))
