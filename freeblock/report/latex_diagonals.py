"""Steps of commuting diagonals: their moments multiply, or add by the binomial theorem."""

from __future__ import annotations

from freeblock.calculus.leaf_laws import signed_moments
from freeblock.network.nodes import Repeat
from freeblock.report.latex_writing import Equations, Writing, state_of_moments


def diagonal_product_step(writing: Writing) -> tuple[str, Equations]:
    """Every moment multiplies."""
    law, block, page, letters = writing.step.law, writing.step.block, writing.page, writing.letters
    k = page.symbols.order
    rows = []
    for place in range(1, writing.order + 1):
        values = [group.law.moment(place) for group in writing.groups]
        pieces = [] if isinstance(block, Repeat) else writing.product(values, letters.moment(place))
        rows.append(writing.derived(letters.moment(place), pieces, law.moment(place)))
    says = (rf"Independent diagonals commute, and their moments multiply, ${letters.moment_of(k)} = "
            rf"\prod_i {letters.moment_of(f'{{{k},i}}')}$")
    if isinstance(block, Repeat):
        says = "Copies of a diagonal commute, and their moments are raised to the power of their number"
        if page.formulas.fits(block.count, 100.0):
            says += f" ${page.formulas.text(block.count)}$"
    return says + ":", rows + state_of_moments(writing, law)


def diagonal_sum_step(writing: Writing) -> tuple[str, Equations]:
    """E(d_1 + d_2)^{2k} by the binomial theorem from the signed moments of the diagonals."""
    law, page = writing.step.law, writing.page
    k = page.symbols.order
    rows: Equations = []
    for group in writing.groups:
        name = page.matrices.of_step(group.premise.block)
        moments = signed_moments(group.premise.block, writing.order) or []
        mean = rf"\operatorname{{E}} d({name})"
        rows += [page.equation(mean + (f"^{place}" if place > 1 else ""), value, line=page.item)
                 for place, value in enumerate(moments, 1)]
        rows.append([])
    rows += [writing.result(writing.letters.moment(place), law.moment(place)) for place in range(1, writing.order + 1)]
    says = (r"Independent diagonals commute: with $d(A)$ an entry of $A$, "
            rf"${writing.letters.moment_of(k)} = \operatorname{{E}}\bigl(\sum_i d_i\bigr)^{{2 {k}}}$ by the binomial "
            "theorem:")
    return says, rows + state_of_moments(writing, law)
