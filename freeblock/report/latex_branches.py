"""Steps across branches: sums and stacks, over the second order by free cumulants."""

from __future__ import annotations

from itertools import combinations

from freeblock.calculus.law import Law
from freeblock.calculus.series import cumulants_of_moments, expand
from freeblock.formula.expression import ZERO, Expression, number, product
from freeblock.network.nodes import Indexed
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_page import ITEM
from freeblock.report.latex_writing import Equations, Writing, index_span, joined_by, phrase, state_of_moments, state_symbol

_PAIRS = 4
"""Cross terms are written out for up to so many branches."""


def sum_step(writing: Writing) -> tuple[str, list[list[str]]]:
    law, formulas = writing.step.law, writing.page.formulas
    says = [r"$\phi = \sum_i \phi_i$"]
    live = [group.law.phi for group in writing.groups]
    rows = [writing.derived(r"\phi", writing.sum(live, r"\phi"), law.phi)]
    if writing.page.derivation.order > 2 and writing.order > 1:
        return _by_cumulants(writing, law.rows / law.columns, says[0], rows)
    if writing.order >= 2 and law.variance is not None:
        ratio = law.rows / law.columns
        shown = "" if ratio.is_one else formulas.factor(ratio) + r"\, "
        says.append(rf"$\varphi = \sum_i \varphi_i + 2 {shown}\sum_{{i<j}} \phi_i \phi_j$")
        rows.append(writing.derived(r"\varphi", _variance_pieces(writing, ratio), law.variance))
        rows += _kappa(writing, law)
    return f"For free branches {phrase(says)}:", rows


def _kappa(writing: Writing, law: Law) -> list[list[str]]:
    if law.kappa is None:
        return []
    pieces = [Piece("", rf"\varphi({writing.name}) / \phi({writing.name})^2", "")]
    return [writing.derived(r"\kappa", pieces, law.kappa)]


def _variance_pieces(writing: Writing, ratio: Expression) -> list[Piece]:
    members = [(group, premise) for group in writing.groups for premise in group.members]
    if len(members) > _PAIRS:
        return []
    pieces = [writing.short(r"\varphi", group, group.law.variance or ZERO) for group, _ in members]
    twice = ["2"] if ratio.is_one else ["2", writing.page.formulas.factor(ratio)]
    for (first, _), (second, _) in combinations(members, 2):
        pieces.append(r" \cdot ".join([*twice, writing.short(r"\phi", first, first.law.phi),
                                       writing.short(r"\phi", second, second.law.phi)]))
    return joined_by(pieces, "+")


def stack_step(writing: Writing) -> tuple[str, list[list[str]]]:
    law, formulas = writing.step.law, writing.page.formulas
    says = [r"$\phi = \frac1m \sum_i m_i \phi_i$"]
    rows = [writing.derived(r"\phi", _mean_pieces(writing), law.phi)]
    if writing.page.derivation.order > 2 and writing.order > 1:
        return _by_cumulants(writing, None, says[0], rows)
    if writing.order >= 2 and law.variance is not None:
        says.append(r"$\phi_2 = \frac1m \sum_i m_i \phi_{2,i} + \frac{2}{mn} \sum_{i<j} m_i \phi_i\, m_j \phi_j$")
        rows.append(writing.result(r"\phi_2", law.moment(2)))
        pieces = [Piece("", rf"\phi_2({writing.name}) - \phi({writing.name})^2", "")]
        rows.append(writing.derived(r"\varphi", pieces, law.variance))
        rows += _kappa(writing, law)
    total = formulas.text(law.rows) if formulas.fits(law.rows, 100) else None
    sizes = rf", where $m_i$ is the number of outputs of branch $i$, $m = {total}$ their sum" if total else \
        r", where $m_i$ is the number of outputs of branch $i$ and $m$ their sum"
    inputs = f", $n = {formulas.text(law.columns)}$" if formulas.text(law.columns) != "n" else ""
    return f"For free branches {phrase(says)}{sizes}{inputs}:", rows


def _mean_pieces(writing: Writing) -> list[Piece]:
    formulas = writing.page.formulas
    texts = []
    for group in writing.groups:
        share = group.law.rows / writing.step.law.rows
        if not formulas.fits(share, 90.0):
            return []
        factors = [formulas.factor(share), writing.short(r"\phi", group, group.law.phi)]
        if len(group.members) > 1:
            factors.insert(0, str(len(group.members)))
        texts.append(r" \cdot ".join(factors))
    return joined_by(texts, "+")


def _by_cumulants(
    writing: Writing, ratio: Expression | None, mean: str, rows: list[list[str]]
) -> tuple[str, list[list[str]]]:
    """Sums and stacks beyond the second order: free cumulants are added."""
    law = writing.step.law
    totals = [ZERO] * writing.order
    for group in writing.groups:
        values = cumulants(group.law, ratio, law.columns)[: writing.order]
        for place, value in enumerate(values):
            totals[place] = totals[place] + value * number(len(group.members))
            name = writing.page.matrices.of_step(group.premise.block)
            rows.append(writing.page.equation(f"c_{{{place + 1}}}({name})", value, line=ITEM))
    rows += [writing.result(f"c_{{{place}}}", value) for place, value in enumerate(totals, 1)]
    rows += [writing.result(rf"\phi_{{{place}}}", law.moment(place)) for place in range(2, writing.order + 1)]
    if not law.is_zero:
        rows += [writing.result(state_symbol(place), law.state[place - 1]) for place in range(1, writing.order)]
    if ratio is None:
        return (f"For free branches {mean}, and the free cumulants $c_k$ of $J^{{\\top}}J$ add up "
                r"($\rho = 0$, moments $\frac{m_i}{n}\phi_k$):"), rows
    return (f"For free branches {mean}, and the rectangular free cumulants $c_k$ add up "
            rf"($\rho = {writing.page.formulas.text(ratio)}$):"), rows


def cumulants(law: Law, ratio: Expression | None, columns: Expression) -> list[Expression]:
    """The free cumulants that add: rectangular ones of JJᵀ, or (no ratio) ordinary ones of JᵀJ."""
    if ratio is not None:
        return cumulants_of_moments([expand(moment) for moment in law.moments()], ratio)
    share = law.rows / columns
    return cumulants_of_moments([expand(product(((share, 1), (moment, 1)))) for moment in law.moments()], ZERO)


def indexed_parallel_step(writing: Writing) -> tuple[str, list[list[str]]]:
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Indexed)
    body, span = writing.groups[0].law, index_span(writing.page, block)
    stack = block.kind == "stack"
    ratio = None if stack else law.rows / law.columns
    name = writing.page.matrices.of_step(block.body)
    rows: list[list[str]] = []
    for place, value in enumerate(cumulants(body, ratio, law.columns)[: writing.order], 1):
        rows.append(writing.page.equation(f"c_{{{place}}}({name})", value, line=ITEM))
    rows += [writing.result(r"\phi" if place == 1 else rf"\phi_{{{place}}}", law.moment(place))
             for place in range(1, writing.order + 1)]
    kind = r"free cumulants of $J^{\top}J$ ($\rho = 0$)" if ratio is None else \
        rf"rectangular free cumulants ($\rho = {writing.page.formulas.text(ratio)}$)"
    return (rf"For free branches the {kind} add up, $c_k = \sum{span} c_k({name})$:",
            rows + state_of_moments(writing, law))
