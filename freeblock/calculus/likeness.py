"""Laws that differ in symbols or numbers only: each kind is worked out once and filled in for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from freeblock.calculus.law import Law, Model
from freeblock.calculus.leaf_forms import WIDTHS, Family, Form, Key, Numbered, placeholder
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.products import as_factor, product
from freeblock.formula.renaming import Renaming, ranking, rename
from freeblock.formula.structure import symbol_name
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.nodes import Leaf

ALIKE_FORMS = 100
"""Forms of arguments (a, a/n, 2*a/n …) whose laws are kept to be renamed; beyond, it is the numbers that differ."""


class Kind(NamedTuple):
    """Components alike up to the arguments given."""

    given: tuple[str, ...]
    form: Form


class LeafLaws:
    """The laws of components, each kind worked out once.

    Where the arguments given are symbols, the law of the first leaf of a kind is renamed; where they are
    numbers (times products of symbols), or anything else, a law with placeholders is filled in.
    """

    def __init__(self, order: int, stated: frozenset[str], whole: frozenset[str]) -> None:
        self._order = order
        self._stated = stated
        """Symbols of which more is known than their sort: what is found for one may fail for another."""
        self._whole = whole
        """Symbols that are whole numbers; the others are positive numbers of any kind."""
        self._kinds: dict[Key, Kind] = {}
        self._families: dict[Key, Family] = {}
        self._places: dict[Key, tuple[Kind, Leaf]] = {}
        """Kinds by the identity of what they rest on: leaves that were made alike hold the same objects."""

    def kind(self, leaf: Leaf) -> Kind:
        """What the leaf has in common with those that differ in the given arguments only."""
        given = leaf.given
        place = (id(leaf.jacobian), given, id(leaf.rows), id(leaf.columns),
                 *[id(value) for name, value in leaf.arguments.items() if name not in given])
        known = self._places.get(place)
        if known is None:
            names = tuple(name for name in leaf.arguments if name not in WIDTHS)
            fixed = tuple(leaf.arguments[name] for name in names if name not in given)
            key = (id(leaf.jacobian), given, names, leaf.rows, leaf.columns, fixed)
            kind = self._kinds.get(key)
            if kind is None:
                kind = self._kinds[key] = Kind(tuple([name for name in names if name in given]), self._form(leaf))
            # The leaf is kept so that no other object takes the identity of one of its parts.
            known = self._places[place] = kind, leaf
        return known[0]

    def _form(self, leaf: Leaf) -> Form:
        square = leaf.rows == leaf.columns
        key = (id(leaf.jacobian), leaf.given, square)
        family = self._families.get(key)
        if family is None:
            family = self._families[key] = Family(leaf, square=square)
        return family.form(leaf)

    def law(self, leaf: Leaf, kind: Kind) -> Law:
        """The law of one component. Raises LibraryError where its rule gives none."""
        form = kind.form
        values = [leaf.arguments[name] for name in form.varying]
        if form.particular or not all(map(is_manifestly_positive, values)):
            # Zero and negative parameters are special: what holds of a positive symbol need not hold of them.
            return leaf_law(leaf, self._order)
        if not values:
            law = form.constant = form.constant or leaf_law(leaf, self._order)
            return Law(leaf.rows, leaf.columns, law.phi, law.state, law.known)
        single = all([len(value.terms) == 1 for value in values])
        if single and form.numbered:
            # Where one was filled in with numbers, those with the same symbols are.
            known = form.numbered.get(tuple([next(iter(value.terms)) for value in values]))
            if known is not None:
                return known.at(leaf, [next(iter(value.terms.values())) for value in values])
        found = self._renamed(leaf, form, values) if form.may_rename(values) else None
        if found is None and single and form.may_count(values):
            found = self._with_numbers(leaf, form, values)
        return found or self._substituted(leaf, form.family)

    def _renamed(self, leaf: Leaf, form: Form, values: Sequence[Expression]) -> Law | None:
        """None where there is nothing to rename, or more is known of a symbol than that it is positive."""
        names = [symbol_name(value) for value in values]
        only = names[0] if len(names) == 1 else None
        varying = [only] if only is not None else list(dict.fromkeys(
            name for value, single in zip(values, names, strict=True)
            for name in ((single,) if single is not None else sorted(symbols(value) - form.fixed))))
        if not varying or not form.fixed.isdisjoint(varying) or not self._stated.isdisjoint(varying):
            return None
        rank = ranking(varying, form.fixed_in_order)
        if not self._whole.isdisjoint(varying):
            rank = *rank, *[name in self._whole for name in varying]
        key: Key = rank
        if only is None:
            places = {name: f"symbol {place}" for place, name in enumerate(varying)}
            key = (rank, *[rename(value, places) if single is None else places[single]
                           for value, single in zip(values, names, strict=True)])
        known = form.named.get(key)
        if known is None:
            if len(form.named) >= ALIKE_FORMS:
                return None
            law = leaf_law(leaf, self._order)
            law = replace(law, factor=as_factor(law.phi))
            form.named[key] = law, tuple(varying), Renaming((law.phi, law.factor or law.phi, *law.state), varying)
            return law
        law, first, renaming = known
        phi, factor, *state = renaming.at(varying)
        model = Model(law, first, varying, form.family.sized)
        return Law(leaf.rows, leaf.columns, phi, tuple(state), (), model, factor)

    def _with_numbers(self, leaf: Leaf, form: Form, values: Sequence[Expression]) -> Law:
        """The law at numbers times products of symbols."""
        monomials = tuple([next(iter(value.terms)) for value in values])
        held = {name: product(((symbol(placeholder(name)), 1), (Expression({monomial: 1}), 1)))
                for name, monomial in zip(form.varying, monomials, strict=True)}
        law = leaf_law(replace(leaf, arguments={**leaf.arguments, **held}), self._order)
        known = form.numbered[monomials] = Numbered(law, [placeholder(name) for name in form.varying])
        return known.at(leaf, [next(iter(value.terms.values())) for value in values])

    def _substituted(self, leaf: Leaf, family: Family) -> Law:
        law = family.general
        if law is None:
            held = {name: symbol(placeholder(name)) for name in family.used}
            law = family.general = leaf_law(replace(leaf, arguments={**leaf.arguments, **held}), self._order)
        values = {placeholder(name): leaf.arguments[name] for name in family.used}
        return Law(leaf.rows, leaf.columns, substitute(law.phi, values),
                   tuple([substitute(value, values) for value in law.state]),
                   tuple([substitute(moment, values) for moment in law.known]))
