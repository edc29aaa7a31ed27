"""The step that puts the blocks of a network on images together, and the law without borders beside it."""

from __future__ import annotations

from freeblock.report.latex_page import Page
from freeblock.report.latex_text import listed
from freeblock.report.latex_writing import Equations, Writing


def positions_step(writing: Writing) -> tuple[str, Equations]:
    """φ as a mean of energies, κ as a sum over the blocks."""
    law, own, symbols = writing.step.law, writing.letters, writing.page.symbols
    last, each = symbols.rows_of("L"), symbols.rows_of("i")
    says = [rf"${own.phi} = \langle e_L \rangle$"]
    rows = [writing.result(own.phi, law.phi)]
    if writing.order >= 2 and not law.is_zero:
        says.append(rf"$1 + {own.kappa} = \sum_i w_i\, \frac{{{last}}}{{{each}}}\, \frac{{\langle (e_i b_i)^2 \rangle}}"
                    rf"{{\langle e_i b_i \rangle^2}}$, where the input and every Gaussian weight have $w_i = 1$, "
                    rf"an orthogonal weight and a diagonal $w_i = 1 + {own.kappa_of('i')} - "
                    rf"c_i/c_{{i-1}}$ from the law without borders, and two branches that meet $2 e_A e_B b^2$")
        rows.append(writing.result(own.kappa, law.state[0]))
    return (r"Let $e_i(x)$ be the mean over channels of $\operatorname{E}(J J^{\top})_{xx}$ at position $x$ behind "
            r"block $i$, $b_i(x)$ the same of the transposed rest of the network, $c_i$ the channels and "
            rf"$\langle\cdot\rangle$ the mean over positions; then {listed(says)}:", rows)


def border_free_lines(page: Page) -> list[str]:
    """What φ and κ would be without borders, where these change them."""
    derivation, own = page.derivation, page.letters
    free = derivation.border_free
    if free is None or derivation.given < 1 or derivation.side == "in":
        return []
    equations = [page.equation(own.phi, free.phi)]
    if derivation.given >= 2 and free.kappa is not None:
        equations.append(page.equation(own.kappa, free.kappa))
    return ["Without borders it would be", *page.equations(equations)]
