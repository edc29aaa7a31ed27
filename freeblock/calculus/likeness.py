"""Laws that differ in symbols or numbers only: each kind is worked out once and filled in for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from freeblock.calculus.law import Law, Model
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.formula.expression import Expression, Monomial, symbol
from freeblock.formula.filling import Filling
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.products import as_factor, product
from freeblock.formula.rational import Rational
from freeblock.formula.renaming import (
    Renaming,
    all_symbols,
    in_order_with_constants,
    ranking,
    rename,
)
from freeblock.formula.structure import symbol_name
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.nodes import Leaf

WIDTHS = frozenset({"fan_in", "fan_out"})

Key = tuple[object, ...]

MANY_KINDS = 20
"""With more widths than this, the first component of a further one is filled in."""
ALIKE_FORMS = 100
"""Forms of arguments (a, a/n, 2*a/n …) whose laws are kept to be renamed; beyond, it is the numbers that differ."""


class LeafLaws:
    """The laws of components, each kind worked out once.

    Where the arguments given are symbols, the law of the first leaf of a kind is renamed; where they are
    numbers (times products of symbols), or anything else, a law with placeholders is filled in.
    """

    def __init__(self, order: int, stated: frozenset[str]) -> None:
        self._order = order
        self._stated = stated
        """Symbols of which more is known than that they are positive: what is found for one may fail for another."""
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
                family = self._families.setdefault((id(leaf.jacobian), given, names), Family())
                kind = self._kinds[key] = Kind(leaf, names, fixed, family)
            # The leaf is kept so that no other object takes the identity of one of its parts.
            known = self._places[place] = kind, leaf
        return known[0]

    def law(self, leaf: Leaf, kind: Kind) -> Law:
        """The law of one component. Raises LibraryError where its rule gives none."""
        values = [leaf.arguments[name] for name in kind.written]
        if kind.particular or not all(map(is_manifestly_positive, values)):
            # Zero and negative parameters are special: what holds of a positive symbol need not hold of them.
            return leaf_law(leaf, self._order)
        if kind.family.kinds > MANY_KINDS and kind.is_new:
            # One of many widths, and perhaps the only component of this one: not worth a law to be renamed.
            kind.is_new = False
            return self._substituted(leaf, kind)
        single = all([len(value.terms) == 1 for value in values])
        if single and kind.numbered:
            # Where one was filled in with numbers, those with the same symbols are.
            known = kind.numbered.get(tuple([next(iter(value.terms)) for value in values]))
            if known is not None:
                return known.at([next(iter(value.terms.values())) for value in values])
        found = self._renamed(leaf, kind, values)
        if found is None and single:
            found = self._with_numbers(leaf, kind, values)
        return found or self._substituted(leaf, kind)

    def _renamed(self, leaf: Leaf, kind: Kind, values: Sequence[Expression]) -> Law | None:
        """None where there is nothing to rename, or more is known of a symbol than that it is positive."""
        names = [symbol_name(value) for value in values]
        only = names[0] if len(names) == 1 else None
        varying = [only] if only is not None else list(dict.fromkeys(
            name for value, single in zip(values, names, strict=True)
            for name in ((single,) if single is not None else sorted(symbols(value) - kind.fixed))))
        if not varying or not kind.fixed.isdisjoint(varying) or not self._stated.isdisjoint(varying):
            return None
        rank = ranking(varying, kind.fixed_in_order)
        key: Key = rank
        if only is None:
            places = {name: f"symbol {place}" for place, name in enumerate(varying)}
            key = (rank, *[rename(value, places) if single is None else places[single]
                           for value, single in zip(values, names, strict=True)])
        known = kind.named.get(key)
        if known is None:
            if len(kind.named) >= ALIKE_FORMS:
                return None
            law = leaf_law(leaf, self._order)
            law = replace(law, factor=as_factor(law.phi))
            kind.named[key] = law, tuple(varying), Renaming((law.phi, law.factor or law.phi, *law.state), varying)
            return law
        law, first, renaming = known
        phi, factor, *state = renaming.at(varying)
        return Law(law.rows, law.columns, phi, tuple(state), (), Model(law, first, varying), factor)

    def _with_numbers(self, leaf: Leaf, kind: Kind, values: Sequence[Expression]) -> Law:
        """The law at numbers times products of symbols."""
        monomials = tuple([next(iter(value.terms)) for value in values])
        held = {name: product(((symbol(_placeholder(name)), 1), (Expression({monomial: 1}), 1)))
                for name, monomial in zip(kind.written, monomials, strict=True)}
        law = leaf_law(replace(leaf, arguments={**leaf.arguments, **held}), self._order)
        known = kind.numbered[monomials] = _Numbered(law, [_placeholder(name) for name in kind.written])
        return known.at([next(iter(value.terms.values())) for value in values])

    def _substituted(self, leaf: Leaf, kind: Kind) -> Law:
        law = kind.family.general
        names = (*kind.names, *WIDTHS)
        if law is None:
            held = {name: symbol(_placeholder(name)) for name in names}
            general = replace(leaf, arguments={**leaf.arguments, **held}, rows=held["fan_out"], columns=held["fan_in"])
            law = kind.family.general = leaf_law(general, self._order)
        values = {_placeholder(name): leaf.arguments[name] for name in names}
        return Law(leaf.rows, leaf.columns, substitute(law.phi, values),
                   tuple([substitute(value, values) for value in law.state]),
                   tuple([substitute(moment, values) for moment in law.known]))


class Family:
    """Components alike up to their arguments and widths."""

    def __init__(self) -> None:
        self.kinds = 0
        """How many widths and arguments that are not given there are."""
        self.general: Law | None = None
        """A law with placeholders for all parameters and the widths."""


class Kind:
    """Components alike up to the arguments given, and the laws that were worked out for them."""

    def __init__(self, leaf: Leaf, names: tuple[str, ...], fixed: Sequence[Expression], family: Family) -> None:
        family.kinds += 1
        self.family = family
        self.is_new = True
        self.names = names
        """The parameters."""
        self.written = tuple(name for name in names if name in leaf.given)
        self.fixed = all_symbols((leaf.rows, leaf.columns, *fixed))
        """The symbols of everything but the arguments given."""
        self.fixed_in_order = in_order_with_constants(self.fixed)
        self.particular = leaf.jacobian.opaque or not all(map(is_manifestly_positive, fixed))
        """Every law is worked out by itself."""
        self.named: dict[Key, tuple[Law, tuple[str, ...], Renaming]] = {}
        """The law of the first one for each way the names of arguments compare."""
        self.numbered: dict[tuple[Monomial, ...], _Numbered] = {}
        """Laws with placeholders for numbers."""


def _placeholder(name: str) -> str:
    """A symbol no text can name."""
    return f"parameter {name}"


class _Numbered:
    """A law with placeholders for numbers."""

    def __init__(self, law: Law, names: Sequence[str]) -> None:
        self._law = law
        self._filling = Filling((law.phi, *law.state), names)

    def at(self, numbers: Sequence[Rational]) -> Law:
        """The law with the numbers in it, in the order of the names."""
        phi, *state = self._filling.at(numbers)
        return Law(self._law.rows, self._law.columns, phi, tuple(state))
