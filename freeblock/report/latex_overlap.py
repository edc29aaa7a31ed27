"""The step that puts blocks whose patterns share a stream together, and the value of independent patterns beside it."""

from __future__ import annotations

from freeblock.report.latex_page import Page
from freeblock.report.latex_text import listed
from freeblock.report.latex_writing import Equations, Writing


def overlap_step(writing: Writing) -> tuple[str, Equations]:
    """φ multiplies; κ adds, and each pair of blocks adds to it."""
    overlap = writing.page.derivation.overlap
    assert overlap is not None and overlap.plain.kappa is not None
    law, own = writing.step.law, writing.letters
    rows = [writing.result(own.phi, law.phi)]
    says = [rf"${own.phi} = \prod_l {own.phi_of('l')}$"]
    if overlap.kind == "dense":
        return _dense(writing, rows)
    if writing.order >= 2:
        says.append(rf"${own.kappa} = \sum_l {own.kappa_of('l')} + \sum_{{l<j}} \frac{{2 x_l x_j}}"
                    rf"{{({own.phi_of('l')})^2 \prod_{{i=l+1}}^{{j}} {own.phi_of('i')}}} "
                    r"\bigl(\frac{c_{jl}}{p_j p_l} - 1\bigr)$")
        rows.append(writing.page.equation(rf"\sum_l {own.kappa_of('l')}", overlap.plain.kappa, line=writing.page.item))
        rows.append(writing.page.equation(r"\sum_{l<j} \cdots", overlap.added, line=writing.page.item))
        rows.append(writing.result(own.kappa, law.state[0]))
    pattern = rf" The slopes are functions of signs, so that $c_{{jl}}/p_jp_l - 1 = {own.kappa}(D)\, " \
              r"\frac{2}{\pi} \arcsin \varrho_{jl}$, where $\varrho_{jl}$ is the correlation of what two patterns " \
              "look at." if overlap.of_signs else ""
    return (r"The blocks are $I + V_l D_l$ with fresh bi-invariant $V_l$, and their patterns $D_l$ look at one stream. "
            rf"Let $x_l = {own.phi_of('l')} - 1$, $p_l = \operatorname{{E}} D_l^2$ and "
            rf"$c_{{jl}} = \operatorname{{E}} D_j^2 D_l^2$.{pattern} Then {listed(says)}:", rows)


def _dense(writing: Writing, rows: Equations) -> tuple[str, Equations]:
    law, own = writing.step.law, writing.letters
    if writing.order >= 2:
        rows.append(writing.result(own.kappa, law.state[0]))
    return (r"The blocks are $[I; V_l D]$ with fresh Gaussian $V_l$, and each group of features keeps its pattern $D$ "
            r"in all later blocks. Let $H = J_{l+1}^{\top} \cdots J_L^{\top} J_L \cdots J_{l+1}$, "
            r"$T_{ab} = \lim \operatorname{E} \lVert H_{ab} \rVert_F^2 / n$ for groups $a$, $b$ of $n_a$, $n_b$ "
            r"features, and $\operatorname{E}[H_{aa} \mid D] = \alpha_a + \beta_a D_a^2$. From the last block to "
            r"the first, with the variance $s$ of an entry of $V_l$, $p = \operatorname{E} D^2$, "
            r"$r = \operatorname{E} D^4$, $d_a = p n_a$ and $Q = n_l (\alpha_l + \beta_l p)$, $T_{ab}$ grows by "
            r"$s d_b T_{al} + s d_a T_{bl} + s^2 d_a d_b T_{ll}$, $T_{aa}$ also by "
            r"$2 s Q n_a (\alpha_a p + \beta_a r) + s^2 Q^2 n_a r$, and $\beta_a$ by $s Q$. What is left is "
            rf"${own.moment_of('2')} = T_{{00}}/m$:", rows)


def independent_lines(page: Page) -> list[str]:
    """ϕ and κ of blocks whose patterns were independent."""
    derivation, own = page.derivation, page.letters
    overlap = derivation.overlap
    if overlap is None or derivation.given < 2 or overlap.plain.kappa is None:
        return []
    return ["Patterns that were independent would give",
            *page.equations([page.equation(own.kappa, overlap.plain.kappa)])]
