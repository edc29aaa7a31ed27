"""The forward table of a network: for people, in LaTeX, as JSON data, and as a plot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any, Literal

from freeblock.report.latex_text import code, comment, prose
from freeblock.report.line_plot import Line, draw_lines, drawn
from freeblock.report.quotation import quoted
from freeblock.signals.table import Row, Table
from freeblock.version import __version__

Style = Literal["text", "unicode", "markdown"]
Column = tuple[str, str, str, Callable[[Row], float | None]]
SHORT = 16
"""A longer name of a block takes a line of its own in LaTeX."""
_COLUMNS: tuple[Column, ...] = (
    ("q", "q", "q", lambda row: row.q),
    ("c", "c", "c", lambda row: row.c),
    ("chi", "χ", r"\chi_1", lambda row: row.chi),
    ("phi", "φ", r"\phi", lambda row: row.phi),
    ("GSC", "GSC", r"\mathrm{GSC}", lambda row: row.gsc),
    ("k", "k", "k", lambda row: row.dilution),
    ("sqrt(1-c)", "√(1−c)", r"\sqrt{1-c}", lambda row: row.deviation),
    ("signs", "signs", r"\arccos(\sqrt{c})/\pi", lambda row: row.diversity),
    ("nonlinear", "nonlinear", r"\text{nonlinear}", lambda row: row.nonlinear),
)


@dataclass(frozen=True, slots=True)
class ForwardPage:
    """What is reported of one network."""

    expression: str
    table: Table


def forward_text(page: ForwardPage, style: Style) -> str:
    """The rows, the whole, and what is said of it in words."""
    table = page.table
    shown = quoted(page.expression, style)
    phi, approx = ("phi", "~") if style == "text" else ("φ", "≈")
    start = f"Input: Gaussian units, q = {_number(table.q)}, correlation of two inputs c = {_number(table.c)}."
    ends = [f"GSC {approx} {_power(table.log_gsc_squared, 0.5)}, GSC^2 {approx} {_power(table.log_gsc_squared)}, "
            f"{phi} {approx} {_power(table.log_phi)}"
            if table.log_gsc_squared is not None else f"{phi} and GSC are not given: {table.refused}"]
    ends += [f"{flag}: {why}" for flag, why in table.flags] or ["no flag"]
    ends += _rests(table)
    if style == "markdown":
        return "\n\n".join([shown, start, _pipes(_cells(table, 1)), "\n".join(f"- {line}" for line in ends)]) + "\n"
    lines = ["Whole network:", *(f"  {line}" for line in "\n".join(ends).splitlines())]
    return "\n\n".join([shown, start, _columns(_cells(table, 0 if style == "text" else 1)), "\n".join(lines)]) + "\n"


def forward_latex(page: ForwardPage) -> str:
    """A fragment for a document with `amsmath` and `booktabs`."""
    table = page.table
    # A column that says nothing of any block is left out: pages are narrow.
    columns = [column for column in _COLUMNS if any(column[-1](row) is not None for row in table.rows)]
    heads = " & ".join(["block", *(f"${head}$" for _, _, head, _ in columns)])
    body = "\n".join(_latex_rows(table, columns))
    whole = (rf"For the whole network $\mathrm{{GSC}} \approx {_latex_power(table.log_gsc_squared, 0.5)}$, "
             rf"$\mathrm{{GSC}}^2 \approx {_latex_power(table.log_gsc_squared)}$ and $\phi(JJ^{{\top}}) \approx "
             rf"{_latex_power(table.log_phi)}$." if table.log_gsc_squared is not None else
             r"$\phi$ and the gradient scale coefficient are not given: " + prose(" ".join(str(table.refused).split()))
             + ".")
    flags = " ".join(f"It \\emph{{{flag}}}: {prose(why)}." if flag != "pseudo-linear" else
                     f"It is \\emph{{{flag}}}: {prose(why)}." for flag, why in table.flags)
    return "\n".join([
        f"% freeblock {__version__}", *comment(page.expression.strip("\n")),
        rf"Gaussian units of mean square $q = {_latex_number(table.q)}$ and correlation $c = {_latex_number(table.c)}$ "
        "of two inputs pass as follows:",
        r"\[ \text{\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\begin{{tabular}}{{l{'r' * len(columns)}}}", r"\toprule", f"  {heads} \\\\", r"\midrule", body,
        r"\bottomrule", r"\end{tabular}} \]", whole, *([flags] if flags else []),
        *(prose(f"{line[0].upper()}{line[1:]}.") for line in _rests(table))]) + "\n"


def _latex_rows(table: Table, columns: Sequence[Column]) -> list[str]:
    """A long name, and one of several copies, stands above its numbers."""
    lines: list[str] = []
    above = ""
    for row in table.rows:
        start = code(row.label) if row.place is None else str(row.place)
        if row.place is not None or row.count > 1 or len(row.label) > SHORT:
            if row.label != above:
                lines.append(rf"  \multicolumn{{{len(columns) + 1}}}{{l}}{{{code(row.label)}}} \\")
            above = row.label
            start = str(row.place) if row.place is not None else f"{row.count} copies" if row.count > 1 else ""
        cells = [start, *(f"${_latex_number(value(row), 4)}$" for *_, value in columns)]
        lines.append(f"  {' & '.join(cells)} \\\\")
    return lines


def forward_data(page: ForwardPage) -> dict[str, Any]:
    """The contract of docs/forward.md."""
    table = page.table
    last = table.last
    return {
        "expression": page.expression,
        "input": {"q": table.q, "c": table.c},
        "q": last.q, "c": last.c, "chi": _finite(table.chi),
        "phi": _raised(table.log_phi), "gsc": _raised(table.log_gsc_squared, 0.5),
        "gsc_squared": _raised(table.log_gsc_squared),
        "log10_phi": _finite(table.log_phi), "log10_gsc_squared": _finite(table.log_gsc_squared),
        "deviation": last.deviation, "diversity": last.diversity,
        "blocks": [
            {"block": row.label, "count": row.count, "place": row.place, "q": row.q, "c": row.c,
             "chi": _finite(row.chi), "phi": _finite(row.phi), "gsc": _finite(row.gsc),
             "gsc_squared": _finite(row.gsc_squared), "k": row.dilution, "deviation": row.deviation,
             "diversity": row.diversity, "nonlinear": row.nonlinear}
            for row in table.rows],
        "flags": [{"flag": flag, "because": why} for flag, why in table.flags],
        "refused": table.refused,
        "error": table.error,
        "assumed": [{"name": item.name, "because": item.because, "blocks": list(item.blocks)}
                    for item in table.derivation.hypotheses if item.status == "assumed"
                    and item.name != "equal-copies"],
    }


def forward_picture(table: Table, kind: str) -> bytes:
    """q, c, GSC and √(1 − c) against the block as an SVG, PNG or PDF file. Raises OptionError without matplotlib."""
    places = list(range(len(table.rows) + 1))
    sizes = [Line("q", places, [table.q, *(row.q for row in table.rows)])]
    if table.log_gsc_squared is not None:
        growth = [1.0]
        for row in table.rows:
            growth.append(growth[-1] * (row.gsc or 0.0))
        sizes.append(Line("GSC from the input", places, growth))
    alike = {place: c for place, c in enumerate((table.c, *(row.c for row in table.rows))) if c is not None}
    curves = [Line("c", list(alike), list(alike.values())),
              Line("√(1−c)", list(alike), [sqrt(max(1 - c, 0.0)) for c in alike.values()])]

    def draw(figure: Any) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True)
        upper.set_yscale("log")
        for axes, lines in ((upper, sizes), (lower, curves)):
            draw_lines(axes, lines)
        lower.set_xlabel("block")

    return drawn(draw, kind, (6, 6))


def _label(row: Row) -> str:
    return row.label if row.place is None else f"{row.place}: {row.label}"


def _cells(table: Table, head: int) -> list[list[str]]:
    rows = [[_label(row) + (f" ({row.count} copies)" if row.count > 1 and row.place is None else ""),
             *("-" if value(row) is None else _number(value(row)) for *_, value in _COLUMNS)] for row in table.rows]
    return [["block", *(column[head] for column in _COLUMNS)], *rows]  # type: ignore[list-item]


def _columns(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join([f"  {row[0]:<{widths[0]}}", *(
        f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))]) for row in rows)


def _pipes(rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    head, *body = [[f"`{row[0]}`".replace("|", r"\|") if place else row[0], *row[1:]]
                   for place, row in enumerate(rows)]
    return "\n".join([line(head), line(["---", *["---:"] * (len(head) - 1)]), *map(line, body)])


def _rests(table: Table) -> list[str]:
    """The error of quadrature, and what is assumed."""
    error = [f"Gaussian means by quadrature, relative error about {table.error:.0e}"] if table.error else []
    # Each copy has statistics of its own here, so that it need not be assumed that they are equal.
    return error + list(dict.fromkeys(
        f"assumed: [{item.name}] {item.because} ({', '.join(f'`{block}`' for block in item.blocks[:4])})"
        for item in table.derivation.hypotheses if item.status == "assumed" and item.name != "equal-copies"))


def _number(value: float | None, digits: int = 6) -> str:
    return "-" if value is None else f"{value:.{digits}g}"


def _latex_number(value: float | None, digits: int = 6) -> str:
    if value is None:
        return r"\text{--}"
    mantissa, _, exponent = _number(value, digits).partition("e")
    return mantissa if not exponent else rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def _power(logarithm: float | None, share: float = 1.0) -> str:
    if logarithm is None:
        return "-"
    size = share * logarithm
    return "0" if size == -inf else _number(10**size) if abs(size) < 300 else f"10^{size:.6g}"


def _latex_power(logarithm: float | None, share: float = 1.0) -> str:
    text = _power(logarithm, share)
    mantissa, sign, exponent = text.partition("e")
    if sign:
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return text if "^" not in text else f"10^{{{text[3:]}}}"


def _raised(logarithm: float | None, share: float = 1.0) -> float | None:
    if logarithm is None or share * logarithm > 308:
        return None
    return 0.0 if logarithm == -inf else float(10 ** (share * logarithm))


def _finite(value: float | None) -> float | None:
    return None if value is None or abs(value) == inf else value
