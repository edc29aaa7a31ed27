"""What was asked and what came out: the expression, J as a matrix product, φ, ϕ, κ and limits."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation
from freeblock.calculus.standings import Hypothesis
from freeblock.formula.expression import Expression
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat
from freeblock.network.tree import children_first
from freeblock.report.latex_matrices import joined
from freeblock.report.latex_page import MEANINGS, Page
from freeblock.report.latex_positions import border_free_lines
from freeblock.report.latex_text import code, listed, prose, verbatim
from freeblock.report.latex_width import width_of

_SYMBOLS_SHOWN = 12
_BLOCKS_SHOWN = 3


def statement_section(page: Page, expression: str | None) -> list[str]:
    """The expression (unless the text around shows it), the shape, and J as a product of matrices."""
    derivation = page.derivation
    block = derivation.network.block
    lines = [r"\paragraph{Statement.}",
             f"The Jacobian ${page.letters.jacobian}$ of this network is ${page.shape(block.rows, block.columns)}$ "
             f"(outputs $\\times$ inputs),", *_matrix(page, block)]
    lines += _letters(page)
    rewritten = _rewritten(page)
    if rewritten:
        lines += [r"Before any theorem is applied it is brought to a form that describes the same random matrix "
                  r"(equal first maps factored out, unit-wise maps moved into stacks, neighbouring diagonals "
                  r"joined),", *rewritten]
        if page.matrices.has_split:
            lines.append(r"Here $D^{[1]}$, $D^{[2]}$, \dots\ are the parts of $D$ on the branches of a stack.")
    lines.append(_normalisation(page))
    shown = [] if expression is None else [verbatim(expression)]
    return shown + lines + _symbols(page)


def _normalisation(page: Page) -> str:
    """What φ and ϕ are, with the width that the trace is divided by."""
    derivation, order = page.derivation, page.symbols.order
    width = derivation.law.rows
    own, name = page.letters, product_name(page)
    moment = own.moment_of(order)
    if page.formulas.fits(width, 100.0):
        trace = rf"\frac{{1}}{{{page.formulas.text(width)}}} \operatorname{{E}} \operatorname{{tr}}"
        says = f"let ${moment}({name}) = \\lim {trace} ({name})^{order}$"
    else:
        side = "inputs" if derivation.side == "in" else "outputs"
        trace = rf"\operatorname{{E}} \operatorname{{tr}} ({name})^{order}"
        says = f"let ${moment}({name})$ be the limit of ${trace}$ divided by the number of {side}"
    first, second = own.moment_of("1"), own.moment_of("2")
    return (f"As the widths grow in fixed proportions, {says}; ${own.phi} = {first}$ is the mean, "
            f"${own.variance} = {second} - {own.moment_to('1', '2')}$ the variance of the spectrum, and "
            f"${own.kappa} = {own.variance}/{own.phi_to('2')}$.")


def _matrix(page: Page, block: Block) -> list[str]:
    equations = [page.formulas.filled(name, "=", pieces)
                 for name, pieces in page.matrices.whole(block, page.formulas)]
    equations[-1][-1] += "."
    return page.equations(equations)


def _rewritten(page: Page) -> list[str]:
    before, after = (
        [(name, joined(pieces)) for name, pieces in page.matrices.whole(block, page.formulas)]
        for block in (page.derivation.network.block, page.derivation.root))
    return [] if before == after else _matrix(page, page.derivation.root)


def _letters(page: Page) -> list[str]:
    """What the letters of the matrices mean."""
    block = page.derivation.network.block
    kinds = {"linear": "$W$ stands for weights", "activation": "$D$ for the diagonal of an activation",
             "normalization": "$N$ for a normalization"}
    parts = list(children_first(block))
    used = {part.rule.kind for part in parts if isinstance(part, Leaf)}
    said = [text for kind, text in kinds.items() if kind in used]
    sentences = [f"Here {listed(said)}."] if said else []
    if any(isinstance(part, Repeat) for part in parts):
        shared = [page.matrices.of_leaf(part) for part in parts if isinstance(part, Leaf) and part.shared]
        also = f"; ${', '.join(dict.fromkeys(shared[:8]))}$ is the same in all" if shared else ""
        sentences.append(f"Copies, told apart by their indices, have independent weights{also}.")
    kinds_of_index = {part.kind for part in parts if isinstance(part, Indexed)}
    if "serial" in kinds_of_index:
        sentences.append("The factors of a product stand in order, the first index acting first (rightmost).")
    if "stack" in kinds_of_index:
        sentences.append("Square brackets with an index are blocks stacked one below the other.")
    if kinds_of_index:
        sentences.append("Weights are fresh at each index.")
    return [" ".join(sentences)] if sentences else []


def _symbols(page: Page) -> list[str]:
    """What the library says of the symbols, the short names, and the functions."""
    meanings = page.derivation.network.meanings
    said = [f"${page.symbols.names[name]}$ is the {prose(meanings[name])}"
            for name in sorted(meanings) if name in page.symbols.names and meanings[name]]
    if len(said) > _SYMBOLS_SHOWN:
        said = said[:_SYMBOLS_SHOWN] + ["and so on for the others"]
    said += [f"${short}$ stands for {code(name)}" for short, name in page.symbols.shortened]
    said += [MEANINGS[name] for name in sorted(page.symbols.functions) if name in MEANINGS]
    return [f"Here {'; '.join(said)}."] if said else []


def result_section(page: Page) -> list[str]:
    """φ, ϕ, κ, the higher moments, the limit of infinite depth, and what is refused."""
    lines = [r"\paragraph{Result.}"]
    equations = result_equations(page)
    lines += page.equations(equations) if equations else []
    lines += _refused(page)
    return lines + _independent(page) + border_free_lines(page) + _limit(page)


def _independent(page: Page) -> list[str]:
    """κ of blocks whose patterns were independent."""
    derivation = page.derivation
    plain = None if derivation.proof is None or derivation.given < 2 else \
        derivation.proof.plain_on(derivation.side).kappa
    if plain is None:
        return []
    return ["Patterns that were independent would give", *page.equations([page.equation(page.letters.kappa, plain)])]


def product_name(page: Page) -> str:
    """JJᵀ, or JᵀJ for the input side."""
    return page.letters.product(page.derivation.side)


def result_equations(page: Page) -> list[list[str]]:
    """The equations of the result, each as rows."""
    derivation, own = page.derivation, page.letters
    name = product_name(page)
    phi, variance = f"{own.phi}({name})", f"{own.variance}({name})"
    equations: list[list[str]] = []
    if derivation.phi is not None:
        equations.append(page.equation(phi, derivation.phi))
    kappa = derivation.kappa
    if derivation.variance is not None:
        rows = page.equation(variance, derivation.variance) if _is_short(page, derivation.variance) else []
        if not rows and kappa is not None:
            rows = [rf"{variance} &= {own.kappa}\, {phi}^2"]
        equations.append(rows or page.equation(variance, derivation.variance))
    if kappa is not None:
        equations.append(page.equation(own.kappa, kappa))
    for order in range(3, derivation.order + 1):
        value = derivation.moment(order)
        if value is not None:
            equations.append(page.equation(f"{own.moment(order)}({name})", value))
    return equations


def _is_short(page: Page, expression: Expression) -> bool:
    return page.formulas.fits(expression, page.line - 80)


def _refused(page: Page) -> list[str]:
    """In words, in the place of what is not given."""
    derivation = page.derivation
    if derivation.given >= derivation.order:
        return []
    missing = [f"${_stated_name(page, order)}$" for order in range(derivation.given + 1, derivation.order + 1)]
    verb = "is" if len(missing) == 1 else "are"
    reasons = [item for item in derivation.refusals() if _concerns(item, derivation)]
    why = "; ".join(dict.fromkeys(_reason(item) for item in reasons[:_BLOCKS_SHOWN])) or \
        "the library gives no law of that order"
    return [f"{listed(missing)} {verb} not given: {why}."]


def _stated_name(page: Page, order: int) -> str:
    """What is stated at an order: φ, ϕ, and then the moments."""
    own = page.letters
    return f"{own.variance if order == 2 else own.moment(order)}({product_name(page)})"


def _concerns(item: Hypothesis, derivation: Derivation) -> bool:
    return item.theorem == "component" or item.order == derivation.given + 1


def _reason(item: Hypothesis) -> str:
    blocks = listed([code(block) for block in item.blocks[:_BLOCKS_SHOWN]])
    return (f"the hypothesis of the {prose(item.theorem)} step is refused at {blocks} ({prose(item.because)}); "
            f"it can be assumed under the name {code(item.name)}")


def _limit(page: Page) -> list[str]:
    limits = page.derivation.limits()
    if limits is None:
        return []
    own, name = page.letters, product_name(page)
    depth = page.symbols.notation.name(limits.depth)[0]
    start, room = rf"\lim_{{{depth} \to \infty}} ", page.line - 25
    rows = [[start + page.equation(f"{own.phi}({name})", limits.phi, line=room)[0]]]
    if limits.kappa is not None and page.derivation.given >= 2:
        rows.append([start + page.equation(own.kappa, limits.kappa, line=room)[0]])
    if any(width_of(row[0]) > page.line for row in rows):
        return []
    return [f"As ${depth} \\to \\infty$", *page.equations(rows)]


def inline_display(page: Page) -> str:
    """The result as one display for a notebook."""
    rows = [row for equation in result_equations(page) for row in equation]
    rows += [row for equation in page.formulas.definitions(page.line) for row in equation]
    given, order = page.derivation.given, page.derivation.order
    if given < order:
        rows.append(rf"{_stated_name(page, given + 1)} &\phantom{{=}} \text{{ is not given (a hypothesis is refused)}}")
    body = r" \\ ".join(rows)
    return rf"$$\begin{{aligned}} {body} \end{{aligned}}$$"
