"""Networks side by side: a table as text, Markdown, LaTeX (booktabs), CSV and JSON data, with footnotes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.growth import Growth, depth_symbol
from freeblock.calculus.solutions import Outcome, Solution
from freeblock.formula.expression import Expression
from freeblock.formula.notations import LATEX, PLAIN, PYTHON, UNICODE
from freeblock.formula.printing import Notation, print_expression
from freeblock.formula.traversal import symbols
from freeblock.report.latex_text import escape, prose
from freeblock.report.reasons import reason_of_refusal
from freeblock.report.requirements import latex_requirement
from freeblock.report.solutions import solution_lines
from freeblock.report.solutions_data import solution_values
from freeblock.report.values import constant, constant_values, decimal

COLUMNS = ("phi", "variance", "kappa", "condition", "growth")
REFUSED = "refused"
_NOTATIONS: Mapping[str, Notation] = {"text": PLAIN, "unicode": UNICODE, "markdown": LATEX, "latex": LATEX,
                                      "csv": PLAIN, "json": PYTHON}
_HEADS = {"phi": r"\phi(JJ^{\top})", "variance": r"\varphi(JJ^{\top})", "kappa": r"\kappa"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands at one place, by format; a note tells why it is not more."""

    texts: Mapping[str, str]
    note: str | None = None
    refused: bool = False
    data: Any = None
    """What JSON has in its place, where that is no text."""
    typeset: str | None = None
    """The note in LaTeX, where it has formulas."""


@dataclass(frozen=True, slots=True)
class Row:
    """One network."""

    name: str
    expression: str
    derivation: Derivation
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows; the condition column answers `where`."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    where: str


def table_cells(
    derivation: Derivation, columns: Sequence[str], outcome: Outcome | None, failure: str | None,
    growth: Sequence[Growth],
) -> dict[str, Cell]:
    """The cells of one network."""
    cells: dict[str, Cell] = {}
    for column in columns:
        if column == "condition":
            cells[column] = _condition(derivation, outcome, failure)
        elif column == "growth":
            words = growth[0].words if growth else _no_growth(derivation)
            cells[column] = Cell(dict.fromkeys(_NOTATIONS, words))
        else:
            order = 1 if column == "phi" else 2
            value: Expression | None = getattr(derivation, column)
            cells[column] = _formula(derivation, value, order)
    return cells


def _no_growth(derivation: Derivation) -> str:
    """Why no growth is told."""
    if derivation.phi is None:
        return REFUSED
    depth = depth_symbol(derivation)
    if depth is None:
        return "the depth is no symbol"
    return "not worked out" if depth in symbols(derivation.phi) else "it does not depend on the depth"


def _formula(derivation: Derivation, value: Expression | None, order: int) -> Cell:
    if value is not None:
        texts = {form: print_expression(value, notation) for form, notation in _NOTATIONS.items()}
        number = constant(value, constant_values(derivation))
        if number is not None and not texts["text"].lstrip("-").isdigit() and decimal(number) != texts["text"]:
            signs = {"text": "~", "unicode": "≈", "markdown": r"\approx", "latex": r"\approx"}
            texts |= {form: f"{texts[form]} {sign} {decimal(number)}" for form, sign in signs.items()}
        return Cell(texts)
    if derivation.given >= order:
        return Cell(dict.fromkeys(_NOTATIONS, "none"), "the zero block has no kappa")
    return Cell(dict.fromkeys(_NOTATIONS, REFUSED), reason_of_refusal(derivation, order), True)


def _condition(derivation: Derivation, outcome: Outcome | None, failure: str | None) -> Cell:
    if derivation.phi is None:
        return Cell(dict.fromkeys(_NOTATIONS, REFUSED), reason_of_refusal(derivation, 1), True)
    if outcome is None:
        told = failure in (HOLDS, FAILS)
        return Cell(dict.fromkeys(_NOTATIONS, failure if told and failure else "none"), None if told else failure)
    if outcome.every:
        return Cell(dict.fromkeys(_NOTATIONS, "always"))
    if not outcome.solutions:
        reasons = [f"{', '.join(solution_lines(one, derivation, PLAIN))}: {one.reason}" for one in outcome.inadmissible]
        return Cell(dict.fromkeys(_NOTATIONS, "none"), "; ".join(reasons) or "no value meets it")
    signs = {"markdown": (r"\approx", r"\le"), "latex": (r"\approx", r"\le"), "unicode": ("≈", "≤")}
    texts = {}
    for form, notation in _NOTATIONS.items():
        sign, less = signs.get(form, ("~", "<="))
        texts[form] = " or ".join(", ".join(solution_lines(one, derivation, notation, sign=sign, less=less))
                                  for one in outcome.solutions).replace(" or ", _OR.get(form, " or "))
    several = len(outcome.solutions) > 1
    needy = [one for one in outcome.solutions if one.requires]
    note = _requirements(needy, several, derivation, PLAIN, " and ".join)
    typeset = _requirements(needy, several, derivation, LATEX, _typeset)
    return Cell(texts, note or None, data=[solution_values(one) for one in outcome.solutions], typeset=typeset or None)


