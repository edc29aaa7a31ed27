"""Collects what is stated (`assume`), what is decided, and what must be assumed while a tree is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from freeblock.errors import DomainError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.order import Fact, is_at_least, is_greater, whole_symbol
from freeblock.formula.renaming import all_symbols
from freeblock.formula.structure import symbol_name
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_relation
from freeblock.language.nodes import Relation
from freeblock.network.network import Assumption
from freeblock.network.wording import in_words
from freeblock.source import Span

_EXACT, _ERROR = 1e6, 1e-9
"""A value below the first is known to be no whole number if it differs by more than the second, relatively."""


WHOLE = "write a whole number such as 64, or a symbol"


class Facts:
    """Stated inequalities, whole symbols, and the assumptions that became necessary."""

    def __init__(self) -> None:
        self.stated: list[Fact] = []
        self.whole: set[str] = set()
        self.assumptions: dict[tuple[str, str], Assumption] = {}
        self.meanings: dict[str, str] = {}
        self._spoken_of: tuple[int, frozenset[str]] = 0, frozenset()
        """The symbols of so many stated facts."""
        self.premises: set[str] = set()
        self.constants: dict[str, Expression] = {}
        self.on_images = False
        """Whether a component for images has been met."""
        self.errors: dict[str, Fraction] = {}
        """Of constants that were worked out by numbers, how far they may be off."""

    def state(self, relation: Relation, scope: Mapping[str, Expression]) -> None:
        """Take an `assume` statement. Raises DomainError where it contradicts positivity."""
        for first, operator, second in to_relation(relation, scope, free=True):
            if self._decide(first, operator, second) is False:
                also = ", and what is assumed above holds" if self.stated else ""
                raise DomainError(f"this can never hold: symbols stand for positive numbers{also}", relation.span,
                                  "remove the line, or state what can hold")
            if operator == "=":
                raise DomainError("an equality stands alone in `assume`", relation.span)
            low, high = (first, second) if operator in {"<", "<="} else (second, first)
            self.stated.append(Fact(high - low, strict=operator in {"<", ">"}))

    def require(
        self, relation: Relation, scope: Mapping[str, Expression], span: Span, what: str, hint: str | None = None
    ) -> None:
        """Check a domain: certain, refuted (DomainError at `span`), or noted as an assumption."""
        for first, operator, second in to_relation(relation, scope, free=True):
            verdict = self._decide(first, operator, second)
            if verdict is True:
                continue
            text = f"{in_words(first)} {operator} {in_words(second)}"
            if verdict is False:
                raise DomainError(f"{what} is outside its domain: it must satisfy {relation.span.text}", span,
                                  hint or (None if text == relation.span.text else f"here that reads {text}"))
            self.assume("domain", text, what)

    def require_at_least(self, value: Expression, least: Expression, what: str) -> None:
        """Note value ≥ least as an assumption where it is not certain."""
        if not is_at_least(value, least, self.stated, self.whole):
            self.assume("domain", f"{in_words(value)} >= {in_words(least)}", f"`{what}`")

    def require_width(self, value: Expression, span: Span | None, what: str) -> None:
        """A whole number from 1."""
        known = value.number()
        if known is not None and known < 1:
            raise DomainError(f"{what} must be at least 1, not {in_words(value)}", span,
                              WHOLE)
        self.require_whole(value, span, what)

    def require_whole(self, value: Expression, span: Span | None, what: str, hint: str | None = None) -> None:
        """A width or count: a whole number, or a symbol that then is one; else an assumption."""
        known = value.number()
        if known is not None or _is_fractional(value):
            if type(known) is not int:
                raise DomainError(f"{what} must be a whole number, not {in_words(value)}", span, hint or WHOLE)
            return
        for monomial in value.terms:
            # `dense(k)` says that k is whole; `dense(b*n)` may mean b = 1/2.
            for base, exponent in monomial if len(monomial) == 1 else ():
                if isinstance(base, str) and type(exponent) is int and exponent > 0:
                    self.whole.add(base)
        if whole_symbol(value, self.whole):
            return
        if not self.is_whole(value):
            self.assume("whole", f"{in_words(value)} is a whole number", what)
        if not is_at_least(value, ONE, self.stated, self.whole):
            self.assume("domain", f"{in_words(value)} >= 1", what)

    def is_whole(self, value: Expression) -> bool:
        """Whether a formula is certainly an integer: whole coefficients, whole symbols, no divisor."""
        return all(
            type(coefficient) is int
            and all((base in self.whole or type(base) is int) and type(exponent) is int and exponent > 0
                    for base, exponent in monomial)
            for monomial, coefficient in value.terms.items()
        )

    def is_open(self, name: str) -> bool:
        """Whether nothing is stated about a symbol."""
        if self._spoken_of[0] != len(self.stated):
            self._spoken_of = len(self.stated), all_symbols(fact.difference for fact in self.stated)
        return name not in self._spoken_of[1]

    def holds(self, relation: Relation, scope: Mapping[str, Expression]) -> bool:
        """Whether every comparison of a condition is certain."""
        return all(self._decide(*parts) is True for parts in to_relation(relation, scope, free=True))

    def assume(self, name: str, statement: str, because: str) -> None:
        """Note an assumption once."""
        self.assumptions.setdefault((name, statement), Assumption(name, statement, because))

    def _decide(self, first: Expression, operator: str, second: Expression) -> bool | None:
        """True, False, or None where positivity and the stated facts do not tell."""
        if operator in {">", ">="}:
            first, second, operator = second, first, {">": "<", ">=": "<="}[operator]
        low, high = first.number(), second.number()
        if low is not None and high is not None:
            return low == high if operator == "=" else low < high if operator == "<" else low <= high
        if high is not None and high > 0:
            name = symbol_name(first)
            if name is not None and name not in self.whole and self.is_open(name):
                return None
        whole = self.whole
        if operator == "=":
            if first == second:
                return True
            apart = is_greater(first, second, self.stated, whole) or is_greater(second, first, self.stated, whole)
            return False if apart else None
        if operator == "<":
            if is_greater(second, first, self.stated, whole):
                return True
            return False if is_at_least(first, second, self.stated, whole) else None
        if is_at_least(second, first, self.stated, whole):
            return True
        return False if is_greater(first, second, self.stated, whole) else None


def _is_fractional(value: Expression) -> bool:
    """Whether a formula without symbols, such as √2, is certainly no whole number."""
    if symbols(value):
        return False
    try:
        number = evaluate(value, {}).to_float()
    except (ArithmeticError, ValueError):
        return False
    return abs(number) < _EXACT and abs(number - round(number)) > _ERROR * max(1.0, abs(number))
