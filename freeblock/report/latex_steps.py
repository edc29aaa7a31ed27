"""The numbered steps: every theorem used, its premises with their values, and its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from freeblock.calculus.series import universal_moment
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import Expression
from freeblock.network.nodes import Sum
from freeblock.report.latex_component import component_step
from freeblock.report.latex_page import Page
from freeblock.report.latex_sources import cited, theorem_sources
from freeblock.report.latex_symbols import Symbols
from freeblock.report.latex_theorems import TITLES, WRITERS
from freeblock.report.latex_width import width_of, width_of_words
from freeblock.report.latex_writing import Group, Writing
from freeblock.report.letters import Letters

_TABLE_ROWS = 24
_COLUMN = 10.0
_EXPLICIT = 4
"""U_k is written out up to this order."""


def steps_section(page: Page, *, summary: bool) -> list[str]:
    """All steps, or (summary) one line for each step that joins blocks."""
    steps = [step for step in page.derivation.steps if not summary or step.premises]
    if not steps:
        return []
    lines = [r"\paragraph{Steps.}", conventions(page, summary=summary), r"\begin{enumerate}"]
    for step in steps:
        # Numbers are those of the derivation, so that premises can be found in a summary too.
        lines.append(rf"\item[{step.number}.]")
        lines.extend(_summary(page, step) if summary else step_lines(page, step))
    return [*lines, r"\end{enumerate}"]


def conventions(page: Page, *, summary: bool) -> str:
    """What the steps' notation means; for higher orders also the state and how moments follow from it."""
    own = page.letters
    phi, variance = own.phi, own.variance
    text = (rf"For a matrix $A$ let ${phi}(A) = {phi}(AA^{{\top}})$, ${variance}(A) = {variance}(AA^{{\top}})$ and "
            rf"${own.kappa}(A) = {variance}(A)/{phi}(A)^2$; a matrix ${own.jacobian}$ with an index is that of the "
            "step with this number.")
    order = page.derivation.order
    if order <= 2 or summary:
        return text
    k, rho = page.symbols.order, page.symbols.ratio
    last, each = own.state_of(f"{{{order - 1}}}"), own.state_of("j")
    text += (rf" Higher orders are carried by ${own.state_of('1')} = {own.kappa}$, \dots, ${last}$, where "
             rf"$S(z) = {own.phi_to('{-1}')} \exp\bigl(-\sum_j {each} z^j\bigr)$ is the $S$-transform of "
             rf"$AA^{{\top}}$; then ${own.moment_of(k)} = {own.phi_to(k)}\, U_{k}$ with "
             rf"$U_{k} = \frac{{1}}{{{k}}}\, [z^{{{k}-1}}]\, (1+z)^{k} "
             rf"\exp\bigl({k} \sum_j {each} z^j\bigr)$, ")
    explicit = ", ".join(f"$U_{{{place}}} = {_universal(own, place)}$" for place in range(2, min(order, _EXPLICIT) + 1))
    text += f"that is {explicit}{' and so on' if order > _EXPLICIT else ''}."
    if any(step.theorem.removeprefix("indexed-") in {"sum", "stack"} for step in page.derivation.steps):
        moment = own.moment_of(k)
        text += (rf" With $M(z) = \sum_{k} {moment} z^{k}$ the cumulants $c_{k}$ at ratio ${rho}$ are defined by "
                 rf"$\sum_{k} c_{k} \bigl[z(1+M)(1+{rho} M)\bigr]^{k} = M$, so that $c_1 = {own.moment_of('1')}$, "
                 rf"$c_2 = {own.moment_of('2')} - (1+{rho}){own.moment_to('1', '2')}$, and each $c_{k}$ follows from "
                 rf"${moment}$ and the earlier ones.")
    return text


