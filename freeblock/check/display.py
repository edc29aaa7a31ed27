"""A check as people read it: lines of text, a table in LaTeX, a table in HTML."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple

from freeblock.check.verdict import OrderResult

if TYPE_CHECKING:
    from freeblock.check.result import CheckResult

_HEAD = ("order", "predicted", "measured", "± std. error", "verdict")


class _Row(NamedTuple):
    """The cells of one order."""

    order: int
    predicted: str
    measured: str
    error: str
    verdict: str


def check_lines(result: CheckResult) -> list[str]:
    """The table, the variance, what was sampled, the verdict: the last line."""
    lines = ["order     predicted      measured  ± std. error  verdict"]
    for row in _rows(result):
        lines.append(f"φ_{row.order:<3}  {row.predicted:>12}  {row.measured:>12}  ± {row.error:<10}  {row.verdict}")
    first, second = result.orders[0], result.orders[min(1, len(result.orders) - 1)]
    if second is not first and first.predicted and second.predicted is not None:
        predicted = second.predicted - first.predicted**2
        measured = second.measured - first.measured**2
        ratio = f", ratio {measured / predicted:.3f}" if predicted > 0 else ""
        lines.append(f"ϕ      {predicted:>12.6g}  {measured:>12.6g}{ratio}")
    return [*lines, _sampled(result), verdict(result)]


def verdict(result: CheckResult) -> str:
    """One sentence."""
    return "The closed form and the samples agree." if result.agrees else "The closed form and the samples DISAGREE."


def latex_table(result: CheckResult) -> str:
    """The table as mathematics, `$$…$$`."""
    rows = [r"\text{order} & \text{predicted} & \text{measured} & \text{std. error} & \text{verdict}"]
    for row in _rows(result):
        numbers = " & ".join(map(_typeset, (row.predicted, row.measured, row.error)))
        rows.append(rf"\phi_{{{row.order}}} & {numbers} & \text{{{row.verdict}}}")
    body = r" \\ ".join(rows)
    return rf"$$\begin{{array}}{{lrrrl}} {body} \end{{array}}$$"


def html_table(result: CheckResult) -> str:
    """The table for a notebook."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in _HEAD)
    rows = [f"<tr><td>φ<sub>{row.order}</sub></td>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>" for row in _rows(result)]
    return (f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
            f"<p>{html.escape(_sampled(result))}. {html.escape(verdict(result))}</p>")


def _rows(result: CheckResult) -> list[_Row]:
    return [_row(entry, entry.k in result.unproved) for entry in result.orders]


def _row(entry: OrderResult, unproved: bool) -> _Row:
    said = "-" if entry.agrees is None else "agrees" if entry.agrees else "DISAGREES"
    return _Row(entry.k, "-" if entry.predicted is None else f"{entry.predicted:.6g}", f"{entry.measured:.6g}",
                f"{entry.stderr:.2g}", said + ("  (free value; not proved)" if unproved else ""))


def _typeset(number: str) -> str:
    mantissa, sign, exponent = number.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if sign else mantissa


def _sampled(result: CheckResult) -> str:
    return f"width {result.width} and half of it, {result.samples} samples, {result.seconds:.1f} s"
