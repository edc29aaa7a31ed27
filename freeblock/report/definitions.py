"""Long formulas printed once, under a name, and referred to by that name in every other formula."""

from __future__ import annotations

from collections.abc import Container

from freeblock.formula.expression import Expression, Monomial, symbol
from freeblock.formula.notations import PYTHON
from freeblock.formula.printing import Notation, Printer, Text
from freeblock.formula.rational import Rational
from freeblock.formula.sort_keys import expression_key
from freeblock.formula.structure import children, is_nested
from freeblock.formula.traversal import symbols
from freeblock.report.latex_symbols import Symbols

SHORT = 2000
"""A longer formula gets a name."""

class Definitions:
    """Prints formulas in a notation (Python) and in LaTeX; a part longer than `limit` is printed once and named."""

    def __init__(
        self, taken: Container[str], typeset: Symbols, notation: Notation = PYTHON, limit: int = SHORT
    ) -> None:
        self.latex_notation, self.letters = typeset.notation, typeset.letters
        self.main, self.typeset = Printer(notation), Printer(self.latex_notation)
        self._notation, self._limit = notation, limit
        self.listed: dict[str, str] = {}
        """Name → formula in the notation; a formula may use the names above it."""
        self.listed_latex: dict[str, str] = {}
        self._taken = taken
        self._seen: set[Expression] = set()
        self._names: dict[Expression, str] = {}
        self._indices = typeset.indices
        self._count = 0

    def take(self, expression: Expression, python: Text, typeset: Text) -> None:
        """Take over the texts of a formula."""
        self._seen.add(expression)
        self.main.done[expression] = python
        self.typeset.done[expression] = typeset

    def take_term(self, term: tuple[Monomial, Rational], python: Text, typeset: Text) -> None:
        """Take over the texts of a term without its sign."""
        self.main.terms[term] = python
        self.typeset.terms[term] = typeset

    def text(self, expression: Expression) -> str:
        """The formula; its long parts by name."""
        if expression not in self._seen and is_nested(expression):
            self._name_parts(expression)
        return self.main.piece(expression)[0]

    def latex(self, expression: Expression) -> str:
        """The formula in LaTeX; its long parts by name."""
        if expression not in self._seen and is_nested(expression):
            self._name_parts(expression)
        return self.typeset.piece(expression)[0]

    def short(self, expression: Expression) -> str:
        """The formula, or its name where it is long."""
        atom = self.main.atom(expression)
        if atom is not None:
            return atom[0]
        text = self.text(expression)
        if len(text) <= SHORT:
            return text
        self._define(expression, text)
        return self.main.piece(expression)[0]

    def reference(self, expression: Expression) -> Expression:
        """The formula, or the symbol of its name where it is long."""
        if self.main.atom(expression) is not None:
            return expression
        self.short(expression)
        name = self._names.get(expression)
        return expression if name is None else symbol(name)

    def _name_parts(self, expression: Expression) -> None:
        parts = self._unseen_parts(expression)
        for part in parts[:-1]:
            text = self.main.piece(part)[0]
            if len(text) > self._limit and not self._holds_index(part):
                self._define(part, text)
            else:
                self._seen.add(part)

    def _unseen_parts(self, expression: Expression) -> list[Expression]:
        """What was not looked at yet, each part after those inside it."""
        order: list[Expression] = []
        entered: set[Expression] = set()
        waiting = [(expression, False)]
        while waiting:
            part, done = waiting.pop()
            if done:
                order.append(part)
            elif part not in entered and part not in self._seen:
                entered.add(part)
                waiting.append((part, True))
                inner = [child for child in children(part, self.main.terms) if child not in self._seen]
                # Factors have no order of their own, and names are numbered as their formulas are met.
                inner.sort(key=expression_key)
                waiting.extend((child, False) for child in inner if is_nested(child))
                for child in reversed(inner):
                    if child not in entered and not is_nested(child):
                        entered.add(child)
                        order.append(child)
        return order

    def _define(self, expression: Expression, text: str) -> None:
        self._seen.add(expression)
        if expression in self._names or self._holds_index(expression):
            return
        self._count += 1
        while (name := f"A_{self._count}") in self._taken or self.latex_notation.prints(name):
            self._count += 1
        typeset = self.typeset.piece(expression)[0]
        self._names[expression] = name
        self.listed[name], self.listed_latex[name] = text, typeset
        self.main.done[expression] = self._notation.name(name)
        self.typeset.done[expression] = self.latex_notation.name(name)

    def _holds_index(self, expression: Expression) -> bool:
        """An index has no meaning outside its form, so that what holds one is never named."""
        return bool(self._indices) and not self._indices.isdisjoint(symbols(expression))
