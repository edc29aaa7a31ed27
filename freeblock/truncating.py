"""A text in, its product over skip blocks truncated to a few branches out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from freeblock.calculus.shallow import Truncation, truncate
from freeblock.errors import OptionError
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Program, Relation
from freeblock.language.parser import parse_formula
from freeblock.report.printable import Printable, Style
from freeblock.report.shallow import ShallowPage, shallow_data, shallow_latex, shallow_text
from freeblock.session import Result, derive_source
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Truncated(Printable):
    """The terms of φ with few branches, and a bound on the others."""

    result: Result
    found: Truncation

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return shallow_data(self._page())

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        return shallow_latex(self._page()) if style == "latex" else shallow_text(self._page(), style)

    def _page(self) -> ShallowPage:
        return ShallowPage(self.result.expression, self.result.derivation, self.found)


def truncate_source(
    source: Source | Program, *, branches: int | None = None, cover: str | None = None, **options: Any
) -> Truncated:
    """Keep at most so many branches, or as few as cover a part of φ; `options` are those of `derive_source`.

    Raises FreeblockError kinds.
    """
    if branches is not None and cover is not None:
        raise OptionError("--branches and --cover each say where to stop", hint="keep one of the two")
    if branches is not None and branches < 0:
        raise OptionError(f"--branches is a number of branches, not {branches}", hint="for example --branches 3")
    part = None if cover is None else _read_cover(cover)
    result = derive_source(source, order=1, **options)
    return Truncated(result, truncate(result.derivation, branches, part))


def _read_cover(text: str) -> Fraction:
    node = parse_formula(Source("--cover", text))
    value = None if isinstance(node, Relation) else to_expression(node, {}, free=True).number()
    if value is None or not 0 < value < 1:
        raise OptionError("--cover is a part of φ between 0 and 1", node.span, "for example --cover 0.95")
    return Fraction(value)
