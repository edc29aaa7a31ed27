"""A text and claims in, a verdict for each claim out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freeblock.calculus.claims import Verdict, read_claim, verify_claims
from freeblock.calculus.quantities import order_needed
from freeblock.errors import OptionError, RefusedError
from freeblock.language.nodes import Program
from freeblock.report.printable import Printable, Style
from freeblock.report.verdicts import verdicts_data, verdicts_latex, verdicts_text
from freeblock.session import Result, derive_source
from freeblock.source import Source


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verified(Printable):
    """Claims about one network, and what became of them."""

    result: Result
    verdicts: tuple[Verdict, ...]

    @property
    def equal(self) -> bool:
        """Whether every claim is what was derived."""
        return all(verdict.standing == "equal" for verdict in self.verdicts)

    def data(self) -> dict[str, Any]:
        """The JSON object as Python data."""
        return verdicts_data(self.result.expression, self.result.derivation, self.verdicts)

    def text(self, style: Style = "text") -> str:
        """For people: plain text, Unicode, Markdown or LaTeX."""
        if style == "latex":
            return verdicts_latex(self.result.expression, self.result.derivation, self.verdicts)
        return verdicts_text(self.result.expression, self.result.derivation, self.verdicts, style)

    def require(self) -> None:
        """Raise RefusedError where a claim is not what was derived."""
        wrong = [verdict for verdict in self.verdicts if verdict.standing != "equal"]
        if wrong:
            raise RefusedError("\n".join(f"`{verdict.text}`: {verdict.standing}" for verdict in wrong))


def verify_source(
    source: Source | Program, claims: Sequence[str], *, order: int | None = None, **options: Any
) -> Verified:
    """Hold claims against the derivation; `options` are those of `derive_source`. Raises FreeblockError kinds."""
    if not claims:
        raise OptionError("a claim is missing", hint='state it with --claim, for example --claim "phi = 1"')
    statements = [read_claim(text) for text in claims]
    needed = max(order_needed(statements), order or 2, 2)
    result = derive_source(source, order=needed, **options)
    return Verified(result, verify_claims(result.derivation, statements))
