"""One step of a theorem being written: its premises grouped, and the values put into the theorem's formula."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.calculus.law import Law
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.language.records import record
from freeblock.network.nodes import Indexed
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_page import Page
from freeblock.report.latex_width import width_of
from freeblock.report.letters import Letters

_SHOWN = 12
"""A sum or product over more different premises than this is not written out term by term."""
_SHORT = 110.0
"""A premise's value wider than this is referred to by name."""

_BOUND = 60.0
"""A bound of an index wider than this is given a name."""

Equations = list[list[str]]
"""Equations, each as the rows of a display."""


@record
class Group:
    """Equal premises: the same step with the same weight."""

    name: str
    members: tuple[Premise, ...]

    @property
    def premise(self) -> Premise:
        """One of them."""
        return self.members[0]

    @property
    def law(self) -> Law:
        """Their common law."""
        return self.members[0].law


@record
class Writing:
    """One step being written: its page, its premises grouped, and the highest order it states."""

    page: Page
    step: Step
    groups: tuple[Group, ...]
    order: int

    @property
    def letters(self) -> Letters:
        """How the report prints its own quantities."""
        return self.page.letters

    @property
    def name(self) -> str:
        """The matrix the step is about."""
        return self.page.matrices.of_step(self.step.block)

    def result(self, symbol: str, value: Expression) -> list[str]:
        """The rows of symbol(J_k) = value."""
        return self.page.equation(f"{symbol}({self.name})", value, line=self.page.item)

    def derived(self, symbol: str, pieces: Sequence[Piece], value: Expression) -> list[str]:
        """symbol(J_k) = the theorem with values put in = the result."""
        left = f"{symbol}({self.name})"
        last = self.result(symbol, value)
        if not pieces:
            return last
        first = self.page.formulas.filled(left, "=", pieces, line=self.page.item)
        if first == last:
            return last
        if len(first) == 1 and len(last) == 1:
            both = f"{first[0]} {last[0].split('&', 1)[1]}"
            if width_of(both) <= self.page.item - 5:
                return [both]
        return [*first, "&" + last[0].split("&", 1)[1], *last[1:]]

    def short(self, symbol: str, group: Group, value: Expression) -> str:
        """A premise's value as a factor, or its name where the value is wide."""
        if self.page.formulas.fits(value, _SHORT):
            return self.page.formulas.factor(value)
        return f"{symbol}({self.page.matrices.of_step(group.premise.block)})"

    def product(self, values: Sequence[Expression], symbol: str) -> list[Piece]:
        """The product over the premises, equal ones as a power."""
        pieces = []
        for group, value in zip(self.groups, values, strict=True):
            text = self.short(symbol, group, value)
            count = len(group.members)
            if count > 1:
                named = text.startswith(f"{symbol}(")
                text = f"{text}^{{{count}}}" if named else self.page.formulas.powered(value, count)
            pieces.append(text)
        return joined_by(pieces, r"\cdot")

    def sum(self, values: Sequence[Expression], symbol: str, power: int = 1) -> list[Piece]:
        """The weighted sum over the premises, equal ones with their number."""
        pieces = []
        for group, value in zip(self.groups, values, strict=True):
            factors = []
            if len(group.members) > 1:
                factors.append(str(len(group.members)))
            weight = group.premise.weight
            if not weight.is_one:
                factors.append(self.page.formulas.factor(product(((weight, power),))))
            negative = len(value.terms) == 1 and next(iter(value.terms.values())) < 0
            negative = negative and self.page.formulas.fits(-value, _SHORT)
            factors.append(self.short(symbol, group, -value if negative else value))
            pieces.append(("-" if negative else "+", r" \cdot ".join(factors)))
        return _signed(pieces)


def joined_by(texts: Sequence[str], sign: str) -> list[Piece]:
    """Texts joined by one sign; none where they are too many to write out."""
    if len(texts) > _SHOWN:
        return []
    return [Piece(sign if place else "", text, "{}" + sign) for place, text in enumerate(texts)]


def _signed(terms: Sequence[tuple[str, str]]) -> list[Piece]:
    """The terms of a sum; a first one that is positive has no sign."""
    if len(terms) > _SHOWN:
        return []
    return [Piece(sign if place or sign == "-" else "", text, "{}" + sign)
            for place, (sign, text) in enumerate(terms)]


def index_span(page: Page, block: Indexed) -> str:
    """The bounds of a product or sum over an index."""
    index = page.symbols.notation.name(block.index)[0]
    lower, upper = (page.formulas.named(bound, _BOUND) for bound in (block.lower, block.upper))
    return f"_{{{index}={lower}}}^{{{upper}}}"


def state_of_moments(writing: Writing, law: Law) -> Equations:
    """κ and the λ_j of a law whose moments came first."""
    if law.is_zero:
        return []
    rows, letters = [], writing.letters
    for place in range(1, writing.order):
        first = f"{letters.moment_of('2')}({writing.name}) / {letters.phi}({writing.name})^2 - 1"
        pieces = [Piece("", first, "")] if place == 1 else []
        rows.append(writing.derived(letters.state_at(place), pieces, law.state[place - 1]))
    return rows
