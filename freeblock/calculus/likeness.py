"""Laws that differ in symbols or numbers only: each kind is worked out once and filled in for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from freeblock.calculus.law import Law, Model
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.formula.expression import Expression, Monomial, symbol
from freeblock.formula.filling import Filling
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.products import product
from freeblock.formula.rational import Rational
from freeblock.formula.renaming import (
    Renaming,
    all_symbols,
    can_be_renamed,
    ranking,
    rename,
    standard_names,
    symbol_name,
)
from freeblock.formula.traversal import substitute
from freeblock.network.nodes import Leaf

WIDTHS = frozenset({"fan_in", "fan_out"})

Key = tuple[object, ...]


class LeafLaws:
    """The laws of components, each kind worked out once.

    Where the arguments given are symbols, the law of the first leaf of a kind is renamed; where they are
    numbers (times products of symbols), or anything else, a law with placeholders is filled in.
    """

    def __init__(self, order: int, stated: frozenset[str]) -> None:
        self._order = order
        self._stated = stated
        """Symbols of which more is known than that they are positive: what is found for one may fail for another."""
        self._named: dict[Key, _Named] = {}
        self._numbered: dict[Key, _Numbered] = {}
        self._placeholders: dict[Key, Law] = {}

    def law(self, leaf: Leaf) -> Law:
        """The law of one component. Raises LibraryError where its rule gives none."""
        arguments, given = leaf.arguments, leaf.given
        names = [name for name in arguments if name not in WIDTHS]
        if leaf.jacobian.opaque or not all(is_manifestly_positive(arguments[name]) for name in names):
            # Zero and negative parameters are special: what holds of a positive symbol need not hold of them.
            return leaf_law(leaf, self._order)
        written = [name for name in names if name in given]
        fixed = (leaf.rows, leaf.columns, *[arguments[name] for name in names if name not in given])
        found: Law | None = None
        if all(symbol_name(arguments[name]) is not None for name in written):
            found = self._renamed(leaf, written, fixed)
        elif all(_is_number_times_symbols(arguments[name]) for name in written):
            found = self._with_numbers(leaf, written, fixed)
        return found or self._substituted(leaf, tuple(names))

    def _renamed(self, leaf: Leaf, written: Sequence[str], fixed: tuple[Expression, ...]) -> Law | None:
        """None where a symbol is also a part of what stays, or something is stated about it."""
        values = [symbol_name(leaf.arguments[name]) or "" for name in written]
        varying = list(dict.fromkeys(values))
        key = (id(leaf.jacobian), fixed, tuple(written), tuple([varying.index(value) for value in values]))
        kind = self._named.get(key)
        if kind is None:
            kind = self._named[key] = _Named(all_symbols(fixed))
        if not kind.fixed.isdisjoint(varying) or not self._stated.isdisjoint(varying):
            return None
        order = ranking(varying, kind.fixed)
        known = kind.laws.get(order)
        if known is None:
            law = leaf_law(leaf, self._order)
            kind.laws[order] = law, tuple(varying), Renaming((law.phi, *law.state), varying)
            return law
        law, first, renaming = known
        phi, *state = renaming.at(varying)
        return Law(law.rows, law.columns, phi, tuple(state), (), Model(law, dict(zip(first, varying, strict=True))))

    def _with_numbers(self, leaf: Leaf, written: Sequence[str], fixed: tuple[Expression, ...]) -> Law | None:
        values: dict[str, Rational] = {}
        monomials: list[Monomial] = []
        for name in written:
            ((monomial, values[_placeholder(name)]),) = leaf.arguments[name].terms.items()
            monomials.append(monomial)
        key = (id(leaf.jacobian), fixed, tuple(written), tuple(monomials))
        known = self._numbered.get(key)
        if known is None:
            held = {name: product(((symbol(_placeholder(name)), 1), (Expression({monomial: 1}), 1)))
                    for name, monomial in zip(written, monomials, strict=True)}
            law = leaf_law(replace(leaf, arguments={**leaf.arguments, **held}), self._order)
            known = self._numbered[key] = _Numbered(law)
        return known.at(values)

    def _substituted(self, leaf: Leaf, names: tuple[str, ...]) -> Law:
        key = (id(leaf.jacobian), leaf.rows, leaf.columns, names)
        law = self._placeholders.get(key)
        if law is None:
            held = {name: symbol(_placeholder(name)) for name in names}
            law = self._placeholders[key] = leaf_law(
                replace(leaf, arguments={**leaf.arguments, **held}), self._order)
        values = {_placeholder(name): leaf.arguments[name] for name in names}
        return Law(law.rows, law.columns, substitute(law.phi, values),
                   tuple([substitute(value, values) for value in law.state]),
                   tuple([substitute(moment, values) for moment in law.known]))


def _is_number_times_symbols(value: Expression) -> bool:
    return len(value.terms) == 1


def _placeholder(name: str) -> str:
    """A symbol no text can name."""
    return f"parameter {name}"


@dataclass(frozen=True, slots=True)
class _Named:
    """Components alike up to the names of their arguments: the law of the first one for each way names compare."""

    fixed: frozenset[str]
    laws: dict[Key, tuple[Law, tuple[str, ...], Renaming]] = field(default_factory=dict)


class _Numbered:
    """A law with placeholders for numbers."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._phi = Filling(law.phi)
        self._state = [Filling(value) for value in law.state]
        self._known = [Filling(moment) for moment in law.known]

    def at(self, values: Mapping[str, Rational]) -> Law:
        """The law with the numbers in it."""
        return Law(self._law.rows, self._law.columns, self._phi.at(values),
                   tuple([value.at(values) for value in self._state]),
                   tuple([moment.at(values) for moment in self._known]))


ALIKE_SYMBOLS = 40
"""Blocks with more symbols than this are too particular to have a likeness worth looking for."""


class CompositeLaws:
    """The laws of composite blocks; parts that differ in the names of symbols only are combined once."""

    def __init__(self) -> None:
        self._known: dict[Key, tuple[Law, list[str]]] = {}

    def law(self, theorem: Callable[[Sequence[Law]], Law], laws: Sequence[Law]) -> Law:
        """What the theorem makes of the laws."""
        formulas = [part for law in laws for part in (law.rows, law.columns, law.phi, *law.state, *law.first_moments())]
        names = sorted(all_symbols(formulas))
        if len(names) > ALIKE_SYMBOLS or not all(map(can_be_renamed, formulas)):
            return theorem(laws)
        standard = standard_names(names)
        key = (theorem, len(laws), *[rename(formula, standard) for formula in formulas])
        known = self._known.get(key)
        if known is None:
            law = theorem(laws)
            self._known[key] = (law, names)
            return law
        law, old = known
        return law.renamed({one: other for one, other in zip(old, names, strict=True) if one != other})
