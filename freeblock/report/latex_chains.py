"""Steps along a chain: serial products, equal copies, scaling, products over an index, transposition."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.network.nodes import Indexed, Repeat, Scale
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_text import listed
from freeblock.report.latex_writing import Equations, Writing, index_span, moment_symbol, state_symbol


def serial_step(writing: Writing) -> tuple[str, Equations]:
    """φ multiplies; κ and every λ_j add with weights."""
    law, m = writing.step.law, writing.page.symbols.rows
    weighted = any(not group.premise.weight.is_one for group in writing.groups)
    says = [r"$\phi = \prod_i \phi_i$"]
    rows = [writing.derived(r"\phi", writing.product([group.law.phi for group in writing.groups]), law.phi)]
    if law.is_zero:
        return "A product with a zero factor is zero:", rows
    if writing.order >= 2:
        ratio = rf"\frac{{{m}_L}}{{{m}_i}}\," if weighted else ""
        says.append(rf"$\kappa = \sum_i {ratio}\kappa_i$")
    if writing.order >= 3:
        ratio = rf"\bigl(\frac{{{m}_L}}{{{m}_i}}\bigr)^{{\!j}}" if weighted else ""
        says.append(rf"$\lambda_j = \sum_i {ratio}\lambda_{{j,i}}$")
    for place in range(1, writing.order):
        values = [group.law.state[place - 1] for group in writing.groups]
        rows.append(writing.derived(state_symbol(place), writing.sum(values, state_symbol(place), place),
                                    law.state[place - 1]))
    where = rf", ${m}_i$ being the number of outputs of factor $i$ and ${m}_L$ that of the last" if weighted else ""
    return f"For free factors {listed(says)}{where}:", rows


def repeat_step(writing: Writing) -> tuple[str, Equations]:
    """φ to the power of the number of copies; κ and every λ_j times it."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Repeat)
    formulas = writing.page.formulas
    count = f"${formulas.text(block.count)}$" if formulas.fits(block.count, 100.0) else "of their number"
    says = [rf"$\phi$ is raised to the power {count}"]
    base = writing.groups[0].law
    rows = [writing.result(r"\phi", law.phi)]
    if law.is_zero:
        return "A power of zero is zero:", rows
    if writing.order >= 2:
        says.append(r"$\kappa$ is multiplied by it" if writing.order == 2 else
                    r"$\kappa$ and every $\lambda_j$ are multiplied by it")
    for place in range(1, writing.order):
        value = writing.short(state_symbol(place), writing.groups[0], base.state[place - 1])
        times = rf"{formulas.factor(block.count)} \cdot {value}"
        pieces = [Piece("", times, "")] if formulas.fits(block.count, 100.0) else []
        rows.append(writing.derived(state_symbol(place), pieces, law.state[place - 1]))
    return f"For free copies {listed(says)}:", rows


def scale_step(writing: Writing) -> tuple[str, Equations]:
    """φ times the square of the factor; the rest stays."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Scale)
    square = product(((block.factor, 2),))
    factor = writing.page.formulas.factor(square)
    value = writing.short(r"\phi", writing.groups[0], writing.groups[0].law.phi)
    rows = [writing.derived(r"\phi", [Piece("", rf"{factor} \cdot {value}", "")], law.phi)]
    if law.is_zero:
        return "Scaled by zero:", rows
    for place in range(1, writing.order):
        rows.append(writing.result(state_symbol(place), law.state[place - 1]))
    rest = "" if writing.order < 2 else r", $\kappa$ stays" if writing.order == 2 else \
        r", $\kappa$ and the $\lambda_j$ stay"
    return rf"A factor multiplies $\phi$ by its square{rest}:", rows


def indexed_serial_step(writing: Writing) -> tuple[str, Equations]:
    """A product over an index for φ, sums over it for κ and every λ_j."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Indexed)
    page, body = writing.page, writing.groups[0].law
    span = index_span(page, block)
    says = [rf"$\phi = \prod{span} \phi({page.matrices.of_step(block.body)})$"]
    rows = [writing.derived(r"\phi", _over(writing, r"\prod" + span, body.phi), law.phi)]
    weight, m = block.rows / body.rows, page.symbols.rows
    shown = "" if weight.is_one else rf"\frac{{{m}_L}}{{{m}}}\,"
    if writing.order >= 2:
        says.append(rf"$\kappa = \sum{span} {shown}\kappa({page.matrices.of_step(block.body)})$")
    if writing.order >= 3:
        says.append(r"likewise $\lambda_j$" + ("" if weight.is_one else rf" with $({m}_L/{m})^j$"))
    if not law.is_zero:
        for place in range(1, writing.order):
            value = product(((weight, place), (body.state[place - 1], 1)))
            rows.append(writing.derived(state_symbol(place), _over(writing, r"\sum" + span, value),
                                        law.state[place - 1]))
    where = "" if weight.is_one else \
        rf", where ${m}_L / {m} = {page.formulas.text(weight)}$ is the ratio of the numbers of outputs"
    return f"For free factors {listed(says)}{where}:", rows


def _over(writing: Writing, sign: str, value: Expression) -> list[Piece]:
    formulas = writing.page.formulas
    if not formulas.fits(value, 200.0):
        return []
    return [Piece("", f"{sign} {formulas.factor(value)}", "")]


def transpose_step(writing: Writing) -> tuple[str, Equations]:
    """JᵀJ from JJᵀ."""
    law, page, k = writing.step.law, writing.page, writing.page.symbols.order
    ratio = page.formulas.text(law.columns / law.rows)
    rows = [page.equation(rf"{moment_symbol(place)}(J^{{\top}})", law.moment(place), line=page.item)
            for place in range(1, writing.order + 1)]
    if law.kappa is not None and writing.order >= 2:
        rows.append(page.equation(r"\kappa(J^{\top})", law.kappa, line=page.item))
    return (rf"$J^{{\top}}J$ and $JJ^{{\top}}$ share their non-zero eigenvalues: "
            rf"$\phi_{k}(J^{{\top}}) = {ratio}\; \phi_{k}(J)$, the factor being outputs over inputs:"), rows
