"""A page of formulas, a table and remarks, as text, Unicode, Markdown and LaTeX: what small commands print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, PLAIN, UNICODE
from freeblock.formula.printing import print_expression
from freeblock.report.latex_text import prose

Form = Literal["text", "unicode", "markdown", "latex"]
FORMS = ("text", "unicode", "markdown", "latex", "json")


class Mathematics(NamedTuple):
    """A piece of a formula, on a line of text and in LaTeX; for Unicode the text, if nothing else is given."""

    text: str
    latex: str
    unicode: str | None = None

    def shown(self, form: Form) -> str:
        """The piece in a format, without dollars."""
        if form in ("markdown", "latex"):
            return self.latex
        return self.unicode if form == "unicode" and self.unicode is not None else self.text


class Line(NamedTuple):
    """One formula: left side, relation, right side, and words about it."""

    left: Mathematics
    relation: str
    right: Mathematics
    remark: str = ""


class Grid(NamedTuple):
    """A table of numbers."""

    heads: Sequence[Mathematics]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed, from top to bottom; `backquotes` in titles and notes mark pieces of a program."""

    title: str
    lines: Sequence[Line]
    grid: Grid | None = None
    notes: Sequence[str] = ()


def formula(expression: Expression) -> Mathematics:
    """An expression in all notations."""
    return Mathematics(print_expression(expression, PLAIN), print_expression(expression, LATEX),
                       print_expression(expression, UNICODE))


def decimal(value: float, digits: int = 10) -> Mathematics:
    """A number to so many significant digits."""
    text = f"{value:.{digits}g}"
    mantissa, exponent, power = text.partition("e")
    return Mathematics(text, rf"{mantissa} \cdot 10^{{{int(power)}}}" if exponent else
                       text.replace("inf", r"\infty"))


_RELATIONS = {"<=": r"\le", ">=": r"\ge", "~": r"\approx", "=": "=", ">": ">", "<": "<"}
_UNICODE = {"<=": "≤", ">=": "≥", "~": "≈"}


def sheet_text(sheet: Sheet, form: Form) -> str:
    """The page in one format."""
    return {"latex": _latex, "markdown": _markdown}.get(form, lambda one: _plain(one, form))(sheet)


def _plain(sheet: Sheet, form: Form) -> str:
    parts = [_words(sheet.title)]
    if sheet.lines:
        signs = _UNICODE if form == "unicode" else {}
        parts.append("\n".join(
            f"  {line.left.shown(form)} {signs.get(line.relation, line.relation)} {line.right.shown(form)}"
            f"{f'   ({_words(line.remark)})' if line.remark else ''}" for line in sheet.lines))
    if sheet.grid is not None:
        rows = [[head.shown(form) for head in sheet.grid.heads], *sheet.grid.rows]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
        parts.append("\n".join(f"  {'  '.join(row)}".rstrip() for row in padded))
    if sheet.notes:
        parts.append("\n".join(map(_words, sheet.notes)))
    return "\n\n".join(parts) + "\n"


def _words(text: str) -> str:
    return text.replace("`", "")


def _markdown(sheet: Sheet) -> str:
    parts = [f"**{sheet.title}**"]
    if sheet.lines:
        parts.append("\n".join(f"- ${_equation(line)}${f' ({line.remark})' if line.remark else ''}"
                               for line in sheet.lines))
    if sheet.grid is not None:
        rows = [[f"${head.latex}$" for head in sheet.grid.heads], ["---"] * len(sheet.grid.heads), *sheet.grid.rows]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in rows))
    if sheet.notes:
        parts.append("\n".join(f"- {note}" for note in sheet.notes))
    return "\n\n".join(parts) + "\n"


def _latex(sheet: Sheet) -> str:
    parts = ["% \\usepackage{amsmath,booktabs}", rf"\paragraph{{{prose(sheet.title)}}}"]
    if sheet.lines:
        rows = [_equation(line, "&") + (rf" && \text{{{prose(line.remark)}}}" if line.remark else "")
                for line in sheet.lines]
        parts.append("\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}")
    if sheet.grid is not None:
        heads = [f"${head.latex}$" for head in sheet.grid.heads]
        parts.append("\n".join([
            rf"\begin{{tabular}}{{{'l' * len(heads)}}}", r"\toprule", rf"{' & '.join(heads)} \\", r"\midrule",
            *(rf"{' & '.join(row)} \\" for row in sheet.grid.rows), r"\bottomrule", r"\end{tabular}"]))
    parts += [prose(note) for note in sheet.notes]
    return "\n\n".join(parts) + "\n"


def _equation(line: Line, mark: str = "") -> str:
    return f"{line.left.latex} {mark}{_RELATIONS[line.relation]} {line.right.latex}"
