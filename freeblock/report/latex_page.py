"""What all sections of one LaTeX report share: letters, symbols, formulas, and displays that fit the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.steps import Step
from freeblock.formula.expression import Expression
from freeblock.formula.rational import bits
from freeblock.network.nodes import Leaf
from freeblock.report.latex_formulas import Formulas
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_numbers import is_long, rounded
from freeblock.report.latex_symbols import Symbols
from freeblock.report.latex_width import LINE, width_of
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation
from freeblock.report.values import constant, constant_values

_LIST = 25.0
"""How much narrower a line inside a numbered list is."""
_ROWS = 40
"""A display with more rows is set as several, so that pages break well."""
_GAP = 26.0
"""A comma and the blank after it between two equations on a line."""
_VALUE = 110.0
"""Room kept for a decimal value behind an exact one."""
_PLAIN_BITS = 10
"""A fraction whose parts have no more bits than this needs no decimal value."""
_WHOLE_BITS = 30
"""A whole number up to nine digits needs none either."""
_WIDEST_SIDE = 200.0
_INLINE = 2 / 3
"""A formula wider than this share of a line is displayed."""

MEANINGS = {
    "sech_moment": r"$\operatorname{E}$ is the mean over a standard normal $z$",
    "Phi": r"$\Phi$ is the standard normal distribution function",
    "harmonic": r"$H_L = \sum_{l=1}^{L} 1/l$ is a harmonic number",
    "gamma": r"$\Gamma$ is the gamma function",
    "erf": r"$\operatorname{erf}$ is the error function",
}


class Page:
    """One derivation being written down."""

    def __init__(
        self, derivation: Derivation, notation: PaperNotation | None = None, *,
        names: Mapping[str, str] | None = None, line: float = LINE,
    ) -> None:
        """`names` are the printed names of symbols that this page has in common with others."""
        self.derivation = derivation
        self.line = line
        """The width of a line of the text."""
        self.item = line - _LIST
        """The width of a line inside a numbered list."""
        self.inline = line * _INLINE
        """A formula wider than this is displayed."""
        self.letters = Letters(notation)
        self.matrices = Matrices(derivation, self.letters)
        self.symbols = Symbols(derivation, self.matrices.used, self.letters, names)
        self.formulas = Formulas(self.symbols.notation, self.symbols.indices, self.line)
        self._orders: dict[int, int] = {}
        self._letters: dict[int, dict[str, None]] = {}

    def fresh(self) -> None:
        """Forget the names given to parts of formulas: what follows stands alone."""
        self.formulas = Formulas(self.symbols.notation, self.symbols.indices, self.line)

    def math(self, expression: Expression) -> str:
        """A formula within a sentence; the caller has made sure that it is short."""
        return f"${self.formulas.text(expression)}$"

    def shape(self, rows: Expression, columns: Expression) -> str:
        """m × n, each bracketed where it is a sum."""
        sides = [self.formulas.factor(side) if self.formulas.fits(side, _WIDEST_SIDE) else
                 self.formulas.named(side, _WIDEST_SIDE) for side in (rows, columns)]
        return rf"{sides[0]} \times {sides[1]}"

    def equations(
        self, equations: Sequence[Sequence[str]], *, line: float | None = None, packed: bool = False
    ) -> list[str]:
        """Rows of equations as displays, with the names they use.

        What fits on one line stands on one; `packed` fills several lines so instead of aligning the
        equations, and then an equation without rows begins a new line.
        """
        line = line or self.line
        groups = [list(rows) for rows in equations if rows or packed]
        singles = all(len(rows) == 1 for rows in groups)
        full = _packed(groups, line) if singles else []
        if len(full) == 1:
            lines = [r"\[", *full, r"\]"]
        else:
            lines = _packed_displays(groups, line) if packed else _displays(groups)
        defined = self.formulas.definitions(line)
        if defined:
            lines += [r"\noindent where", *_displays(defined)]
        return lines

    def equation(self, left: str, expression: Expression, *, line: float | None = None) -> list[str]:
        """The rows of left = formula, with a decimal value where the formula is a number that needs one."""
        line = line or self.line
        value = self.decimal(expression)
        room = line - width_of(left) - _VALUE
        if value is not None and (is_long(expression) or not self.formulas.fits(expression, room)):
            # A number whose exact form is long is worth its value alone.
            return [rf"{left} &\approx {value}"]
        rows = self.formulas.rows(left, expression, line=line)
        return rows if value is None else [rf"{rows[0]} \approx {value}"]

    def decimal(self, expression: Expression) -> str | None:
        """The decimal value of a formula without symbols, where it is not plain to see."""
        known = expression.number()
        if known is not None and bits(known) <= (_PLAIN_BITS if isinstance(known, Fraction) else _WHOLE_BITS):
            return None
        value = constant(expression, constant_values(self.derivation))
        return None if value is None else rounded(value)

    def letters_of(self, step: Step) -> list[str]:
        """The matrices whose law a component step states."""
        if not self._letters:
            for each in self.derivation.steps:
                for premise in each.premises:
                    if isinstance(premise.block, Leaf):
                        names = self._letters.setdefault(premise.step, {})
                        names[self.matrices.of_leaf(premise.block)] = None
        return list(self._letters.get(step.number, ())) or [self.matrices.of_step(step.block)]

    def orders_of(self, step: Step) -> int:
        """Up to which order what a step states is proved or assumed."""
        if not self._orders:
            for each in self.derivation.steps:
                own = _orders_of(self.derivation, each)
                self._orders[each.number] = min([own, *(self._orders[premise.step] for premise in each.premises)])
        order = self._orders[step.number]
        if step.block is self.derivation.root:
            return min(order, self.derivation.given) if step.premises else order
        return order


def _orders_of(derivation: Derivation, step: Step) -> int:
    order = derivation.order
    for place in derivation.step_hypotheses.get(step.number, ()):
        order = min(order, _reach(derivation.hypotheses[place]))
    return order


def _reach(hypothesis: Hypothesis) -> int:
    """The highest order a hypothesis leaves standing."""
    if hypothesis.status != "refused":
        return 1_000_000
    if hypothesis.theorem == "component":
        return 1 if hypothesis.name == "normalised-once" else 0
    return hypothesis.order - 1


def _displays(groups: Sequence[Sequence[str]]) -> list[str]:
    lines: list[str] = []
    here: list[str] = []
    for group in groups:
        if here and len(here) + len(group) > _ROWS:
            lines += align(here)
            here = []
        here += group
    return lines + (align(here) if here else [])


def _packed_displays(groups: Sequence[Sequence[str]], line: float) -> list[str]:
    """Equations of one row share lines; those of several rows stand in displays of their own."""
    lines: list[str] = []
    for single, run in groupby(groups, key=lambda rows: len(rows) <= 1):
        if single:
            rows = _packed(list(run), line)
            for start in range(0, len(rows), _ROWS):
                lines += gather(rows[start:start + _ROWS])
        else:
            lines += _displays(list(run))
    return lines


def _packed(groups: Sequence[Sequence[str]], line: float) -> list[str]:
    """Equations of one row, as many on a line as fit."""
    lines: list[str] = []
    used = line
    for group in groups:
        if not group:
            used = line
            continue
        text = group[0].replace("&", "", 1)
        wide = width_of(text)
        if used + wide + _GAP <= line:
            lines[-1] += rf", \qquad {text}"
            used += wide + _GAP
        else:
            lines.append(text)
            used = wide
    return lines


def gather(rows: Sequence[str]) -> list[str]:
    """Rows as a `gather*`."""
    return [r"\begin{gather*}", " \\\\\n".join(rows), r"\end{gather*}"]


def align(rows: Sequence[str]) -> list[str]:
    """Rows as an `align*`."""
    return [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]
