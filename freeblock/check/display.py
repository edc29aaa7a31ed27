"""A check as people read it: lines of text, a table in LaTeX, a table in HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from freeblock.check.gradients import HEAD, gradient_cells, gradient_lines
from freeblock.check.signal_result import SignalRow
from freeblock.check.verdict import OrderResult

if TYPE_CHECKING:
    from freeblock.check.result import CheckResult

_HEAD = ("order", "predicted", "measured", "± std. error", "verdict")


class _Row(NamedTuple):
    """The cells of one order, or of the signal."""

    name: str
    predicted: str
    measured: str
    error: str
    verdict: str


def check_lines(result: CheckResult) -> list[str]:
    """The table, the variance, what was sampled, the verdict: the last line."""
    lines = ["order     predicted      measured  ± std. error  verdict", *map(_line, _orders(result))]
    first, second = result.orders[0], result.orders[min(1, len(result.orders) - 1)]
    if second is not first and first.predicted and second.predicted is not None:
        predicted = second.predicted - first.predicted**2
        measured = second.measured - first.measured**2
        ratio = f", ratio {measured / predicted:.3f}" if predicted > 0 else ""
        lines.append(f"ϕ      {predicted:>12.6g}  {measured:>12.6g}{ratio}")
    lines += map(_line, _signal(result))
    if result.blocks:
        lines += ["", *gradient_lines(result.blocks), ""]
    return [*lines, *signal_lines(result), _sampled(result), verdict(result)]


def markdown_lines(result: CheckResult) -> list[str]:
    """The tables as Markdown, with what was sampled and the verdict: the last line."""
    lines = _markdown(_HEAD, _rows(result))
    if result.blocks:
        title, *_ = gradient_lines(result.blocks)
        cells = [(place, f"`{name}`", *numbers) for place, name, *numbers in gradient_cells(result.blocks)]
        lines += ["", title, "", *_markdown(HEAD, cells)]
    return [*lines, "", *(f"{line}  " for line in signal_lines(result)), f"{_sampled(result)}. {verdict(result)}"]


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; the bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def verdict(result: CheckResult) -> str:
    """One sentence."""
    return "The closed form and the samples agree." if result.agrees else "The closed form and the samples DISAGREE."


def latex_table(result: CheckResult) -> str:
    """The table as mathematics, `$$…$$`."""
    rows = [r"\text{order} & \text{predicted} & \text{measured} & \text{std. error} & \text{verdict}"]
    for row in _rows(result):
        numbers = " & ".join(map(_typeset, (row.predicted, row.measured, row.error)))
        name = rf"\phi_{{{row.name[2:]}}}" if row.name.startswith("φ_") else rf"\mathrm{{{row.name}}}"
        rows.append(rf"{name} & {numbers} & \text{{{row.verdict}}}")
    body = r" \\ ".join(rows)
    return rf"$$\begin{{array}}{{lrrrl}} {body} \end{{array}}$$"


def html_table(result: CheckResult) -> str:
    """The tables for a notebook."""
    rows = [(f"φ<sub>{row.name[2:]}</sub>" if row.name.startswith("φ_") else row.name, *map(html.escape, row[1:]))
            for row in _rows(result)]
    tables = _html(_HEAD, rows)
    if result.blocks:
        title, *_ = gradient_lines(result.blocks)
        cells = [tuple(map(html.escape, row)) for row in gradient_cells(result.blocks)]
        tables += f"<p>{html.escape(title)}</p>{_html(HEAD, cells)}"
    said = ". ".join([*signal_lines(result), _sampled(result), verdict(result)])
    return f"{tables}<p>{html.escape(said)}</p>"


def _html(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    names = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>"


def signal_lines(result: CheckResult) -> list[str]:
    """What went through the network beside the samples of J, and why something is left out."""
    signal = result.signal
    if signal is None:
        return []
    lines = []
    if signal.rows:
        lines.append(f"input q = {signal.data.q:.6g}, correlation c = {signal.data.c:.6g}: {signal.passes} passes of "
                     f"{signal.batch} inputs")
    if signal.reason is not None:
        what = "GSC is not predicted" if signal.rows else "q, c and GSC are left out"
        lines.append(f"{what}: {signal.reason}")
    return lines


def _rows(result: CheckResult) -> list[_Row]:
    return [*_orders(result), *_signal(result)]


def _orders(result: CheckResult) -> list[_Row]:
    return [_row(f"φ_{entry.k}", entry, entry.k in result.unproved) for entry in result.orders]


def _signal(result: CheckResult) -> list[_Row]:
    return [] if result.signal is None else [_row(row.name, row, False) for row in result.signal.rows]


def _row(name: str, entry: OrderResult | SignalRow, unproved: bool) -> _Row:
    said = "-" if entry.agrees is None else "agrees" if entry.agrees else "DISAGREES"
    return _Row(name, "-" if entry.predicted is None else f"{entry.predicted:.6g}", f"{entry.measured:.6g}",
                f"{entry.stderr:.2g}", said + ("  (free value; not proved)" if unproved else ""))


def _line(row: _Row) -> str:
    return f"{row.name:<5}  {row.predicted:>12}  {row.measured:>12}  ± {row.error:<10}  {row.verdict}"


def _typeset(number: str) -> str:
    mantissa, sign, exponent = number.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if sign else mantissa


def _sampled(result: CheckResult) -> str:
    images = result.images
    if images is None:
        halves = " and half of it" if result.half_width is not None else ""
        return f"width {result.width}{halves}, {result.samples} samples, {result.seconds:.1f} s"
    channels = "channels as they are" if images.narrow == 1 else f"channels divided by {images.narrow}"
    halves = " and half of them" if images.halved else ""
    at_once = "1 image" if images.batch == 1 else f"{images.batch} images"
    shape = " × ".join(map(str, images.shape))
    return f"input {shape}, {channels}{halves}, {result.samples} passes of {at_once}, {result.seconds:.1f} s"
