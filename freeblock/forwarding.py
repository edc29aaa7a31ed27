"""A text in, what its network does to a signal out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from freeblock.calculus.gradient_scale import gradient_scale
from freeblock.calculus.premises import Premises
from freeblock.calculus.states import read_input as read_formulas
from freeblock.errors import DomainError, OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Program, Relation
from freeblock.language.parser import parse_formula
from freeblock.network.network import Network
from freeblock.network.nodes import Indexed, Leaf, Repeat, Scale
from freeblock.network.tree import children_first
from freeblock.report.forward import ForwardPage, forward_data, forward_latex, forward_picture, forward_text
from freeblock.report.gradient_scale import ScalePage, scale_data, scale_latex, scale_text
from freeblock.report.printable import Printable, Style
from freeblock.session import check_premises, read_network
from freeblock.signals.table import Table, forward_table
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Forwarded(Printable):
    """q, c, χ, φ and GSC of each block; in formulas, those of the whole where symbols have no value."""

    page: ForwardPage | ScalePage

    @property
    def table(self) -> Table:
        """The rows as numbers. Raises OptionError where symbols have no value."""
        if isinstance(self.page, ScalePage):
            raise OptionError("a table is of numbers, and symbols have no value", hint="give them values")
        return self.page.table

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return scale_data(self.page) if isinstance(self.page, ScalePage) else forward_data(self.page)

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        if isinstance(self.page, ScalePage):
            return scale_latex(self.page) if style == "latex" else scale_text(self.page, style)
        return forward_latex(self.page) if style == "latex" else forward_text(self.page, style)

    def plot(self, kind: str = "svg") -> bytes:
        """The depth curves as a file: svg, png or pdf."""
        return forward_picture(self.table, kind)


def forward_source(
    source: Source | Program, *, q: str | float = 1, c: str | float = 0, depth_table: bool = False,
    name: str | None = None, library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None,
    assume_free: bool = False, assume: Sequence[str] = (), progress: Callable[[int], None] | None = None,
) -> Forwarded:
    """Follow a Gaussian input of mean square q > 0, −1 ≤ c ≤ 1. Raises FreeblockError kinds."""
    network = read_network(source, name=name, library=library, values=values)
    check_premises(network, assume)
    premises = Premises(assume_free or "free-blocks" in assume, frozenset(assume))
    text = source.text if isinstance(source, Source) else source.source.text
    if depth_table or not is_symbolic(network):
        size, correlation = read_input(q, c)
        return Forwarded(ForwardPage(text, forward_table(network, size, correlation, premises=premises,
                                                         depth=depth_table, progress=progress)))
    given = read_formulas(str(q), str(c))
    return Forwarded(ScalePage(text, (str(q), str(c)), gradient_scale(network, *given, premises)))


def is_symbolic(network: Network) -> bool:
    """Whether a symbol that is no statistic has no value: a depth, or a parameter."""
    for block in children_first(network.block):
        if isinstance(block, Indexed) or (isinstance(block, Repeat) and block.count.number() is None):
            return True
        if isinstance(block, Scale) and symbols(block.factor) - network.constants.keys() - CONSTANTS:
            return True
        if isinstance(block, Leaf):
            formulas = [value for name, value in block.arguments.items()
                        if name in block.rule.parameters and block.rule.parameters[name].fresh is None]
            free = frozenset().union(*(symbols(value) for value in formulas))
            if free - symbols(network.width) - symbols(block.columns) - symbols(block.rows) \
                    - network.constants.keys() - CONSTANTS:
                return True
    return False


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
