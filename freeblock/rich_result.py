"""A derivation as Python and notebooks hold it: also as a picture, as code and as HTML."""

from __future__ import annotations

from freeblock.picture.canvas import Direction
from freeblock.picture.picture import Picture, draw, format_of
from freeblock.report.code.export import export
from freeblock.report.html import html_report
from freeblock.session import Result, require
from freeblock.writing import write_file


class RichResult(Result):
    """A result that can also be drawn, exported and shown in a notebook; the command line has no need of these."""

    __slots__ = ()

    @classmethod
    def of(cls, result: Result) -> RichResult:
        """The same derivation."""
        return cls(result.expression, result.derivation, result.premises)

    def draw(
        self, output: str | None = None, *, direction: Direction = "right", wrap: float | None = None,
        title: str | None = None, document: bool = False, dpi: int = 200,
    ) -> Picture | None:
        """The network with φ and κ on each block: written to `output` (.svg, .png, .pdf, .tex), or as SVG to look at.

        `direction`: right or down; `wrap`: the width in centimetres at which a chain goes on in a new line; `title`: a
        text above it; `document`: a .tex that compiles by itself; `dpi`: of a PNG. Raises FreeblockError for an ending
        or option that cannot be, a network too large, matplotlib missing, a file that cannot be written.
        """
        form = "svg" if output is None else format_of(output)
        content = draw(self.derivation, self.premises, form, direction=direction, wrap=wrap, title=title,
                       document=document, dpi=dpi)
        if output is None:
            return Picture(content.decode())
        write_file(content, output)
        return None

    def export(self, target: str) -> str:
        """The result as code: python, numpy, c, julia, mathematica, latex-macros, json or torch-init.

        Raises OptionError for another target, RefusedError where φ is refused or no weight scale meets φ = 1.
        """
        if target != "json":
            require(self, "phi")
        return export(self.derivation, self.expression, target)

    def _repr_html_(self) -> str:
        return html_report(self.derivation, self.expression)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/latex": self._repr_latex_(), "text/html": self._repr_html_()}
