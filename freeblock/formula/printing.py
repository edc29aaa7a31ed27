"""A formula as text: the notation decides how a fraction, power, name and function look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Protocol, cast

from freeblock.formula.arrangement import Factor, Term, arrange, arrange_term, in_order
from freeblock.formula.expression import Base, Exponent, Expression, Monomial
from freeblock.formula.rational import POWER_BITS, Rational
from freeblock.formula.renaming import rename, standard_names
from freeblock.formula.structure import bottom_up, children, is_nested
from freeblock.formula.traversal import symbols

SUM, OPEN, PRODUCT, POWER, ATOM = 1, 2, 3, 4, 5
"""How tightly a piece binds; an open one (Σ, ∏) takes in every factor that is written behind it."""

_HALF = Fraction(1, 2)
_LARGE = 1 << POWER_BITS
"""No number from here on is printed without being looked up."""

_TOP, _BOTTOM = Factor("the top", 1), Factor("the bottom", 1)
"""Stand for the numbers of a term; no text can name them."""

MANY_PARTS = 20
"""Once so many formulas are printed, small ones that differ in names only are laid out once."""

_WORDS = (r"\mathrm", r"\text", r"\mathsf")

Text = tuple[str, int]
"""A printed piece and how tightly it binds."""


def is_word(text: str) -> bool:
    """Whether LaTeX begins with a word set upright, which needs a blank beside it."""
    return text.startswith(_WORDS)


class Notation(Protocol):
    """The choices a notation makes; every method returns a piece and how tightly it binds."""

    textual: bool
    """Whether pieces are texts, into which names can be filled later."""

    def integer(self, value: int) -> Text: ...
    def name(self, name: str) -> Text: ...
    def call(self, name: str, arguments: list[Text]) -> Text: ...
    def bound(self, name: str, index: str, body: Text, lower: Text, upper: Text) -> Text: ...
    def power(self, base: Text, exponent: Text) -> Text: ...
    def exponential(self, exponent: Text) -> Text: ...
    def root(self, base: Text) -> Text: ...
    def product(self, factors: list[Text]) -> Text: ...
    def quotient(self, numerator: Text, denominator: Text) -> Text: ...
    def sum(self, terms: list[tuple[bool, Text]]) -> Text: ...


def print_expression(expression: Expression, notation: Notation, names: Mapping[Expression, str] | None = None) -> str:
    """The text of a formula. `names` gives sub-expressions that are printed as a name."""
    return Printer(notation, names).piece(expression)[0]


def print_blank(expression: Expression, notation: Notation, names: Iterable[str]) -> Text:
    """The text with `%(name)s` in the place of some symbols.

    Filled in with other names (`formula.renaming`) it is the text of the renamed formula.
    """
    return _blank(print_piece(expression, cast(Notation, _WithBlanks(notation, frozenset(names)))))


def print_blank_terms(expression: Expression, notation: Notation, names: Iterable[str]) -> list[Text | None]:
    """The texts of the terms, in their own order and without signs, likewise; None for terms that cost little."""
    printer = Printer(cast(Notation, _WithBlanks(notation, frozenset(names))))
    printer.piece(expression)
    return [_blank(printer.term(arrange_term(monomial, coefficient)))
            if is_nested(Expression({monomial: coefficient})) else None
            for monomial, coefficient in expression.terms.items()]


def _blank(piece: Text) -> Text:
    return _BLANK.sub(r"%(\1)s", piece[0].replace("%", "%%")), piece[1]


_BLANK = re.compile("\0([^\0]*)\0")


class _WithBlanks:
    """A notation in which some names are marked; a layout sees in a name only how tightly it binds."""

    def __init__(self, notation: Notation, names: frozenset[str]) -> None:
        self._notation = notation
        self._names = names

    def name(self, name: str) -> Text:
        return (f"\0{name}\0", ATOM) if name in self._names else self._notation.name(name)

    def __getattr__(self, choice: str) -> Any:
        return getattr(self._notation, choice)


def print_piece(expression: Expression, notation: Notation, names: Mapping[Expression, str] | None = None) -> Text:
    """The text of a formula with its binding strength, so that a caller can put it in a larger one."""
    return Printer(notation, names).piece(expression)


def print_terms(
    expression: Expression, notation: Notation, names: Mapping[Expression, str] | None = None
) -> list[tuple[bool, str]]:
    """The (negative, text) terms of a sum in display order: where a long formula may be broken."""
    printer = Printer(notation, names)
    printer.piece(expression)
    return [(term.negative, printer.term(term)[0]) for term in arrange(expression)]


class Printer:
    """Prints formulas in one notation and remembers what it has printed."""

    def __init__(self, notation: Notation, names: Mapping[Expression, str] | None = None) -> None:
        self._notation = notation
        self._names = names
        self.done: dict[Expression, Text] = {key: notation.name(name) for key, name in (names or {}).items()}
        """Formulas whose text is known: printed before, or taken over."""
        self.terms: dict[tuple[Monomial, Rational], Text] = {}
        """Terms whose text, without its sign, was taken over: they may stand in other sums."""
        self._fraction = notation.quotient(("%s", ATOM), ("%s", ATOM)) if notation.textual else ("", ATOM)
        self._blanks: dict[Expression, Text] = {}
        self._multiples: dict[tuple[Monomial, bool, bool], Text | None] = {}
        """The layouts of multiples of products of symbols; None after the first."""

    def atom(self, expression: Expression) -> Text | None:
        """A number or a name, cheaper than to look it up; None for all others."""
        if len(expression.terms) != 1:
            return None
        ((monomial, value),) = expression.terms.items()
        if not monomial:
            top, bottom = value.as_integer_ratio()
            return self.fraction(top, bottom) if -_LARGE < top < _LARGE and bottom < _LARGE else None
        if value == 1 and len(monomial) == 1:
            ((base, exponent),) = monomial
            if type(base) is str and exponent == 1:
                return self._notation.name(base)
        return None

    def piece(self, expression: Expression) -> Text:
        """Iterative: whatever the layout needs is printed first and found in the memory."""
        atom = None if self._names else self.atom(expression)
        if atom is not None:
            return atom
        known = self.done.get(expression)
        if known is not None:
            return known
        multiple = self._multiple(expression)
        if multiple is not None:
            self.done[expression] = multiple
            return multiple
        ready = all(child in self.done for child in children(expression, self.terms))
        parts = [expression] if ready else bottom_up(expression, self.terms, self.done)
        for part in parts:
            if part not in self.done:
                many = self._notation.textual and len(self.done) > MANY_PARTS
                alike = many and 1 < len(part.terms) <= MANY_PARTS and not is_nested(part)
                self.done[part] = (self._filled(part) if alike else None) or self._sum(part)
        return self.done[expression]

    def fraction(self, top: int, bottom: int) -> Text:
        """A rational number in lowest terms."""
        notation = self._notation
        if notation.textual and top > 0:
            return (str(top), ATOM) if bottom == 1 else (self._fraction[0] % (top, bottom), self._fraction[1])
        piece = notation.integer(abs(top))
        if bottom != 1:
            piece = notation.quotient(piece, notation.integer(bottom))
        return notation.sum([(True, piece)]) if top < 0 else piece

    def _multiple(self, expression: Expression) -> Text | None:
        """A number times a product of symbols; from the second on, all numbers are put into one layout."""
        if len(expression.terms) != 1 or not self._notation.textual:
            return None
        ((monomial, value),) = expression.terms.items()
        top, bottom = value.as_integer_ratio()
        key = (monomial, top == 1, bottom == 1)
        if top < 0:
            return None
        if key not in self._multiples:
            if all(type(base) is str and not isinstance(power, Expression) for base, power in monomial):
                self._multiples[key] = None
            return None
        blank = self._multiples[key]
        if blank is None:
            plain = arrange_term(monomial, 1)
            term = plain._replace(numerator=((_TOP,) if top != 1 else ()) + plain.numerator,
                                  denominator=((_BOTTOM,) if bottom != 1 else ()) + plain.denominator)
            names = frozenset((str(_TOP.base), str(_BOTTOM.base)))
            blank = _blank(Printer(cast(Notation, _WithBlanks(self._notation, names))).term(term))
            self._multiples[key] = blank
        return blank[0] % {_TOP.base: top, _BOTTOM.base: bottom}, blank[1]

    def _filled(self, part: Expression) -> Text | None:
        """A small sum of products of symbols; those that differ in names only are laid out once."""
        found = symbols(part)
        names = [self._notation.name(name) for name in sorted(found)]
        if any(strength != ATOM or is_word(text) for text, strength in names):
            return None
        standard = standard_names(found)
        key = rename(part, standard)
        blank = self._blanks.get(key)
        if blank is None:
            blank = self._blanks[key] = print_blank(key, self._notation, standard.values())
        return blank[0] % dict(zip(standard.values(), [text for text, _ in names], strict=True)), blank[1]

    def _sum(self, expression: Expression) -> Text:
        pieces: list[tuple[bool, Text]] = []
        for monomial, coefficient in in_order(expression):
            known = self.terms.get((monomial, coefficient))
            if known is not None:
                pieces.append((coefficient < 0, known))
                continue
            term = arrange_term(monomial, coefficient)
            pieces.append((term.negative, self.term(term)))
        if not pieces:
            return self._notation.integer(0)
        return pieces[0][1] if len(pieces) == 1 and not pieces[0][0] else self._notation.sum(pieces)

    def term(self, term: Term) -> Text:
        """A term without its sign."""
        numerator = [self._factor(factor) for factor in term.numerator]
        denominator = [self._factor(factor) for factor in term.denominator]
        if term.top != 1 or not numerator:
            numerator.insert(0, self._notation.integer(term.top))
        if term.bottom != 1:
            denominator.insert(0, self._notation.integer(term.bottom))
        top = self._notation.product(numerator) if len(numerator) > 1 else numerator[0]
        if not denominator:
            return top
        bottom = self._notation.product(denominator) if len(denominator) > 1 else denominator[0]
        return self._notation.quotient(top, bottom)

    def _factor(self, factor: Factor) -> Text:
        base, exponent = factor
        if exponent == 1:
            return self._notation.name(base) if type(base) is str else self._base(base)
        if base == "e":
            return self._notation.exponential(self._exponent(exponent))
        if exponent == _HALF:
            return self._notation.root(self._base(base))
        return self._notation.power(self._base(base), self._exponent(exponent))

    def _exponent(self, exponent: Exponent) -> Text:
        if isinstance(exponent, Expression):
            return self._inner(exponent)
        top, bottom = exponent.as_integer_ratio()
        if bottom == 1:
            return self._notation.integer(top)
        return self._notation.quotient(self._notation.integer(top), self._notation.integer(bottom))

    def _base(self, base: Base) -> Text:
        if isinstance(base, str):
            return self._notation.name(base)
        if isinstance(base, Expression):
            return self._inner(base)
        if isinstance(base, int):
            return self._notation.integer(base)
        arguments = [self.done[part] for part in base.arguments]
        if base.name in {"product", "sum"}:
            index, body, lower, upper = arguments
            return self._notation.bound(base.name, index[0], body, lower, upper)
        return self._notation.call(base.name, arguments)

    def _inner(self, part: Expression) -> Text:
        """A layout may show a regrouped base or exponent that is not itself a part of the formula."""
        known = self.done.get(part)
        if known is None:
            known = self.done[part] = self.piece(part)
        return known
