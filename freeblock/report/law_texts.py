"""The texts of laws that differ in the names of their symbols: printed once with blanks, then filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from freeblock.calculus.law import Law, Model
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.notations import LATEX, PYTHON, latex_name, python_name
from freeblock.formula.printing import Notation, print_blank, print_blank_terms
from freeblock.formula.renaming import all_symbols
from freeblock.report.definitions import SHORT, Definitions, Texts


@dataclass(frozen=True, slots=True)
class LawText:
    """φ and ϕ in Python, φ in LaTeX."""

    phi: str
    variance: str
    latex: str


class LawTexts:
    """Fills in the texts of renamed laws and hands those of φ and the state to the definitions."""

    def __init__(self, formulas: Definitions) -> None:
        self._formulas = formulas
        self._blanks: dict[int, _Blanks] = {}

    def of(self, law: Law, model: Model) -> LawText | None:
        """The texts of a law that was renamed from the model; None where φ, κ or ϕ are long."""
        blanks = self._blanks.get(id(model.law))
        if blanks is None:
            blanks = self._blanks[id(model.law)] = _Blanks(model.law)
        names = {old: model.names.get(old, old) for old in blanks.names}
        python = {old: python_name(new) for old, new in names.items()}
        phi, variance = blanks.phi.python.filled(python), blanks.variance.filled(python)
        state = [blank.python.filled(python) for blank in blanks.state]
        if max([len(text) for (text, _), _ in (phi, variance, *state[:1])]) > SHORT:
            return None
        latex = {old: latex_name(new) for old, new in names.items()}
        typeset = blanks.phi.latex.filled(latex)
        self._formulas.take(law.phi, phi, typeset)
        for value, text, blank in zip(law.state, state, blanks.state, strict=True):
            self._formulas.take(value, text, blank.latex.filled(latex))
        return LawText(phi[0][0], variance[0][0], typeset[0][0])


class _Blank:
    """The text of a formula and of its terms with blanks for symbols."""

    def __init__(self, expression: Expression, notation: Notation, names: frozenset[str]) -> None:
        self._whole = print_blank(expression, notation, names)
        self._terms = print_blank_terms(expression, notation, names)

    def filled(self, names: Mapping[str, str]) -> Texts:
        """The texts with names in the blanks."""
        text, strength = self._whole
        return (text % names, strength), [
            None if term is None else (term[0] % names, term[1]) for term in self._terms]


class _Blanks:
    """The formulas of a law with blanks for its symbols."""

    def __init__(self, law: Law) -> None:
        self.names = all_symbols((law.phi, *law.state))
        self.phi = _InBoth(law.phi, self.names)
        self.state = [_InBoth(value, self.names) for value in law.state]
        self.variance = _Blank(law.variance or ZERO, PYTHON, self.names)


class _InBoth:
    """One formula in both notations."""

    def __init__(self, expression: Expression, names: frozenset[str]) -> None:
        self.python = _Blank(expression, PYTHON, names)
        self.latex = _Blank(expression, LATEX, names)
