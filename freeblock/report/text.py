"""A derivation for people: plain text, Unicode for terminals, Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.calculus.steps import Step
from freeblock.formula.expression import Expression
from freeblock.formula.notations import PLAIN, UNICODE
from freeblock.formula.printing import Notation
from freeblock.formula.traversal import symbols
from freeblock.network.image import Image
from freeblock.report.definitions import Definitions
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_symbols import Symbols
from freeblock.report.letters import Letters
from freeblock.report.paper_notation import PaperNotation
from freeblock.report.quotation import quoted
from freeblock.report.reasons import reason_of_refusal
from freeblock.report.values import constant, constant_values, constants_used, decimal

Style = Literal["text", "unicode", "markdown"]
Detail = Literal["none", "summary", "full"]

THEOREM_NAMES = {
    "component": "component",
    "serial": "serial product",
    "repeat": "independent copies in series",
    "sum": "sum of branches",
    "stack": "stack of branches",
    "scale": "scaling",
    "diagonal-product": "product of commuting diagonals",
    "diagonal-sum": "sum of commuting diagonals",
    "indexed-serial": "indexed chain",
    "indexed-sum": "indexed sum",
    "indexed-stack": "indexed stack",
    "transpose": "transposition",
    "positions": "energies at positions",
    "overlap": "overlap theorem",
    "diagonals": "commuting diagonals",
    "parameter": "parameter",
}


TIMES = r" \times "
LONG = 400
"""A part of a formula with more characters is printed once, under a name."""


def text_report(
    derivation: Derivation, expression: str, *, style: Style = "text", steps: Detail = "summary",
    notation: PaperNotation | None = None,
) -> str:
    """The result, each block's share of κ, the hypotheses, and the steps."""
    return _Report(derivation, style, notation).build(expression, steps)


class _Report:
    def __init__(self, derivation: Derivation, style: Style, notation: PaperNotation | None) -> None:
        self._derivation = derivation
        self._style = style
        own = Letters(notation)
        typeset = Symbols(derivation, Matrices(derivation, own).used, own)
        self._notation: Notation = PLAIN if style == "text" else UNICODE if style == "unicode" else typeset.notation
        self._formulas = Definitions(names_in_use(derivation), typeset, self._notation, LONG)
        self._product = "JᵀJ" if derivation.side == "in" else "JJᵀ"
        self._phi, self._variance, self._kappa, self._matrix = "φ", "ϕ", "κ", "J"
        if style == "markdown":
            self._product = own.product(derivation.side)
            self._phi, self._variance, self._kappa = own.phi, own.variance, own.kappa
            self._matrix = "J" if own.jacobian == "J" else f"${own.jacobian}$"
        self._moment = own.moment if style == "markdown" else "φ_{}".format

    def build(self, expression: str, steps: Detail) -> str:
        derivation = self._derivation
        sections = [self._statement(expression), self._results()]
        if derivation.given >= 2 and derivation.shares:
            sections.append(self._shares())
        sections.append(self._hypotheses())
        notes = notes_of(derivation)
        if notes:
            sections.append("\n".join([self._heading("Notes"), *(self._item(note) for note in notes)]))
        if steps != "none":
            sections.append(self._steps(steps))
        if self._formulas.listed:
            sections.insert(2, self._definitions())
        return "\n\n".join(section for section in sections if section) + "\n"

    def _definitions(self) -> str:
        lines = [self._item(self._math(f"{self._formula_of_name(name)} = {text}"))
                 for name, text in self._formulas.listed.items()]
        return "\n".join([self._heading("Where"), *lines])

    def _heading(self, title: str) -> str:
        return f"## {title}\n" if self._style == "markdown" else f"{title}:"

    def _item(self, text: str) -> str:
        return f"- {text}" if self._style == "markdown" else f"  {text}"

    def _math(self, text: str) -> str:
        return f"${text}$" if self._style == "markdown" else text

    def _formula(self, expression: Expression) -> str:
        return self._formulas.text(expression)

    def _statement(self, expression: str) -> str:
        network = self._derivation.network
        rows = self._size(network.block.rows, network.output)
        columns = self._size(network.block.columns, network.image)
        shape = f"{self._matrix} is {rows} outputs by {columns} inputs"
        return f"{quoted(expression, self._style)}\n\n{shape}."

    def _size(self, width: Expression, image: Image | None) -> str:
        """A width; of an image of known size its channels, height and width before it."""
        if image is None or image.height is None or image.width is None:
            return self._math(self._formula(width))
        sizes = [self._formula(size) for size in (image.channels, image.height, image.width)]
        if self._style == "markdown":
            return f"{self._math(self._formula(width))} (${TIMES.join(sizes)}$)"
        return f"{self._formula(width)} ({' × '.join(sizes)})"

    def _results(self) -> str:
        derivation = self._derivation
        phi = f"{self._phi}({self._product})"
        lines = [self._result(phi, derivation.phi, 1)]
        if derivation.order >= 2:
            lines.append(self._result(f"{self._variance}({self._product})", derivation.variance, 2))
            if derivation.kappa is not None:
                lines.append(self._result(self._kappa, derivation.kappa, 2))
        for order in range(3, derivation.order + 1):
            lines.append(self._result(f"{self._moment(order)}({self._product})", derivation.moment(order), order))
        limits = derivation.limits()
        if limits is not None:
            depth = self._formula_of_name(limits.depth)
            arrow = rf"\text{{as }} {depth} \to \infty" if self._style == "markdown" else f"as {depth} -> infinity"
            lines.append(self._math(f"{phi} -> {self._formula(limits.phi)} {arrow}".replace(
                "->", r"\to" if self._style == "markdown" else "->")))
        lines += self._constants()
        lines += self._border_free()
        lines += self._independent()
        if self._style == "markdown":
            return "\n\n".join(lines)
        return "\n".join(f"  {line}" for line in lines)

    def _border_free(self) -> list[str]:
        """What φ and κ would be without borders."""
        derivation = self._derivation
        free = derivation.border_free
        if free is None or derivation.given < 1 or derivation.side == "in":
            return []
        said = [self._math(f"{self._phi} = {self._formula(free.phi)}")]
        if derivation.given >= 2 and free.kappa is not None:
            said.append(self._math(f"{self._kappa} = {self._formula(free.kappa)}"))
        return [f"without borders: {', '.join(said)}"]

    def _independent(self) -> list[str]:
        """What κ would be if the patterns of different blocks were independent."""
        proof = self._derivation.proof
        if proof is None or self._derivation.given < 2:
            return []
        plain = proof.plain_on(self._derivation.side).kappa
        return [f"with independent patterns: {self._result(self._kappa, plain, 2)}"]

    def _constants(self) -> list[str]:
        """The numbers that stand in the results by name."""
        return [f"with {self._math(f'{self._formula_of_name(name)} = {number}')}{error}"
                for name, (number, error) in constants_used(self._derivation).items()]

    def _formula_of_name(self, name: str) -> str:
        return self._notation.name(name)[0]

    def _result(self, name: str, value: Expression | None, order: int) -> str:
        if value is None:
            return f"{self._math(name)} is not given: {reason_of_refusal(self._derivation, order)}"
        text = self._formula(value)
        number = constant(value, constant_values(self._derivation))
        if number is not None and not text.lstrip("-").isdecimal():
            approximate = decimal(number)
            if approximate != text:
                sign = r"\approx" if self._style == "markdown" else "≈" if self._style == "unicode" else "~"
                text = f"{text} {sign} {approximate}"
        return self._math(f"{name} = {text}")

    def _shares(self) -> str:
        rows = [("block", "count", "share of kappa" if self._style != "markdown" else f"share of ${self._kappa}$")]
        for share in self._derivation.shares:
            rows.append((share.block, self._math(self._formula(share.count)), self._math(self._formula(share.kappa))))
        if self._style == "markdown":
            head, *body = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
            return "\n".join([self._heading("Share of each block"), head, "| --- | --- | --- |", *body])
        return "\n".join([self._heading("Share of each block in kappa"), *(f"  {line}" for line in _columns(rows))])

    def _hypotheses(self) -> str:
        lines = [self._item(text) for text in hypothesis_lines(self._derivation)]
        return "\n".join([self._heading("Hypotheses"), *lines]) if lines else ""

    def _steps(self, detail: Detail) -> str:
        steps = [step for step in self._derivation.steps if detail == "full" or step.theorem != "component"]
        if not steps:
            return ""
        return "\n".join([self._heading("Steps"), *(self._item(self._step(step)) for step in steps)])

    def _step(self, step: Step) -> str:
        used = f" from {numbers_of_steps([premise.step for premise in step.premises])}" if step.premises else ""
        phi = self._math(f"{self._phi} = {self._formula(step.law.phi)}")
        text = f"({step.number}) {THEOREM_NAMES[step.theorem]}{used}: `{step.block.label}` has {phi}"
        if self._derivation.given >= 2 and step.law.kappa is not None:
            text += ", " + self._math(f"{self._kappa} = {self._formula(step.law.kappa)}")
        return text


