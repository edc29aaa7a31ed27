"""The texts of steps whose laws differ in the names of symbols: printed once with blanks, then filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from freeblock.calculus.law import Law, Model
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.notations import LATEX, PYTHON, python_name
from freeblock.formula.printing import Notation, Text, is_word, print_blank, print_blank_terms
from freeblock.formula.renaming import all_symbols, rename
from freeblock.formula.traversal import symbols
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
        self._kinds: dict[tuple[object, ...], _Kind] = {}
        """By the model and the names of it that vary: of a composite law only some may."""

    def texts(self, law: Law, model: Model, leaf: Leaf | None = None, used: Sequence[str] = ()) -> StepResults | None:
        """The texts of a law that was renamed from the model; None where φ or ϕ is long, or where a name
        does not bind like a letter or is set as a word.

        `used` are the parameters of the component that its rule's formula names.
        """
        if not self._formulas.latex_notation.fills:
            return None
        key = (id(model.law), *model.old)
        kind = self._kinds.get(key)
        first = kind is None
        if kind is None:
            kind = self._kinds[key] = _Kind(model, self._typeset_name, leaf, used)
        shown = [self._typeset_name(name) for name in model.new]
        if kind.has_words or any(map(is_word, shown)):
            return None
        texts = (kind.python % dict(zip(model.old, map(python_name, model.new), strict=True))).split(_GAP)
        if len(texts[1]) > SHORT or len(texts[2]) > SHORT:
            return None
        typeset = (kind.latex % dict(zip(model.old, shown, strict=True))).split(_GAP)
        parts = law.state if kind.wrapped is None else (*law.state, _wrapped_sum(law) or ZERO)
        for value, held in zip(parts, kind.values, strict=True):
            if held.varies or first:
                self._take(value, held, texts, typeset)
        state = [texts[held.place] if len(texts[held.place]) <= SHORT else self._formulas.short(value)
                 for value, held in zip(law.state, kind.values, strict=False)]
        return StepResults(texts[0], texts[1], texts[2], state, typeset[1])

    def _take(self, value: Expression, held: _Value, texts: Sequence[str], typeset: Sequence[str]) -> None:
        place, (python, latex) = held.place, held.strengths
        self._formulas.take(value, (texts[place], python), (typeset[place], latex))
        if held.terms:
            items = list(value.terms.items())
            for term, place, (python, latex) in held.terms:
                self._formulas.take_term(items[term], (texts[place], python), (typeset[place], latex))

    def _typeset_name(self, name: str) -> str:
        return self._formulas.latex_notation.name(name)[0]


class _Value(NamedTuple):
    """Where the texts of a value stand, and how tightly they bind in the two notations.

    The same for its terms, by their place in it, but for those that are quickly printed.
    """

    varies: bool
    place: int
    strengths: tuple[int, int]
    terms: Sequence[tuple[int, int, tuple[int, int]]]


class _Kind:
    """What the texts of alike components have in common; the names of the model stand in the blanks."""

    def __init__(
        self, model: Model, typeset_name: Callable[[str], str], leaf: Leaf | None, used: Sequence[str]
    ) -> None:
        law = model.law
        self._names = all_symbols((law.phi, *law.state)).union(model.old)
        arguments = "" if leaf is None else _arguments(leaf, model.names, used)
        self._python = [arguments, self._blank(law.phi, PYTHON)[0], self._blank(law.variance or ZERO, PYTHON)[0]]
        self._latex = ["", self._blank(law.phi, LATEX)[0], ""]
        self.wrapped = _wrapped_sum(law)
        self.values = [self._value(value, model) for value in
                       (law.state if self.wrapped is None else (*law.state, self.wrapped))]
        """λ_1 …; the sum in φ comes last."""
        fixed = self._names.difference(model.old)
        self.has_words = any(is_word(typeset_name(name)) for name in fixed)
        """A layout that has blanks for them leaves no space around them."""
        self.python = _filled_partly(_GAP.join(self._python), {name: python_name(name) for name in fixed})
        self.latex = _filled_partly(_GAP.join(self._latex), {name: typeset_name(name) for name in fixed})

    def _blank(self, value: Expression, notation: Notation) -> Text:
        return print_blank(value, notation, self._names)

    def _value(self, value: Expression, model: Model) -> _Value:
        place, strengths = self._placed(self._blank(value, PYTHON), self._blank(value, LATEX))
        pieces = zip(*[print_blank_terms(value, notation, self._names) for notation in (PYTHON, LATEX)], strict=True)
        terms = [(term, *self._placed(python, latex)) for term, (python, latex) in enumerate(pieces)
                 if python is not None and latex is not None]
        return _Value(not symbols(value).isdisjoint(model.old), place, strengths, terms)

    def _placed(self, python: Text, latex: Text) -> tuple[int, tuple[int, int]]:
        self._python.append(python[0])
        self._latex.append(latex[0])
        return len(self._python) - 1, (python[1], latex[1])


def _filled_partly(blanks: str, texts: Mapping[str, str]) -> str:
    """The blanks of names that are the same for all of a kind are filled in once."""
    for name, text in texts.items():
        blanks = blanks.replace(f"%({name})s", text.replace("%", "%%"))
    return blanks


def _wrapped_sum(law: Law) -> Expression | None:
    """The sum that φ is a multiple of: a factor of every product with φ, and printed there."""
    sums = [base for monomial in (law.factor or ZERO).terms for base, _ in monomial if isinstance(base, Expression)]
    return sums[0] if len(sums) == 1 else None


def _arguments(leaf: Leaf, names: Mapping[str, str], used: Sequence[str]) -> str:
    """The arguments as a JSON object, with the model's names in the blanks."""
    old_names = {new: old for old, new in names.items()}
    found = {name: print_blank(rename(leaf.arguments[name], old_names), PYTHON, names)[0] for name in used}
    return json.dumps(found, ensure_ascii=False)