def _requirements(
    solutions: Sequence[Solution], several: bool, derivation: Derivation, notation: Notation,
    shown: Callable[[Sequence[str]], str],
) -> str:
    """What solutions require; each is named where there are several."""
    lines = []
    for one in solutions:
        name = ", ".join(solution_lines(one, derivation, notation, **_SIGNS[notation is LATEX])) if several else ""
        lines.append((f"${name}$ " if name and notation is LATEX else f"{name} " if name else "")
                     + f"where {shown(one.requires)}")
    return "; ".join(dict.fromkeys(lines))


def _typeset(requires: Sequence[str]) -> str:
    return " and ".join(f"${latex_requirement(text)}$" for text in requires)


_SIGNS = {True: {"sign": r"\approx", "less": r"\le"}, False: {"sign": "~", "less": "<="}}
_OR = {"markdown": r" \text{ or } ", "latex": r" \text{ or } "}
HOLDS, FAILS = "holds", "does not hold"
_WORDS = frozenset({REFUSED, "none", "always", HOLDS, FAILS})


def table_text(table: Table, form: str) -> str:
    """The table in a format of `text`, `unicode`, `markdown`, `latex` or `csv`."""
    if form == "csv":
        return _csv(table)
    notes: list[str] = []
    rows = [[_name(row.name, form), *(_shown(row.cells[column], column, form, notes) for column in table.columns)]
            for row in table.rows]
    heads = ["network", *(_head(column, table, form) for column in table.columns)]
    if form == "latex":
        return _latex(heads, rows, notes)
    if form == "markdown":
        return _markdown(heads, rows, notes)
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in [heads, ["-" * width for width in widths], *rows]]
    return "\n".join([*lines, *([""] if notes else []), *(f"[{place}] {note}" for place, note in enumerate(notes, 1))]
                     ) + "\n"


def _name(name: str, form: str) -> str:
    return prose(name) if form == "latex" else name.replace("|", r"\|") if form == "markdown" else name


def _head(column: str, table: Table, form: str) -> str:
    side = table.rows[0].derivation.side
    if column == "condition":
        return f"`{table.where}`" if form == "markdown" else escape(table.where) if form == "latex" else table.where
    if column not in _HEADS:
        return column
    shown = _HEADS[column].replace(r"JJ^{\top}", r"J^{\top}J") if side == "in" else _HEADS[column]
    if form in ("latex", "markdown"):
        return f"${shown}$"
    product = "JᵀJ" if side == "in" else "JJᵀ"
    return {"phi": f"φ({product})", "variance": f"ϕ({product})", "kappa": "κ"}[column]


def _shown(cell: Cell, column: str, form: str, notes: list[str]) -> str:
    text = cell.texts[form]
    if form in ("latex", "markdown") and text not in _WORDS and column != "growth":
        text = f"${text}$"
    if cell.note is None:
        return text
    note = cell.typeset or prose(cell.note) if form == "latex" else cell.typeset or cell.note if form == "markdown" \
        else cell.note
    if note not in notes:
        notes.append(note)
    mark = notes.index(note) + 1
    return f"{text}$^{{{mark}}}$" if form == "latex" else f"{text} [{mark}]"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows]]
    found = [f"[{place}] {note}" for place, note in enumerate(notes, 1)]
    return "\n\n".join(["\n".join(lines), *found]) + "\n"


def _latex(heads: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    lines = [r"% \usepackage{amsmath,booktabs}", rf"\begin{{tabular}}{{{'l' * len(heads)}}}", r"\toprule",
             rf"{' & '.join(heads)} \\", r"\midrule", *(rf"{' & '.join(row)} \\" for row in rows), r"\bottomrule",
             r"\end{tabular}"]
    for place, note in enumerate(notes, 1):
        lines += ["", rf"{{\footnotesize $^{{{place}}}$ {note}\par}}"]
    return "\n".join(lines) + "\n"


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["network", "expression", *table.columns, "notes"])
    for row in table.rows:
        cells = [row.cells[column] for column in table.columns]
        notes = "; ".join(f"{column}: {cell.note}" for column, cell in zip(table.columns, cells, strict=True)
                          if cell.note)
        writer.writerow([row.name, row.expression, *(cell.texts["csv"] for cell in cells), notes])
    return text.getvalue()


def _data(cell: Cell) -> Any:
    if cell.data is not None:
        return cell.data
    return None if cell.refused or cell.texts["json"] == "none" else cell.texts["json"]


def table_data(table: Table) -> dict[str, Any]:
    """The contract of docs/compare.md: what is refused is null, with the reason among the notes."""
    return {"columns": list(table.columns), "condition": table.where, "networks": [{
        "name": row.name, "expression": row.expression,
        **{column: _data(row.cells[column]) for column in table.columns},
        "notes": {column: row.cells[column].note for column in table.columns if row.cells[column].note},
    } for row in table.rows]}
