"""A text in, what its network does to a signal out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from freeblock.calculus.premises import Premises
from freeblock.errors import DomainError, OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Program, Relation
from freeblock.language.parser import parse_formula
from freeblock.report.forward import ForwardPage, forward_data, forward_latex, forward_picture, forward_text
from freeblock.session import check_premises, read_network
from freeblock.signals.table import Table, forward_table
from freeblock.source import Source

Format = Literal["text", "unicode", "markdown", "latex"]


@dataclass(frozen=True, slots=True, eq=False)
class Forwarded:
    """q, c, χ, φ and GSC of each block."""

    page: ForwardPage

    @property
    def table(self) -> Table:
        """The rows as numbers."""
        return self.page.table

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return forward_data(self.page)

    def to_json(self) -> str:
        """The JSON text."""
        return json.dumps(self.data(), indent=1, ensure_ascii=False, allow_nan=False)

    def text(self, style: Format = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return forward_latex(self.page) if style == "latex" else forward_text(self.page, style)

    def plot(self, kind: str = "svg") -> bytes:
        """The depth curves as a file: svg, png or pdf."""
        return forward_picture(self.page.table, kind)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": self.text("markdown")}

    def __repr__(self) -> str:
        return self.text("unicode")


def forward_source(
    source: Source | Program, *, q: str | float = 1, c: str | float = 0, depth_table: bool = False,
    name: str | None = None, library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None,
    assume_free: bool = False, assume: Sequence[str] = (), progress: Callable[[int], None] | None = None,
) -> Forwarded:
    """Follow a Gaussian input of mean square q > 0, −1 ≤ c ≤ 1. Raises FreeblockError kinds."""
    size, correlation = read_input(q, c)
    network = read_network(source, name=name, library=library, values=values)
    check_premises(network, assume)
    premises = Premises(assume_free or "free-blocks" in assume, frozenset(assume))
    text = source.text if isinstance(source, Source) else source.source.text
    return Forwarded(ForwardPage(text, forward_table(network, size, correlation, premises=premises, depth=depth_table,
                                                     progress=progress)))


def read_input(q: str | float, c: str | float) -> tuple[float, float]:
    """Mean square and correlation of the input, as numbers in their domains. Raises FreeblockError kinds."""
    size, correlation = read_number("--q", q), read_number("--c", c)
    if not size > 0:
        raise DomainError(f"a mean square is positive, not {size:g}", hint="for example --q 1")
    if not -1 <= correlation <= 1:
        raise DomainError(f"a correlation lies between -1 and 1, not at {correlation:g}", hint="for example --c 0.5")
    return size, correlation


def read_number(what: str, value: str | float) -> float:
    """The number a formula of numbers stands for. Raises FreeblockError kinds."""
    node = parse_formula(Source(what, str(value)))
    formula = None if isinstance(node, Relation) else to_expression(node, {}, free=True)
    if formula is None or symbols(formula) - CONSTANTS:
        raise OptionError(f"{what} is a number", node.span, f"for example {what} 1/2")
    found = evaluate(formula, {}).to_float()
    if not isfinite(found):
        raise DomainError(f"{what} is too large", node.span)
    return found
