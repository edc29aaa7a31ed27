"""Laws of composite blocks: parts that differ in the names of symbols only are combined once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from freeblock.calculus.law import Law, Model
from freeblock.formula.expression import Expression
from freeblock.formula.products import as_factor
from freeblock.formula.renaming import (
    Renaming,
    all_symbols,
    can_be_renamed,
    in_order_with_constants,
    ranking,
    rename,
    standard_names,
)
from freeblock.formula.structure import has_at_most

ALIKE_SYMBOLS = 40
"""Blocks with more symbols than this are too particular to have a likeness worth looking for."""
ALIKE_TERMS = 1000
"""So are blocks of laws with more terms: in a deep nest each level would walk through all those inside it."""
ALIKE_PARTS = 8
"""So are blocks of more parts."""

Key = tuple[object, ...]
Theorem = Callable[[Sequence[Law]], Law]


class _Combined(NamedTuple):
    """A law, and how to rename it; the laws it was made of are kept so that no other takes their identity."""

    parts: Sequence[Law]
    law: Law
    names: Sequence[str]
    renaming: Renaming


class CompositeLaws:
    """What theorems make of the laws of parts."""

    def __init__(self) -> None:
        self._by_models: dict[Key, _Combined] = {}
        self._fixed: dict[Key, list[str]] = {}
        self._by_form: dict[Key, tuple[Law, list[str]]] = {}

    def law(self, theorem: Theorem, laws: Sequence[Law]) -> Law:
        """What the theorem makes of the laws."""
        new = [name for law in laws if law.model is not None for name in law.model.new]
        if not new or len(laws) > ALIKE_PARTS:
            return self._of_form(theorem, laws) or theorem(laws)
        varying = list(dict.fromkeys(new))
        places = {name: place for place, name in enumerate(varying)}
        parts = tuple([_kind(law) for law in laws])
        key = (theorem, parts, tuple([places[name] for name in new]), ranking(varying, self._fixed_names(parts, laws)))
        known = self._by_models.get(key)
        if known is None:
            return self._first(key, theorem, laws, varying)
        rows, columns, phi, factor, *state = known.renaming.at(varying)
        return Law(rows, columns, phi, tuple(state), (), Model(known.law, known.names, varying), factor)

    def _fixed_names(self, parts: Key, laws: Sequence[Law]) -> list[str]:
        """The symbols that are the same in every renaming of these laws, in order."""
        known = self._fixed.get(parts)
        if known is None:
            known = self._fixed[parts] = in_order_with_constants(name for law in laws for name in (
                all_symbols(_formulas(law)) if law.model is None
                else all_symbols(_formulas(law.model.law)).difference(law.model.old)))
        return known

    def _first(self, key: Key, theorem: Theorem, laws: Sequence[Law], varying: Sequence[str]) -> Law:
        law = self._of_form(theorem, laws)
        if law is None:
            return theorem(laws)
        parts = [one if one.model is None else one.model.law for one in laws]
        factor = as_factor(law.phi)
        renaming = Renaming((law.rows, law.columns, law.phi, factor, *law.state), varying)
        self._by_models[key] = _Combined(parts, replace(law, factor=factor), varying, renaming)
        return law

    def _of_form(self, theorem: Theorem, laws: Sequence[Law]) -> Law | None:
        """By the form of the formulas, names apart; None where they are too particular."""
        formulas = [formula for law in laws for formula in _formulas(law)]
        names = sorted(all_symbols(formulas))
        if len(names) > ALIKE_SYMBOLS or not has_at_most(ALIKE_TERMS, formulas) or \
                not all(map(can_be_renamed, formulas)):
            return None
        standard = standard_names(names)
        key = (theorem, len(laws), *[rename(formula, standard) for formula in formulas])
        known = self._by_form.get(key)
        if known is None:
            law = theorem(laws)
            self._by_form[key] = (law, names)
            return law
        law, old = known
        return law.renamed({one: other for one, other in zip(old, names, strict=True) if one != other})


def _kind(law: Law) -> Key:
    """What laws have in common that were renamed from one."""
    model = law.model
    if model is None:
        return id(law), ()
    kind = id(model.law), tuple(model.old)
    return kind if model.sized else (*kind, law.rows, law.columns)


def _formulas(law: Law) -> list[Expression]:
    return [law.rows, law.columns, law.phi, *law.state, *law.first_moments()]
