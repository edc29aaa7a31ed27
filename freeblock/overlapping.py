"""A text in, φ and ϕ of its residual network by the overlap theorem out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.forwarding import read_input
from freeblock.language.nodes import Program
from freeblock.report.overlap import OverlapPage, overlap_data, overlap_latex, overlap_text
from freeblock.report.printable import Printable, Style
from freeblock.session import read_network
from freeblock.signals.overlap import Overlap, overlap
from freeblock.signals.overlap_recursion import Progress
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Overlapped(Printable):
    """φ, ϕ and κ with patterns that look at one stream."""

    page: OverlapPage

    @property
    def found(self) -> Overlap:
        """The numbers."""
        return self.page.found

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return overlap_data(self.page)

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return overlap_latex(self.page) if style == "latex" else overlap_text(self.page, style)


def overlap_source(
    source: Source | Program, *, q: str | float = 1, c: str | float = 0, name: str | None = None,
    library: Sequence[str | Source] = (), values: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Overlapped:
    """The overlap theorem for a Gaussian input of mean square q > 0, −1 ≤ c ≤ 1. Raises FreeblockError kinds."""
    size, correlation = read_input(q, c)
    network = read_network(source, name=name, library=library, values=values)
    text = source.text if isinstance(source, Source) else source.source.text
    return Overlapped(OverlapPage(text, size, correlation, overlap(network, size, correlation, progress)))
