"""A text in, the dilution of its residual blocks out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.premises import Premises
from freeblock.forwarding import read_input
from freeblock.language.nodes import Program
from freeblock.report.dilution import DilutionPage, dilution_data, dilution_latex, dilution_text
from freeblock.report.printable import Printable, Style
from freeblock.session import check_premises, read_network
from freeblock.signals.dilution import Dilution, dilution
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DilutionResult(Printable):
    """k, R and GSC² of each residual block."""

    page: DilutionPage

    @property
    def found(self) -> Dilution:
        """The numbers."""
        return self.page.found

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return dilution_data(self.page)

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return dilution_latex(self.page) if style == "latex" else dilution_text(self.page, style)


def dilute_source(
    source: Source | Program, *, q: str | float = 1, c: str | float = 0, name: str | None = None,
    library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None, assume_free: bool = False,
    assume: Sequence[str] = (), progress: Callable[[int], None] | None = None,
) -> DilutionResult:
    """The dilution for a Gaussian input of mean square q > 0, −1 ≤ c ≤ 1. Raises FreeblockError kinds."""
    size, correlation = read_input(q, c)
    network = read_network(source, name=name, library=library, values=values)
    check_premises(network, assume)
    premises = Premises(assume_free or "free-blocks" in assume, frozenset(assume))
    text = source.text if isinstance(source, Source) else source.source.text
    return DilutionResult(DilutionPage(text, dilution(network, size, correlation, premises=premises,
                                                      progress=progress)))
