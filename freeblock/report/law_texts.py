"""The texts of laws that differ in the names of their symbols: printed once with blanks, then filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from freeblock.calculus.law import Law, Model
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.notations import LATEX, PYTHON, latex_name, python_name
from freeblock.formula.printing import Text, print_blank
from freeblock.formula.renaming import all_symbols
from freeblock.report.definitions import SHORT, Definitions


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
        phi, variance = _filled(blanks.phi.python, python), _filled(blanks.variance, python)
        state = [_filled(blank.python, python) for blank in blanks.state]
        if max([len(text) for text, _ in (phi, variance, *state[:1])]) > SHORT:
            return None
        latex = {old: latex_name(new) for old, new in names.items()}
        typeset = _filled(blanks.phi.latex, latex)
        self._formulas.take(law.phi, phi, typeset)
        for value, text, blank in zip(law.state, state, blanks.state, strict=True):
            self._formulas.take(value, text, _filled(blank.latex, latex))
        return LawText(phi[0], variance[0], typeset[0])


def _filled(blank: Text, names: Mapping[str, str]) -> Text:
    return blank[0] % names, blank[1]


class _Blank:
    """One formula in both notations."""

    def __init__(self, expression: Expression, names: frozenset[str]) -> None:
        self.python = print_blank(expression, PYTHON, names)
        self.latex = print_blank(expression, LATEX, names)


class _Blanks:
    """The formulas of a law with blanks for its symbols."""

    def __init__(self, law: Law) -> None:
        self.names = all_symbols((law.phi, *law.state))
        self.phi = _Blank(law.phi, self.names)
        self.state = [_Blank(value, self.names) for value in law.state]
        self.variance = print_blank(law.variance or ZERO, PYTHON, self.names)