def _universal(own: Letters, order: int) -> str:
    terms = []
    for exponents, coefficient in universal_moment(order):
        powers = " ".join(
            own.state_of(str(place)) if count == 1 else own.state_to(str(place), str(count))
            for place, count in enumerate(exponents, 1) if count)
        shown = str(coefficient) if coefficient.denominator == 1 else \
            rf"\frac{{{coefficient.numerator}}}{{{coefficient.denominator}}}"
        terms.append((sum(exponents), powers if powers and coefficient == 1 else f"{shown} {powers}".strip()))
    return " + ".join(text for _, text in sorted(terms, key=lambda term: term[0]))


def step_lines(page: Page, step: Step) -> list[str]:
    """One step in full."""
    if not step.premises:
        return component_step(page, step)
    writing = Writing(page, step, tuple(_grouped(page, step.premises)), page.orders_of(step))
    keys = theorem_sources(step.theorem, page.derivation.order)
    head = rf"\textbf{{{TITLES[step.theorem]}}}{cited(keys)}"
    head += f" for {_about(page, step)}."
    lines = [head]
    if writing.order < 1:
        return [*lines, f"It rests on a hypothesis that is refused, so that not even ${page.letters.phi}$ is given."]
    lines += _premises(writing)
    sentence, rows = WRITERS[step.theorem](writing)
    lines += [sentence, *page.equations(rows, line=page.item, packed=page.derivation.order > 2)]
    if writing.order < page.derivation.order and writing.order < 1_000_000:
        lines.append(_beyond(page, writing.order))
    return lines


def _beyond(page: Page, order: int) -> str:
    missing = f"${page.letters.variance}$" if page.derivation.order == 2 else f"no moment beyond the {_ordinal(order)}"
    return f"{missing.capitalize() if missing[0] == 'n' else missing} is {'not ' if missing[0] == '$' else ''}given."


