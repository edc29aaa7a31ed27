"""Steps along a chain: serial products, equal copies, scaling, products over an index, overlap, transposition."""

from __future__ import annotations

from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.network.nodes import Indexed, Repeat, Scale
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_text import listed
from freeblock.report.latex_writing import Equations, Writing, index_span


def serial_step(writing: Writing) -> tuple[str, Equations]:
    """φ multiplies; κ and every λ_j add with weights."""
    law, own, symbols = writing.step.law, writing.letters, writing.page.symbols
    last, each = symbols.rows_of("L"), symbols.rows_of("i")
    weighted = any(not group.premise.weight.is_one for group in writing.groups)
    says = [rf"${own.phi} = \prod_i {own.phi_of('i')}$"]
    values = [group.law.phi for group in writing.groups]
    rows = [writing.derived(own.phi, writing.product(values, own.phi), law.phi)]
    if law.is_zero:
        return "A product with a zero factor is zero:", rows
    if writing.order >= 2:
        ratio = rf"\frac{{{last}}}{{{each}}}\," if weighted else ""
        says.append(rf"${own.kappa} = \sum_i {ratio}{own.kappa_of('i')}$")
    if writing.order >= 3:
        ratio = rf"\bigl(\frac{{{last}}}{{{each}}}\bigr)^{{\!j}}" if weighted else ""
        says.append(rf"${own.state_of('j')} = \sum_i {ratio}{own.state_of('{j,i}')}$")
    for place in range(1, writing.order):
        values = [group.law.state[place - 1] for group in writing.groups]
        rows.append(writing.derived(own.state_at(place), writing.sum(values, own.state_at(place), place),
                                    law.state[place - 1]))
    where = rf", ${each}$ being the number of outputs of factor $i$ and ${last}$ that of the last" if weighted else ""
    return f"For free factors {listed(says)}{where}:", rows


def repeat_step(writing: Writing) -> tuple[str, Equations]:
    """φ to the power of the number of copies; κ and every λ_j times it."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Repeat)
    formulas, own = writing.page.formulas, writing.letters
    count = f"${formulas.text(block.count)}$" if formulas.fits(block.count, 100.0) else "of their number"
    says = [rf"${own.phi}$ is raised to the power {count}"]
    base = writing.groups[0].law
    rows = [writing.result(own.phi, law.phi)]
    if law.is_zero:
        return "A power of zero is zero:", rows
    if writing.order >= 2:
        says.append(rf"${own.kappa}$ is multiplied by it" if writing.order == 2 else
                    rf"${own.kappa}$ and every ${own.state_of('j')}$ are multiplied by it")
    for place in range(1, writing.order):
        value = writing.short(own.state_at(place), writing.groups[0], base.state[place - 1])
        times = rf"{formulas.factor(block.count)} \cdot {value}"
        pieces = [Piece("", times, "")] if formulas.fits(block.count, 100.0) else []
        rows.append(writing.derived(own.state_at(place), pieces, law.state[place - 1]))
    return f"For free copies {listed(says)}:", rows


def scale_step(writing: Writing) -> tuple[str, Equations]:
    """φ times the square of the factor; the rest stays."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Scale)
    own, square = writing.letters, product(((block.factor, 2),))
    factor = writing.page.formulas.factor(square)
    value = writing.short(own.phi, writing.groups[0], writing.groups[0].law.phi)
    rows = [writing.derived(own.phi, [Piece("", rf"{factor} \cdot {value}", "")], law.phi)]
    if law.is_zero:
        return "Scaled by zero:", rows
    for place in range(1, writing.order):
        rows.append(writing.result(own.state_at(place), law.state[place - 1]))
    rest = "" if writing.order < 2 else rf", ${own.kappa}$ stays" if writing.order == 2 else \
        rf", ${own.kappa}$ and the ${own.state_of('j')}$ stay"
    return rf"A factor multiplies ${own.phi}$ by its square{rest}:", rows


