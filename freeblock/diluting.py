"""A text in, the dilution of its residual blocks out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.forward import check_vectors
from freeblock.calculus.premises import Premises
from freeblock.calculus.residual_products import ResidualProduct, residual_product
from freeblock.calculus.states import read_input as read_formulas
from freeblock.errors import OptionError, RefusedError
from freeblock.forwarding import is_symbolic, read_input
from freeblock.language.nodes import Program
from freeblock.report.dilution import DilutionPage, dilution_data, dilution_picture, dilution_text
from freeblock.report.printable import Printable, Style
from freeblock.session import check_premises, read_network
from freeblock.signals.dilution import Dilution, dilution
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DilutionResult(Printable):
    """k, R and GSC² of each residual block, and their product in closed form where it has one."""

    page: DilutionPage

    @property
    def found(self) -> Dilution:
        """The blocks as numbers. Raises OptionError where symbols have no value."""
        if self.page.found is None:
            raise OptionError("the blocks are numbers, and symbols have no value", hint="give them values")
        return self.page.found

    @property
    def product(self) -> ResidualProduct | None:
        """The product over blocks that differ in nothing but their place, as formulas."""
        return self.page.product

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return dilution_data(self.page)

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return dilution_text(self.page, style)

    def plot(self, kind: str = "svg") -> bytes:
        """k and the growth against depth as a file: svg, png or pdf. Raises OptionError where there are no numbers."""
        return dilution_picture(self.found, kind)


def dilute_source(
    source: Source | Program, *, q: str | float = 1, c: str | float = 0, name: str | None = None,
    library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None, assume_free: bool = False,
    assume: Sequence[str] = (), progress: Callable[[int], None] | None = None,
) -> DilutionResult:
    """The dilution for a Gaussian input of mean square q > 0, −1 ≤ c ≤ 1. Raises FreeblockError kinds."""
    network = read_network(source, name=name, library=library, values=values)
    check_vectors(network)
    check_premises(network, assume)
    premises = Premises(assume_free or "free-blocks" in assume, frozenset(assume))
    text = source.text if isinstance(source, Source) else source.source.text
    if is_symbolic(network):
        product = residual_product(network, *read_formulas(str(q), str(c)), premises)
        if product is None:
            raise RefusedError("the dilution of this network has no closed form in its symbols", network.block.span,
                               "give the depth and all symbols values with --set: blocks are then followed as numbers")
        return DilutionResult(DilutionPage(text, (str(q), str(c)), None, product))
    size, correlation = read_input(q, c)
    found = dilution(network, size, correlation, premises=premises, progress=progress)
    try:
        product = residual_product(network, *read_formulas(str(q), str(c)), premises)
    except OptionError:
        product = None  # a correlation that is no exact number, which the formulas need
    return DilutionResult(DilutionPage(text, (str(q), str(c)), found, product))
