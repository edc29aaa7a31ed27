"""The solutions of conditions for people: plain text, Unicode, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.growth import Growth
from freeblock.calculus.quantities import Side, Statement
from freeblock.calculus.solutions import Outcome, Range, Solution, Value
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.notations import LATEX, PLAIN, UNICODE
from freeblock.formula.printing import Notation, print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.gathered_roots import closed_form_text
from freeblock.report.quotation import quoted
from freeblock.report.requirements import latex_requirement, unicode_requirement, value_of_bound
from freeblock.report.values import constant, constant_values, constants_used, decimal

Style = Literal["text", "unicode", "markdown"]


@dataclass(frozen=True, slots=True)
class Page:
    """What is reported of one question."""

    expression: str
    derivation: Derivation
    conditions: tuple[Statement, ...]
    side: Side
    outcome: Outcome
    growth: tuple[Growth, ...]
    tolerance: Expression | None = None
    """By how much an equation may be missed."""
    mean_square: Expression | None = None
    """Of the network's input, where it was given."""
    shown: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    """What else was asked for, at each solution."""

    def rejected(self) -> list[str]:
        """A line for every solution that is not admissible."""
        return [f"  {line}: {one.reason}" if line else f"  {one.reason}" for one in self.outcome.inadmissible
                for line in [", ".join(solution_lines(one, self.derivation, PLAIN))]]


def solution_lines(
    solution: Solution, derivation: Derivation, notation: Notation, *, sign: str = "~", less: str = "<=",
) -> list[str]:
    """`sigma_w = sqrt(2) ~ 1.414213562` for each unknown; a range as inequalities."""
    constants = constant_values(derivation)

    def show(value: Value) -> str:
        return value_text(value, constants, notation, sign)

    lines = []
    for name, value in solution.values.items():
        left = print_expression(symbol(name), notation)
        if isinstance(value, Value):
            lines.append(f"{left} = {show(value)}")
            continue
        lines.append(range_text(left, value, show, less))
    return lines


def value_text(value: Value, constants: dict[str, Fraction], notation: Notation, sign: str) -> str:
    """A closed form with its ten digits where it is no plain number; a number with the digits it has."""
    if value.digits is not None:
        exact = value.formula.number()
        return f"{float(exact or 0):.{value.digits}g}"
    text = closed_form_text(value.formula, notation)
    number = constant(value.formula, constants)
    if number is None or text.lstrip("-").isdigit():
        return text
    approximate = decimal(number)
    return text if approximate == text else f"{text} {sign} {approximate}"


def shown_text(value: Value, page: Page, notation: Notation) -> str:
    """The number where it is one, else the formula."""
    number = constant(value.formula, constant_values(page.derivation))
    return print_expression(value.formula, notation) if number is None else decimal(number)


def range_text(name: str, value: Range, show: Callable[[Value], str], less: str) -> str:
    """`0 < x <= 2`; an open end above is left out."""
    return "".join(show(part) if isinstance(part, Value) else part for part in range_parts(name, value, less))


def range_parts(name: str, value: Range, less: str) -> list[Value | str]:
    """The ends of a range, and the texts before, between and behind them."""
    at_least, at_most = (less if included else "<" for included in (value.low_included, value.high_included))
    if value.high is None:
        turned = ">" if at_least == "<" else {"<=": ">=", "≤": "≥", r"\le": r"\ge"}[less]
        return [f"{name} > 0"] if value.low is None else [f"{name} {turned} ", value.low]
    low = "0" if value.low is None else value.low
    return [low, f" {at_least} {name} {at_most} ", value.high]


def solutions_text(page: Page, style: Style) -> str:
    """The network, its φ, the solutions with what they require, and what they rest on."""
    return _Text(page, style).build()


