"""A derivation on a screen: its results and steps drawn in two dimensions, no wider than the screen is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.steps import Step
from freeblock.formula.drawing import Drawing, beside, columns, row
from freeblock.formula.expression import Expression
from freeblock.formula.notations import UNICODE
from freeblock.formula.printing import Printer
from freeblock.formula.two_dimensional import TWO_DIMENSIONAL, Shape
from freeblock.report.definitions import Definitions
from freeblock.report.latex_matrices import Matrices
from freeblock.report.latex_symbols import Symbols
from freeblock.report.reasons import reason_of_refusal
from freeblock.report.step_orders import step_orders
from freeblock.report.text import (
    LONG,
    THEOREM_NAMES,
    hypothesis_lines,
    names_in_use,
    notes_of,
    numbers_of_steps,
)
from freeblock.report.values import constant, constant_values, constants_used, decimal

LIMITS = (LONG, 120, 50)
"""Parts of a formula with more characters get names; the first limit with which all results fit is taken."""
TALL = 24
"""A drawing with more rows is broken, or written on one line."""
MANY_LINES = 60
"""A formula that takes more lines is shown by its beginning."""
MANY_STEPS = 100
"""So many steps are shown."""
HUGE = 40_000
"""Formulas of so many characters are not drawn."""
INDENT = "  "


class Labelled(NamedTuple):
    """A formula, and what stands before it and behind it on its line."""

    label: str
    value: Expression
    after: str = ""


def screen_report(derivation: Derivation, width: int) -> str:
    """φ, ϕ, κ and the hypotheses, for a screen of that many columns."""
    block = derivation.network.block
    rows, columns_of = (Printer(UNICODE).piece(size)[0] for size in (block.rows, block.columns))
    sections = [_Drawn(derivation, width).results(), *_listed("Hypotheses", hypothesis_lines(derivation), width),
                *_listed("Notes", notes_of(derivation), width)]
    return "\n\n".join([f"J is {rows} outputs by {columns_of} inputs.", *sections]) + "\n"


def screen_steps(derivation: Derivation, width: int) -> str:
    """The steps, each with its φ and κ."""
    return _Drawn(derivation, width).steps()


class _Drawn:
    """The formulas of one derivation, long parts of them under names."""

    def __init__(self, derivation: Derivation, width: int) -> None:
        self._derivation = derivation
        self._width = max(width, 20) - len(INDENT)
        self._typeset = Symbols(derivation, Matrices(derivation).used)
        self._taken = names_in_use(derivation)
        self._has_means = False

    def results(self) -> str:
        """φ, ϕ, κ and the higher moments, or why they are refused; limits; published numbers; named parts."""
        derivation = self._derivation
        phi = "φ(JᵀJ)" if derivation.side == "in" else "φ(JJᵀ)"
        stated: list[tuple[str, Expression | None, int]] = [(phi, derivation.phi, 1)]
        if derivation.order >= 2:
            stated.append((phi.replace("φ", "ϕ"), derivation.variance, 2))
            if derivation.kappa is not None:
                stated.append(("κ", derivation.kappa, 2))
        stated += [(phi.replace("φ", f"φ_{order}"), derivation.moment(order), order)
                   for order in range(3, derivation.order + 1)]
        given = [Labelled(f"{name} = ", value) for name, value, _ in stated if value is not None]
        limits = derivation.limits()
        if limits is not None:
            given.append(Labelled(f"{phi} → ", limits.phi, f"  as {UNICODE.name(limits.depth)[0]} → ∞"))
        drawn = self._drawn(given)
        parts = [drawn[place] for place in range(len(given))]
        for name, value, order in stated:
            if value is None:
                text = f"{name} is not given: {reason_of_refusal(derivation, order)}"
                parts.append(_wrapped(text, self._width))
        parts += [[f"{INDENT}with {UNICODE.name(name)[0]} = {number}{error}"]
                  for name, (number, error) in constants_used(derivation).items()]
        if self._has_means:
            parts.append([f"{INDENT}E is the mean over a standard normal z"])
        return "\n".join([*_spaced(parts), *_where(drawn[len(given):])])

    def steps(self) -> str:
        """Premises before conclusions; a step is shown to the order to which it holds."""
        shown = self._derivation.steps[:MANY_STEPS]
        orders = step_orders(self._derivation)
        stated = {step.number: list(_laws(step, orders[step.number])) for step in shown}
        drawn = iter(self._drawn([law for laws in stated.values() for law in laws]))
        lines: list[str] = []
        for step in shown:
            lines += ["", *_wrapped(_heading(step), self._width, indent="")]
            lines += _spaced([next(drawn) for _ in stated[step.number]]) or [f"{INDENT}refused"]
        lines += _where(list(drawn))
        hidden = len(self._derivation.steps) - len(shown)
        lines += ["", f"… and {hidden} further steps; :latex has them all"] if hidden else []
        return "\n".join(lines[1:]) + "\n"

    def _drawn(self, formulas: Sequence[Labelled]) -> list[list[str]]:
        """The lines of each formula, then those of each named part."""
        first = None
        for limit in LIMITS:
            texts = Definitions(self._taken, self._typeset, UNICODE, limit)
            lines = [f"{one.label}{texts.text(one.value)[:HUGE + 1]}{one.after}" for one in formulas]
            lines += [f"{UNICODE.name(name)[0]} = {text[:HUGE + 1]}" for name, text in texts.listed.items()]
            self._has_means = any("sech_moment" in line for line in lines)
            if sum(map(len, lines)) > HUGE:
                return [_cut(_broken(line, self._width)) for line in lines]
            drawn = [self._lines(*piece) for piece in self._pieces(formulas, texts)]
            if all(drawn):
                return [part or [] for part in drawn]
            first = first or [part or _cut(_broken(line, self._width)) for part, line in zip(drawn, lines, strict=True)]
        return first or []

    def _pieces(self, formulas: Sequence[Labelled], texts: Definitions) -> list[tuple[Labelled, Shape]]:
        printer = Printer(TWO_DIMENSIONAL)
        named: list[tuple[Labelled, Shape]] = []
        for part, name in texts.named.items():
            named.append((Labelled(f"{UNICODE.name(name)[0]} = ", part), _shape(printer, part)))
            printer.done[part] = TWO_DIMENSIONAL.name(name)
        return [*((one, _shape(printer, one.value)) for one in formulas), *named]

    def _lines(self, one: Labelled, shape: Shape) -> list[str] | None:
        """Drawn whole, or broken between its parts; None where it is too large for either."""
        label = one.label
        number = constant(one.value, constant_values(self._derivation))
        approximate = "" if number is None else decimal(number)
        after = f" ≈ {approximate}" if approximate and approximate != shape.line[0].replace("−", "-") else ""
        if shape.line[0].lstrip("-").isdecimal():
            after = ""
        after += one.after
        whole = beside((row(INDENT + label), shape.drawing, row(after)))
        if whole.width <= self._width + len(INDENT) and whole.height <= TALL:
            return _text(whole)
        room = self._width - columns(label)
        if len(shape.parts) > 1 and all(part.width <= room and part.height <= TALL for part in shape.parts):
            return _packed(INDENT + label, [*shape.parts, *([row(after)] if after else [])], room)
        return None


def _laws(step: Step, order: int) -> Iterator[Labelled]:
    if order >= 1:
        yield Labelled("φ = ", step.law.phi)
    if order >= 2 and step.law.kappa is not None:
        yield Labelled("κ = ", step.law.kappa)


def _shape(printer: Printer, value: Expression) -> Shape:
    shape: object = printer.piece(value)[0]
    assert isinstance(shape, Shape)
    return shape


def _where(named: Sequence[Sequence[str]]) -> list[str]:
    """The named parts; where they take too many lines, the first of them."""
    lines: list[str] = []
    for place, part in enumerate(named):
        if lines and len(lines) + len(part) > MANY_LINES:
            lines += ["", f"{INDENT}… and {len(named) - place} further parts that have names; :latex has them all"]
            break
        lines += ["", *part]
    return ["", "where", *lines[1:]] if lines else []


def _heading(step: Step) -> str:
    used = f" from {numbers_of_steps([premise.step for premise in step.premises])}" if step.premises else ""
    return f"({step.number}) {THEOREM_NAMES[step.theorem]}{used}: `{step.block.label}`"


def _listed(title: str, texts: Sequence[str], width: int) -> Iterator[str]:
    """A headed list; nothing for an empty one."""
    if texts:
        yield "\n".join([f"{title}:", *(line for text in texts for line in _wrapped(text, width - len(INDENT)))])


def _packed(label: str, parts: Sequence[Drawing], room: int) -> list[str]:
    """As many parts on a line as there is room for; each line after the first begins with its sign."""
    rows: list[list[Drawing]] = [[]]
    used = 0
    for part in parts:
        if used + part.width > room and rows[-1]:
            rows.append([])
            used = 0
        rows[-1].append(part)
        used += part.width
    margin = row(" " * columns(label))
    drawn = [beside((margin if place else row(label), *line)) for place, line in enumerate(rows)]
    return _cut(_spaced([_text(drawing) for drawing in drawn]))


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= MANY_LINES:
        return lines
    return [*lines[:MANY_LINES], f"{INDENT}… and {len(lines) - MANY_LINES} further lines; :latex has them all"]


def _text(drawing: Drawing) -> list[str]:
    return [line.rstrip() for line in drawing.rows]


def _spaced(parts: Sequence[Sequence[str]]) -> list[str]:
    """The parts below each other, a blank line beside each that takes several."""
    lines: list[str] = []
    for place, part in enumerate(parts):
        if place and (len(part) > 1 or len(parts[place - 1]) > 1):
            lines.append("")
        lines += part
    return lines


def _broken(text: str, width: int) -> list[str]:
    """A formula on one line, broken behind blanks and dots where it is too long."""
    lines = [INDENT]
    for piece in re.findall(r"[^ ·]*[ ·]?", text):
        if columns(lines[-1] + piece.rstrip()) > width + len(INDENT) and lines[-1].strip():
            lines.append(2 * INDENT)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _wrapped(text: str, width: int, indent: str = INDENT) -> list[str]:
    """A sentence, its further lines set in."""
    return textwrap.wrap(text, width + len(INDENT), initial_indent=indent, subsequent_indent=indent + INDENT,
                         break_long_words=False, break_on_hyphens=False) or [indent]
