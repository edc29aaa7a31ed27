"""The texts of steps whose laws differ in the names of symbols: printed once with blanks, then filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from freeblock.calculus.law import Law, Model
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.notations import LATEX, PYTHON, python_name
from freeblock.formula.printing import Notation, Text, print_blank, print_blank_terms
from freeblock.formula.renaming import all_symbols, rename
from freeblock.network.nodes import Leaf
from freeblock.report.definitions import SHORT, Definitions

_GAP = "\0"
"""Between texts that are filled in together; in no formula."""


class StepResults(NamedTuple):
    """φ, ϕ and the state in Python, φ in LaTeX; for a component also its arguments, a JSON object."""

    arguments: str
    phi: str
    variance: str
    state: Sequence[str]
    latex: str


class AlikeSteps:
    """Fills in the texts of renamed laws and hands those of the state to the definitions."""

    def __init__(self, formulas: Definitions) -> None:
        self._formulas = formulas
        self._kinds: dict[int, _Kind] = {}

    def texts(self, law: Law, model: Model, leaf: Leaf | None = None, used: Sequence[str] = ()) -> StepResults | None:
        """The texts of a law that was renamed from the model; None where φ or ϕ is long, or where a name
        does not bind like a letter.

        `used` are the parameters of the component that its rule's formula names.
        """
        latex = self._formulas.latex_notation
        if not latex.fills:
            return None
        kind = self._kinds.get(id(model.law))
        if kind is None:
            kind = self._kinds[id(model.law)] = _Kind(model, leaf, used)
        names = model.names
        python = {old: python_name(names.get(old, old)) for old in kind.names}
        texts = (kind.python % python).split(_GAP)
        if len(texts[1]) > SHORT or len(texts[2]) > SHORT:
            return None
        typeset = (kind.latex % {old: latex.name(names.get(old, old))[0] for old in kind.names}).split(_GAP)
        parts = law.state if kind.wrapped is None else (*law.state, _wrapped_sum(law) or ZERO)
        for value, place, strengths in zip(parts, kind.places, kind.strengths, strict=True):
            self._formulas.take(value, _with_strengths(texts, place + 2, strengths[0]),
                                _with_strengths(typeset, place, strengths[1]))
        state = [texts[place + 2] if len(texts[place + 2]) <= SHORT else self._formulas.short(value)
                 for value, place in zip(law.state, kind.places, strict=False)]
        return StepResults(texts[0], texts[1], texts[2], state, typeset[0])


Strengths = Sequence[int | None]
"""How tightly a formula and each of its terms bind; None for a term that is quickly printed."""


def _with_strengths(texts: Sequence[str], place: int, strengths: Strengths) -> list[Text | None]:
    return [None if strength is None else (text, strength)
            for text, strength in zip(texts[place:place + len(strengths)], strengths, strict=True)]


class _Kind:
    """What the texts of alike components have in common; the names of the model stand in the blanks."""

    def __init__(self, model: Model, leaf: Leaf | None, used: Sequence[str]) -> None:
        law = model.law
        self.names = all_symbols((law.phi, *law.state)).union(model.old)
        python = ["" if leaf is None else _arguments(leaf, model.names, used), self._blank(law.phi, PYTHON),
                  self._blank(law.variance or ZERO, PYTHON)]
        latex = [self._blank(law.phi, LATEX)]
        self.wrapped = _wrapped_sum(law)
        self.places: list[int] = []
        """Where the texts of each λ begin: the whole, then its terms; the sum in φ comes last."""
        self.strengths: list[tuple[Strengths, Strengths]] = []
        for value in law.state if self.wrapped is None else (*law.state, self.wrapped):
            self.places.append(len(latex))
            pieces = [self._pieces(value, PYTHON), self._pieces(value, LATEX)]
            python += [piece[0] if piece else "" for piece in pieces[0]]
            latex += [piece[0] if piece else "" for piece in pieces[1]]
            first, second = ([piece and piece[1] for piece in found] for found in pieces)
            self.strengths.append((first, second))
        self.python, self.latex = _GAP.join(python), _GAP.join(latex)

    def _blank(self, value: Expression, notation: Notation) -> str:
        return print_blank(value, notation, self.names)[0]

    def _pieces(self, value: Expression, notation: Notation) -> list[Text | None]:
        return [print_blank(value, notation, self.names), *print_blank_terms(value, notation, self.names)]


def _wrapped_sum(law: Law) -> Expression | None:
    """The sum that φ is a multiple of: a factor of every product with φ, and printed there."""
    sums = [base for monomial in (law.factor or ZERO).terms for base, _ in monomial if isinstance(base, Expression)]
    return sums[0] if len(sums) == 1 else None


def _arguments(leaf: Leaf, names: Mapping[str, str], used: Sequence[str]) -> str:
    """The arguments as a JSON object, with the model's names in the blanks."""
    old_names = {new: old for old, new in names.items()}
    found = {name: print_blank(rename(leaf.arguments[name], old_names), PYTHON, names)[0] for name in used}
    return json.dumps(found, ensure_ascii=False)