def notes_of(derivation: Derivation) -> list[str]:
    """What the reader should know besides the hypotheses."""
    return [str(item.statement) for item in derivation.network.assumptions if item.name == "note"]


def names_in_use(derivation: Derivation) -> frozenset[str]:
    """The symbols in use, which no named part may be called after."""
    found = frozenset(derivation.network.mentioned)
    for step in derivation.steps:
        found |= symbols(step.law.phi)
    return found


def numbers_of_steps(numbers: Sequence[int]) -> str:
    """Step numbers as they are cited; many of them by the first and the last."""
    shown = [f"({number})" for number in numbers]
    return ", ".join(shown) if len(shown) <= 6 else f"{', '.join(shown[:3])}, …, {shown[-1]}"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def hypothesis_lines(derivation: Derivation) -> list[str]:
    """Every hypothesis and its standing, refusals first."""
    return [f"{status}: {text}" for status in ("refused", "assumed", "proved")
            for text in _sentences([item for item in derivation.hypotheses if item.status == status])]


def said_once(items: Sequence[Hypothesis]) -> list[tuple[Hypothesis, str, int]]:
    """Hypotheses that differ in the order alone are one: the first of them, the orders in words, how often it holds."""
    groups: dict[tuple[object, ...], list[Hypothesis]] = {}
    for item in items:
        groups.setdefault((item.theorem, item.name, item.because, item.blocks), []).append(item)
    found = []
    for members in groups.values():
        first = members[0]
        orders = sorted(item.order for item in members)
        span = f"order {orders[0]}" if len(orders) == 1 else f"orders {orders[0]} to {orders[-1]}"
        found.append((first, "" if first.theorem in {"component", "parameter"} else f", {span}", first.count))
    return found


def _sentences(items: Sequence[Hypothesis]) -> list[str]:
    """One line for hypotheses that differ in the order alone."""
    lines = []
    for first, scope, count in said_once(items):
        blocks = ", ".join(f"`{block}`" for block in first.blocks[:4])
        times = f" ({count} times)" if count > 1 else ""
        name = THEOREM_NAMES.get(first.theorem, first.theorem)
        label = "" if first.name == "freeness" else f" [{first.name}]"
        lines.append(f"{name}{scope}{label}: {first.because} ({blocks}){times}")
    return lines