class _Text:
    def __init__(self, page: Page, style: Style) -> None:
        self._page = page
        self._style = style
        self._notation: Notation = PLAIN if style == "text" else UNICODE if style == "unicode" else LATEX
        self._sign = {"text": "~", "unicode": "≈", "markdown": r"\approx"}[style]

    def build(self) -> str:
        sections = [self._statement(), self._solutions(), self._rejected(), self._growth(), self._rests()]
        return "\n\n".join(section for section in sections if section) + "\n"

    def _lines(self, solution: Solution) -> str:
        less = {"text": "<=", "unicode": "≤", "markdown": r"\le"}[self._style]
        shown = solution_lines(solution, self._page.derivation, self._notation, sign=self._sign, less=less)
        return ", ".join(self._math(line) for line in shown)

    def _math(self, text: str) -> str:
        return f"${text}$" if self._style == "markdown" else text

    def _item(self, text: str) -> str:
        return f"- {text}" if self._style == "markdown" else f"  {text}"

    def _indented(self, text: str) -> str:
        return f"  - {text}" if self._style == "markdown" else f"    {text}"

    def _heading(self, text: str) -> str:
        return f"## {text}\n" if self._style == "markdown" else f"{text}:"

    def _statement(self) -> str:
        shown = quoted(self._page.expression, self._style)
        phi = self._page.derivation.phi
        inside = self._page.derivation.side == "in"
        if self._style == "markdown":
            name = r"\phi(J^{\top}J)" if inside else r"\phi(JJ^{\top})"
        else:
            name = "φ(JᵀJ)" if inside else "φ(JJᵀ)"
        if phi is None:
            return shown
        lines = [self._math(f"{name} = {print_expression(phi, self._notation)}"), *self._constants(symbols(phi))]
        return f"{shown}\n\n" + "\n".join(map(self._item, lines))

    def _constants(self, names: Collection[str]) -> list[str]:
        """The numbers that stand in φ by name."""
        return [f"with {self._math(f'{print_expression(symbol(name), self._notation)} = {number}')}{error}"
                for name, (number, error) in constants_used(self._page.derivation).items() if name in names]

    def _solutions(self) -> str:
        outcome = self._page.outcome
        names = ", ".join(outcome.unknowns)
        conditions = " and ".join(f"`{text}`" if self._style == "markdown" else text for text in outcome.conditions)
        note = " (phi is the average of both sides)" if self._page.side == "average" else ""
        if self._page.mean_square is not None:
            entering = self._math(print_expression(self._page.mean_square, self._notation))
            note += f", for an input of mean square {entering}"
        heading = self._heading(f"{conditions}{note}, solved for {names}")
        if outcome.every:
            return f"{heading}\n{self._item('holds whatever the value is')}"
        lines = []
        for place, solution in enumerate(outcome.solutions):
            lines.append(self._item(self._lines(solution) + self._requires(solution)))
            lines += [self._indented(f"{text} = {self._math(shown_text(values[place], self._page, self._notation))}")
                      for text, values in self._page.shown]
        if not outcome.exact:
            lines.append(self._item("no closed form: numbers to 15 significant digits"
                                    + ("" if outcome.complete else ", found between 2^-40 and 2^40; a solution "
                                       "without a change of sign would be missed")))
        return "\n".join([heading, *lines])

    def _requires(self, solution: Solution) -> str:
        return f", where {' and '.join(map(self._requirement, solution.requires))}" if solution.requires else ""

    def _requirement(self, text: str) -> str:
        number = value_of_bound(text, constant_values(self._page.derivation))
        about = "" if number is None else f" {self._sign} {number}"
        if self._style == "markdown":
            return self._math(latex_requirement(text) + about)
        return (unicode_requirement(text) if self._style == "unicode" else text) + about

    def _rejected(self) -> str:
        found = self._page.outcome.inadmissible
        if not found:
            return ""
        return "\n".join([self._heading("Not admissible"),
                          *(self._item(": ".join(filter(None, (self._lines(one), one.reason)))) for one in found)])

    def _growth(self) -> str:
        lines = [self._item(f"{self._subject(growth)}: {growth.words}"
                            + ("" if growth.formula is None else
                               ", " + self._math(print_expression(growth.formula, self._notation))))
                 for growth in self._page.growth]
        if not lines:
            return ""
        depth = self._page.growth[0].depth
        return "\n".join([self._heading(f"As {depth} grows"), *lines])

    def _subject(self, growth: Growth) -> str:
        phi = self._page.derivation.phi
        if growth.of != "phi" or phi is None:
            return growth.of
        fixed = [name for name in self._page.outcome.unknowns if name in symbols(phi)]
        return f"phi at a fixed {', '.join(fixed)}" if fixed else "phi"

    def _rests(self) -> str:
        assumed = [item for item in self._page.derivation.hypotheses if item.status == "assumed"]
        lines = dict.fromkeys(f"[{item.name}] {item.because} ({', '.join(f'`{block}`' for block in item.blocks[:4])})"
                              for item in assumed)
        return "\n".join([self._heading("Assumed"), *map(self._item, lines)]) if lines else ""