def indexed_serial_step(writing: Writing) -> tuple[str, Equations]:
    """A product over an index for φ, sums over it for κ and every λ_j."""
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Indexed)
    page, body, own = writing.page, writing.groups[0].law, writing.letters
    span = index_span(page, block)
    says = [rf"${own.phi} = \prod{span} {own.phi}({page.matrices.of_step(block.body)})$"]
    rows = [writing.derived(own.phi, _over(writing, r"\prod" + span, body.phi), law.phi)]
    weight, m, last = block.rows / body.rows, page.symbols.rows, page.symbols.rows_of("L")
    shown = "" if weight.is_one else rf"\frac{{{last}}}{{{m}}}\,"
    if writing.order >= 2:
        says.append(rf"${own.kappa} = \sum{span} {shown}{own.kappa}({page.matrices.of_step(block.body)})$")
    if writing.order >= 3:
        says.append(f"likewise ${own.state_of('j')}$" + ("" if weight.is_one else rf" with $({last}/{m})^j$"))
    if not law.is_zero:
        for place in range(1, writing.order):
            value = product(((weight, place), (body.state[place - 1], 1)))
            rows.append(writing.derived(own.state_at(place), _over(writing, r"\sum" + span, value),
                                        law.state[place - 1]))
    where = "" if weight.is_one else \
        rf", where ${last} / {m} = {page.formulas.text(weight)}$ is the ratio of the numbers of outputs"
    return f"For free factors {listed(says)}{where}:", rows


def _over(writing: Writing, sign: str, value: Expression) -> list[Piece]:
    formulas = writing.page.formulas
    if not formulas.fits(value, 200.0):
        return []
    return [Piece("", f"{sign} {formulas.factor(value)}", "")]


def overlap_step(writing: Writing) -> tuple[str, Equations]:
    """φ multiplies; κ adds, and each pair of blocks adds to it."""
    proof = writing.page.derivation.proof
    assert proof is not None
    overlap = proof.overlap
    assert overlap.plain.kappa is not None
    law, own = writing.step.law, writing.letters
    rows = [writing.result(own.phi, law.phi)]
    says = [rf"${own.phi} = \prod_l {own.phi_of('l')}$"]
    if overlap.kind == "dense":
        return _dense_overlap(writing, rows)
    if writing.order >= 2:
        rows.append([rf"{own.kappa} &= \sum_l {own.kappa_of('l')} + \sum_{{l<j}} \frac{{2 x_l x_j}}"
                     rf"{{({own.phi_of('l')})^2 \prod_{{i=l+1}}^{{j}} {own.phi_of('i')}}} "
                     r"\Bigl(\frac{c_{jl}}{p_j p_l} - 1\Bigr)"])
        rows.append(writing.page.equation(rf"\sum_l {own.kappa_of('l')}", overlap.plain.kappa, line=writing.page.item))
        rows.append(writing.page.equation(r"\sum_{l<j} \cdots", overlap.added, line=writing.page.item))
        rows.append(writing.result(own.kappa, law.state[0]))
    pattern = rf" The slopes are functions of signs, so that $c_{{jl}}/p_jp_l - 1 = {own.kappa}(D)\, " \
              r"\frac{2}{\pi} \arcsin \varrho_{jl}$, where $\varrho_{jl}$ is the correlation of what two patterns " \
              "look at." if overlap.of_signs else ""
    return (r"The blocks are $I + V_l D_l$ with fresh bi-invariant $V_l$, and their patterns $D_l$ look at one stream. "
            rf"Let $x_l = {own.phi_of('l')} - 1$, $p_l = \operatorname{{E}} D_l^2$ and "
            rf"$c_{{jl}} = \operatorname{{E}} D_j^2 D_l^2$.{pattern} Then {listed(says)}:", rows)


def _dense_overlap(writing: Writing, rows: Equations) -> tuple[str, Equations]:
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


def transpose_step(writing: Writing) -> tuple[str, Equations]:
    """JᵀJ from JJᵀ."""
    law, page, k, own = writing.step.law, writing.page, writing.page.symbols.order, writing.letters
    ratio, moment = page.formulas.text(law.columns / law.rows), own.moment_of(k)
    rows = [page.equation(rf"{own.moment(place)}({own.transposed})", law.moment(place), line=page.item)
            for place in range(1, writing.order + 1)]
    if law.kappa is not None and writing.order >= 2:
        rows.append(page.equation(f"{own.kappa}({own.transposed})", law.kappa, line=page.item))
    return (f"${own.product('in')}$ and ${own.product('out')}$ share their non-zero eigenvalues: "
            rf"${moment}({own.transposed}) = {ratio}\; {moment}({own.jacobian})$, "
            "the factor being outputs over inputs:"), rows
