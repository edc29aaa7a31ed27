"""Steps of commuting diagonals: their moments multiply, or add by the binomial theorem."""

from __future__ import annotations

from freeblock.network.nodes import Repeat
from freeblock.report.latex_writing import Equations, Writing, state_of_moments


def diagonal_product_step(writing: Writing) -> tuple[str, list[list[str]]]:
    law, block = writing.step.law, writing.step.block
    says = "Independent diagonals commute, and their moments multiply: $\\phi_k = \\prod_i \\phi_{k,i}$"
    rows = []
    for place in range(1, writing.order + 1):
        symbol = r"\phi" if place == 1 else rf"\phi_{{{place}}}"
        values = [group.law.moment(place) for group in writing.groups]
        pieces = [] if isinstance(block, Repeat) else writing.product(values, symbol)
        rows.append(writing.derived(symbol, pieces, law.moment(place)))
    if isinstance(block, Repeat):
        says = rf"The moments of independent diagonals are raised to the power ${writing.page.formulas.text(block.count)}$"
    return says + ":", rows + (state_of_moments(writing, law))




def diagonal_sum_step(writing: Writing) -> tuple[str, list[list[str]]]:
    law = writing.step.law
    rows = [writing.result(r"\phi" if place == 1 else rf"\phi_{{{place}}}", law.moment(place))
            for place in range(1, writing.order + 1)]
    says = (r"Independent diagonals commute: $\phi_k = \operatorname{E}(d_1 + d_2 + \cdots)^{2k}$, by the binomial "
            r"theorem from $\operatorname{E} d_i^{\,j} = \phi_{j/2}(d_i)$")
    return says + ":", rows + state_of_moments(writing, law)