def _ordinal(order: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(order, f"{order}th")


def _about(page: Page, step: Step) -> str:
    """J_5 = W D N, n × n; a long product is displayed by the statement, here it is cut short."""
    block = step.block
    size = page.shape(block.rows, block.columns)
    if step.theorem == "transpose":
        return rf"$J^{{\top}}$, ${page.shape(block.columns, block.rows)}$"
    settled = page.derivation.proof is not None and page.derivation.proof.overlap.settled
    if step.theorem == "positions" or (step.theorem == "overlap" and settled):
        return f"${page.matrices.of_step(block)}$, made of the blocks below, ${size}$"
    name, product = page.matrices.of_step(block), page.matrices.product_of_step(block, page.formulas)
    if width_of(f"{name} = {product}") <= page.inline:
        return f"${name} = {product}$, ${size}$"
    kind = "the branches" if isinstance(block, Sum) else "the blocks"
    return f"${name}$, made of {kind} below, ${size}$"


def _grouped(page: Page, premises: Sequence[Premise]) -> Iterator[Group]:
    found: dict[tuple[int, Expression], list[Premise]] = {}
    for premise in premises:
        found.setdefault((premise.step, premise.weight), []).append(premise)
    for members in found.values():
        names = list(dict.fromkeys(page.matrices.of_step(member.block) for member in members))
        shown = ", ".join(names) if len(names) <= 3 else rf"{names[0]}, \dots, {names[-1]}"
        yield Group(shown, tuple(members))


def _columns(writing: Writing) -> list[tuple[str, list[Expression]]]:
    """What the theorem needs to know of each premise."""
    groups, order = writing.groups, writing.order
    laws = [group.law for group in groups]
    parallel = writing.step.theorem in {"sum", "stack", "diagonal-product", "diagonal-sum", "indexed-sum",
                                        "indexed-stack", "transpose"}
    own, symbols = writing.letters, writing.page.symbols
    columns = [(own.phi, [law.phi for law in laws])]
    if parallel:
        variances = [law.variance for law in laws]
        if order == 2 and writing.step.theorem in {"sum"}:
            columns.append((own.variance, [value for value in variances if value is not None]))
        else:
            columns += [(own.moment(place), [law.moment(place) for law in laws]) for place in range(2, order + 1)]
    else:
        columns += [(own.state_at(place), [law.state[place - 1] for law in laws]) for place in range(1, order)]
    if writing.step.theorem == "stack":
        columns.append((symbols.rows_of("i"), [law.rows for law in laws]))
    if any(not group.premise.weight.is_one for group in groups):
        columns.append((_ratio(symbols), [group.premise.weight for group in groups]))
    return columns


def _ratio(symbols: Symbols) -> str:
    """The outputs of a whole chain over those of a factor."""
    return f"{symbols.rows_of('L')}/{symbols.rows_of('i')}"


def _premises(writing: Writing) -> list[str]:
    """The premises as a table, or as equations where they are too wide or too many."""
    columns = _columns(writing)
    formulas = writing.page.formulas
    if len(writing.groups) <= _TABLE_ROWS and all(
            formulas.fits(value, 150.0) for _, values in columns for value in values):
        cells = [[formulas.text(value) for value in values] for _, values in columns]
        names = [group.name + (rf" \;({len(group.members)} \times)" if len(group.members) > 1 else "")
                 for group in writing.groups]
        widths = [max(map(width_of, names))] + [
            max(width_of(head), *map(width_of, column)) for (head, _), column in zip(columns, cells, strict=True)]
        if sum(widths) + _COLUMN * (len(widths) + 1) + width_of_words("step 00") < writing.page.item:
            return _table(writing, [head for head, _ in columns], names, cells)
    return _listed_premises(writing, columns)


def _table(writing: Writing, heads: Sequence[str], names: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    rows = []
    for place, group in enumerate(writing.groups):
        values = [column[place] for column in cells]
        tall = any(r"\frac" in value for value in values)
        rows.append(" & ".join((names[place], str(group.premise.step), *values)) + rf" \\[{5 if tall else 2}pt]")
    return [r"\[", rf"\begin{{array}}{{ll{'l' * len(heads)}}}",
            " & ".join(("", r"\text{step}", *heads)) + r" \\ \hline \rule{0pt}{11pt}", *rows,
            r"\end{array}", r"\]"]


def _listed_premises(writing: Writing, columns: Sequence[tuple[str, Sequence[Expression]]]) -> list[str]:
    page = writing.page
    widths = {page.symbols.rows_of("i"), _ratio(page.symbols)}
    rows = []
    for place, group in enumerate(writing.groups):
        name = page.matrices.of_step(group.premise.block)
        for head, values in columns:
            # The ratio of a width says itself whose it is by standing on the premise's line.
            left = head if head in widths else f"{head}({name})"
            rows.append(page.equation(left, values[place], line=page.item))
        if len(group.members) > 1:
            rows[-1][-1] += rf" \quad ({len(group.members)} \times)"
        rows.append([])
    steps = sorted({group.premise.step for group in writing.groups})
    shown = ", ".join(map(str, steps)) if len(steps) <= 6 else f"{steps[0]} to {steps[-1]}"
    return [f"By step{'s' if len(steps) > 1 else ''} {shown}", *page.equations(rows, line=page.item, packed=True)]


def _summary(page: Page, step: Step) -> list[str]:
    """One step in one line: the theorem, the matrix, the result."""
    order = page.orders_of(step)
    text = f"{TITLES[step.theorem]} for {_about(page, step)}"
    if order < 1:
        return [f"{text}: refused."]
    own = page.letters
    symbol = own.transposed if step.theorem == "transpose" else page.matrices.of_step(step.block)
    values = [(own.phi, step.law.phi)]
    if order >= 2 and step.law.kappa is not None:
        values.append((own.kappa, step.law.kappa))
    if all(page.formulas.fits(value, page.inline) for _, value in values):
        return [f"{text}: " + ", ".join(f"${name} = {page.formulas.text(value)}$" for name, value in values) + "."]
    return [f"{text}:", *page.equations([
        page.equation(f"{name}({symbol})", value, line=page.item) for name, value in values])]

