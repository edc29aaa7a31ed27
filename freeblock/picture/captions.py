"""φ and κ of a block as short lines; a long formula gets a name and is listed below the picture."""

from __future__ import annotations

from dataclasses import replace

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.placed_laws import PlacedLaw
from freeblock.formula.expression import Expression
from freeblock.formula.notations import PLAIN, UNICODE
from freeblock.formula.printing import Printer, print_expression
from freeblock.formula.traversal import symbols
from freeblock.picture.breaking import lines_of
from freeblock.picture.shapes import Line
from freeblock.report.latex_symbols import Symbols
from freeblock.report.latex_width import width_of
from freeblock.report.values import constant, constant_values, decimal

ON_BOX, BESIDE = 92.0, 200.0
"""Points a formula may take on a box, and beside a group of boxes."""
LEGEND = 520.0
"""Points a line of the legend may take."""
_LONGEST = 4000
"""Characters of a formula that are listed; what is longer is for `freeblock derive`."""
_PHI, _KAPPA = r"\phi", r"\kappa"


class Captions:
    """Prints laws; remembers which marks and names the legend has to explain."""

    def __init__(self, derivation: Derivation, *, narrow: bool) -> None:
        self._narrow = narrow
        self._symbols = Symbols(derivation, ())
        self._constants = constant_values(derivation)
        self._latex = Printer(self._symbols.notation)
        self._plain = Printer(UNICODE)
        self._used: set[str] = set()
        self._listed: dict[Expression, str] = {}
        self.assumed = False
        """Whether something rests on an assumption of the user."""

    def law(self, placed: PlacedLaw, limit: float) -> list[Line]:
        """φ and κ as a line each; what is not proved is said to be so."""
        known = placed.law
        if placed.given < 1:
            return [Line("φ, κ not proved", "note")]
        lines = [self._equation(_PHI, "φ", known.phi, self._sign(placed, 1), limit)]
        if known.is_zero:
            return lines
        if placed.given < 2 or known.kappa is None:
            return [*lines, Line("κ not proved", "note")]
        return [*lines, self._equation(_KAPPA, "κ", known.kappa, self._sign(placed, 2), limit)]

    def beside(self, placed: PlacedLaw, words: str) -> list[Line]:
        """The law of a group of boxes, on one line where it is short; `words` say which group."""
        if self._narrow:
            return [Line(words, "note"), *self.law(placed, ON_BOX)]
        if placed.given < 1:
            return [Line(f"{words}: φ, κ not proved", "note")]
        first, *rest = self.law(placed, BESIDE)
        second = rest[0] if rest else None
        lead = f"{words}:"
        if second is None or not second.math or width_of(first.text) + width_of(second.text) <= BESIDE:
            shown, plain = [first.text], [first.plain]
            if second is not None:
                shown.append(second.text if second.math else r"\kappa\ \mathrm{not\ proved}")
                plain.append(second.spoken)
            return [replace(first, text=r",\quad ".join(shown), plain=", ".join(plain), words=lead)]
        return [replace(first, words=lead), second]

    def formula(self, expression: Expression, limit: float) -> tuple[str, str]:
        """A formula in LaTeX and as plain text; the name of one that is longer than `limit` points."""
        plain = self._plain.piece(expression)[0]
        latex = self._latex.piece(expression)[0]
        self._used |= symbols(expression)
        if len(latex) <= _LONGEST and width_of(latex) <= limit:
            return latex, plain
        number = constant(expression, self._constants)
        if number is not None:
            return rf"\approx {_power_of_ten(decimal(number))}", f"≈ {decimal(number)}"
        place = list(self._listed).index(expression) if expression in self._listed else len(self._listed)
        name = self._listed.setdefault(expression, rf"\mathsf{{A}}_{{{place + 1}}}")
        return name, plain if len(plain) <= _LONGEST else f"A_{place + 1}"

    def index(self, name: str) -> str:
        """An index in LaTeX."""
        return self._symbols.notation.name(name)[0]

    def legend(self) -> list[Line]:
        """The formulas with names, the symbols with short names, and published constants."""
        lines: list[Line] = []
        for formula, name in self._listed.items():
            lines += self._listing(formula, name)
        for short, name in self._symbols.shortened:
            if name in self._used:
                *others, last = broken(name, 90)
                lines += [Line(piece, "note") for piece in others]
                lines.append(Line(short, "formula", math=True, plain=name, words=f"{last} is printed as"))
        for name, value in self._constants.items():
            if name in self._used:
                shown = self._symbols.notation.name(name)[0]
                text = f"{float(value)!r}"
                lines.append(Line(f"{shown} = {text}", "note", math=True, plain=f"{name} = {text}"))
        return lines

    def _sign(self, placed: PlacedLaw, order: int) -> str:
        if placed.proved >= order:
            return "="
        self.assumed = True
        return r"\overset{\ast}{=}"

    def _equation(self, name: str, plain: str, value: Expression, equal: str, limit: float) -> Line:
        latex, text = self.formula(value, limit)
        if latex.startswith(r"\approx"):
            equal, sign = "", ""
        else:
            sign = "= "
        return Line(f"{name} {equal} {latex}", "formula", math=True, plain=f"{plain} {sign}{text}")

    def _listing(self, formula: Expression, name: str) -> list[Line]:
        """name = formula, on several lines where it is long."""
        whole = self._latex.piece(formula)[0]
        plain = self._plain.piece(formula)[0]
        if len(whole) > _LONGEST:
            return [Line(name, "formula", math=True, plain=name, words="too long to be shown; see `freeblock derive`:")]
        if width_of(whole) <= LEGEND:
            return [Line(f"{name} = {whole}", "formula", math=True, plain=f"{name} = {plain}")]
        rows = lines_of(whole, LEGEND - 40)
        if rows is not None:
            first = Line(f"{name} = {rows[0]}", "formula", math=True, plain=f"{name} = {plain}")
            return [first, *(Line(rf"\qquad {row}", "formula", math=True, plain=" ") for row in rows[1:])]
        return [Line(f"{name} =", "formula", math=True, plain=f"{name} = {plain}"),
                *(Line(f"    {piece}", "note") for piece in broken(print_expression(formula, PLAIN), 100))]


def broken(text: str, columns: int) -> list[str]:
    """A text in lines of at most so many characters, broken at blanks or behind signs where there are any."""
    lines = []
    while len(text) > columns:
        blank = text.rfind(" ", columns // 3, columns + 1) + 1
        cut = blank or max(text.rfind(sign, columns // 2, columns) for sign in ",*·/+=(") + 1 or columns
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*lines, text]


def _power_of_ten(number: str) -> str:
    mantissa, sign, exponent = number.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if sign else mantissa
