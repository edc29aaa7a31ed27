"""Formulas set in lines: broken at terms and factors, wide sums named, long numbers rounded."""

from __future__ import annotations

from collections.abc import Sequence

from freeblock.formula.arrangement import Factor, Term, arrange
from freeblock.formula.expression import ONE, Base, Exponent, Expression, Function
from freeblock.formula.notations import latex_brackets
from freeblock.formula.printing import OPEN, PRODUCT, Printer, Text
from freeblock.formula.structure import bottom_up, children
from freeblock.formula.traversal import symbols
from freeblock.language.records import record
from freeblock.report.latex_numbers import is_long, shortened
from freeblock.report.latex_symbols import NAMED, ReportLatex
from freeblock.report.latex_width import LINE, width_of

_ATOMS = 250
"""A formula with more letters than this fits no line, and is not printed to find that out."""
_INDENT = 20.0
_DEEPER = 10.0
_MARGIN = 8.0
_HEAD = 14.0
"""The width of a relation sign."""


@record
class Piece:
    """What a line holds whole; `sign` joins it to the piece before it on the line, `broken` begins a line."""

    sign: str
    text: str
    broken: str
    deep: bool = False
    """A line that begins with it goes on with a term, and is set further in than lines that begin terms."""


class Formulas:
    """Prints formulas for lines of a width, and remembers the names it gave to wide parts."""

    def __init__(self, notation: ReportLatex, indices: frozenset[str] = frozenset(), line: float = LINE) -> None:
        self.notation = notation
        self.line = line
        self._indices = indices
        self._names: dict[Expression, str] = {}
        self._pending: list[tuple[str, Expression]] = []
        self._printer: Printer | None = None
        self._sizes: dict[Expression, int] = {}
        self._short: dict[Expression, Expression] = {}

    def text(self, expression: Expression) -> str:
        """The formula on one line, however wide; long numbers are rounded."""
        return self._piece(self._shortened(expression))[0]

    def factor(self, expression: Expression) -> str:
        """The formula as a factor of a product: sums in brackets."""
        text, strength = self._piece(self._shortened(expression))
        return text if strength >= PRODUCT else latex_brackets(text)

    def powered(self, expression: Expression, count: int) -> str:
        """The formula, as one factor, to a whole power."""
        piece = self._piece(self._shortened(expression))
        return self.notation.power(piece, self.notation.integer(count))[0]

    def fits(self, expression: Expression, width: float) -> bool:
        """Whether the formula on one line is no wider than this."""
        short = self._shortened(expression)
        return self._size(short) <= _ATOMS and width_of(self._piece(short)[0]) <= width

    def rows(self, left: str, expression: Expression, *, line: float | None = None) -> list[str]:
        """The rows of an `align*` that say left = formula."""
        relation = r"\approx" if is_long(expression) else "="
        return self.filled(left, relation, self.pieces(expression, left, line=line), line=line)

    def pieces(self, expression: Expression, left: str = "", *, line: float | None = None) -> list[Piece]:
        """The formula cut so that every piece fits a line behind `left`."""
        room = (line or self.line) - width_of(left) - _HEAD - _INDENT - _MARGIN
        short = self._shortened(expression)
        # What has a name is asked for here only to say what the name stands for.
        if short not in self._names and self._size(short) <= _ATOMS:
            text = self._piece(short)[0]
            if width_of(text) <= room:
                return [Piece("", text, "")]
        pieces: list[Piece] = []
        terms = arrange(short)
        for place, term in enumerate(terms):
            sign = "-" if term.negative else "+" if place else ""
            pieces.extend(self._term_pieces(term, sign, room, deep=len(terms) > 1))
        return pieces

    def filled(
        self, left: str, relation: str, pieces: Sequence[Piece], *, line: float | None = None
    ) -> list[str]:
        """As many pieces on each row as fit."""
        room = (line or self.line) - width_of(left) - _HEAD - _MARGIN
        rows: list[str] = []
        here, used = f"{left} &{relation} ", 0.0
        for place, piece in enumerate(pieces):
            joined = f"{piece.sign} {piece.text}".strip()
            wide = width_of(joined)
            if place and used + wide > room:
                rows.append(here.rstrip())
                indent, wider = (r"\qquad", _DEEPER) if piece.deep else (r"\quad", 0.0)
                here, used = rf"&{indent} {piece.broken} ", _INDENT - 5 + wider
            elif place:
                here, used = f"{here}{piece.sign} ", used
            elif piece.sign:
                here = f"{here}{piece.sign}"
            here, used = f"{here}{piece.text} ", used + wide
        rows.append(here.rstrip())
        return rows

    def definitions(self, line: float) -> list[list[str]]:
        """For each name given since the last call the rows that say what it stands for."""
        equations: list[list[str]] = []
        while self._pending:
            name, expression = self._pending.pop(0)
            equations.append(self.rows(name, expression, line=line))
        return equations

    def named(self, expression: Expression, room: float) -> str:
        """The formula on one line, or a name for it where it is wider than `room`."""
        short = self._shortened(expression)
        if not self.fits(expression, room):
            self._name_if_wide(short, room)
        return self._piece(short)[0]

    def _shortened(self, expression: Expression) -> Expression:
        known = self._short.get(expression)
        if known is None:
            known = self._short[expression] = shortened(expression)
        return known

    def _piece(self, expression: Expression) -> Text:
        if self._printer is None:
            self._printer = Printer(self.notation, self._names)
        return self._printer.piece(expression)

    def _size(self, expression: Expression) -> int:
        """How many letters a formula has, counted once for each sub-formula; named parts count as one."""
        if expression not in self._sizes:
            for part in bottom_up(expression):
                if part not in self._sizes:
                    self._sizes[part] = sum(map(len, part.terms)) + len(part.terms) + sum(
                        self._size_of_named(child) for child in children(part))
        return self._sizes[expression]

    def _size_of_named(self, expression: Expression) -> int:
        return 1 if expression in self._names else self._sizes[expression]

    def _term_pieces(self, term: Term, sign: str, room: float, *, deep: bool) -> list[Piece]:
        numerator = [self._factor(factor, room) for factor in term.numerator]
        denominator = [self._factor(factor, room) for factor in term.denominator]
        text = self._fraction(term, numerator, denominator)
        broken = "{}" + sign
        if width_of(text) <= room:
            return [Piece(sign, text, broken)]
        if deep:
            room -= _DEEPER
        pieces: list[str] = []
        if term.top != 1 or term.bottom != 1:
            pieces.append(self._number(term.top, term.bottom))
        # Numbers come first, then what is above the line, then inverse powers.
        below = sorted(term.denominator, key=lambda factor: not isinstance(factor.base, int))
        numbers = sum(isinstance(factor.base, int) for factor in below)
        inverses = [self._as_factor(self._factor(factor, room, inverse=True)) for factor in below]
        pieces += [*inverses[:numbers], *map(self._as_factor, numerator), *inverses[numbers:]]
        return [Piece(sign, piece, broken) if not place else
                Piece(r"\cdot" if piece[0].isdigit() else r"\,", piece, r"{}\cdot", deep)
                for place, piece in enumerate(pieces)]

    def _number(self, top: int, bottom: int) -> str:
        whole = self.notation.integer(top)
        return (whole if bottom == 1 else self.notation.quotient(whole, self.notation.integer(bottom)))[0]

    def _fraction(self, term: Term, numerator: list[Text], denominator: list[Text]) -> str:
        top, bottom = list(numerator), list(denominator)
        if term.top != 1 or not top:
            top.insert(0, self.notation.integer(term.top))
        if term.bottom != 1:
            bottom.insert(0, self.notation.integer(term.bottom))
        above = self.notation.product(top) if len(top) > 1 else top[0]
        if not bottom:
            return above[0] if above[1] >= OPEN else latex_brackets(above[0])
        return self.notation.quotient(above, self.notation.product(bottom) if len(bottom) > 1 else bottom[0])[0]

    def _as_factor(self, text: Text) -> str:
        return text[0] if text[1] >= PRODUCT else latex_brackets(text[0])

    def _factor(self, factor: Factor, room: float, *, inverse: bool = False) -> Text:
        """One power; what is too wide in it gets a name first."""
        exponent = factor.exponent
        if inverse:
            exponent = -exponent
        room -= 30.0
        for part in _parts(factor.base, exponent):
            self._name_if_wide(part, room)
        text = self._power(factor.base, exponent)
        if width_of(text[0]) > room:
            for part in _parts(factor.base, exponent):
                self._name_if_wide(part, room / 4)
            text = self._power(factor.base, exponent)
        return text

    def _power(self, base: Base, exponent: Exponent) -> Text:
        if isinstance(base, Expression):
            inner = self._piece(base)
            if exponent == 1:
                return inner
            return self.notation.power(inner, self._exponent(exponent))
        return self._piece(Expression({frozenset(((base, exponent),)): 1}))

    def _exponent(self, exponent: Exponent) -> Text:
        if isinstance(exponent, Expression):
            return self._piece(exponent)
        return self._piece(ONE * Expression({frozenset(): exponent}))

    def _name_if_wide(self, part: Expression, room: float) -> None:
        if part in self._names or (self._size(part) <= _ATOMS and width_of(self._piece(part)[0]) <= room):
            return
        number = len(self._names) + 1
        free = sorted(symbols(part) & self._indices)
        shown = rf"\mathcal{{A}}_{{{number}}}"
        if free:
            shown += f"({', '.join(self.notation.name(name)[0] for name in free)})"
        self._names[part] = NAMED + shown
        self._pending.append((shown, part))
        self._printer = None


def _parts(base: Base, exponent: Exponent) -> list[Expression]:
    """The formulas inside a power that could be given a name."""
    parts: list[Expression] = []
    if isinstance(base, Expression):
        parts.append(base)
    elif isinstance(base, Function):
        parts.extend(base.arguments[1:] if base.name in {"product", "sum"} else base.arguments)
    if isinstance(exponent, Expression):
        parts.append(exponent)
    return [part for part in parts if len(part.terms) > 1 or next(iter(part.terms), ())]
