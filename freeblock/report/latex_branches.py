"""Steps across branches: sums and stacks, over the second order by free cumulants."""

from __future__ import annotations

from itertools import combinations

from freeblock.calculus.law import Law
from freeblock.calculus.series import cumulants_of_moments, expand
from freeblock.formula.expression import ZERO, Expression, number
from freeblock.formula.products import product
from freeblock.network.nodes import Indexed
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_text import listed
from freeblock.report.latex_writing import (
    Equations,
    Writing,
    index_span,
    joined_by,
    state_of_moments,
)

_PAIRS = 4
"""Cross terms are written out for up to so many branches."""


def sum_step(writing: Writing) -> tuple[str, Equations]:
    """φ adds; ϕ adds with a cross term for every pair of branches."""
    law, formulas, own = writing.step.law, writing.page.formulas, writing.letters
    says = [rf"${own.phi} = \sum_i {own.phi_of('i')}$"]
    rows = [writing.derived(own.phi, writing.sum([group.law.phi for group in writing.groups], own.phi), law.phi)]
    if writing.page.derivation.order > 2 and writing.order > 1:
        return _by_cumulants(writing, law.rows / law.columns, says[0], rows)
    if writing.order >= 2 and law.variance is not None:
        ratio = law.rows / law.columns
        shown = "" if ratio.is_one else formulas.factor(ratio) + r"\, "
        says.append(rf"${own.variance} = \sum_i {own.variance_of('i')} + 2 {shown}\sum_{{i<j}} "
                    rf"{own.phi_of('i')} {own.phi_of('j')}$")
        rows.append(writing.derived(own.variance, _variance_pieces(writing, ratio), law.variance))
        rows += _kappa(writing, law)
    return f"For free branches {listed(says)}:", rows


def _kappa(writing: Writing, law: Law) -> Equations:
    if law.kappa is None:
        return []
    own = writing.letters
    pieces = [Piece("", f"{own.variance}({writing.name}) / {own.phi}({writing.name})^2", "")]
    return [writing.derived(own.kappa, pieces, law.kappa)]


def _variance_pieces(writing: Writing, ratio: Expression) -> list[Piece]:
    members = [group for group in writing.groups for _ in group.members]
    if len(members) > _PAIRS:
        return []
    own = writing.letters
    pieces = [writing.short(own.variance, group, group.law.variance or ZERO) for group in members]
    twice = ["2"] if ratio.is_one else ["2", writing.page.formulas.factor(ratio)]
    for first, second in combinations(members, 2):
        pieces.append(r" \cdot ".join([*twice, writing.short(own.phi, first, first.law.phi),
                                       writing.short(own.phi, second, second.law.phi)]))
    return joined_by(pieces, "+")


def stack_step(writing: Writing) -> tuple[str, Equations]:
    """φ is the mean over the outputs; the second moment has a cross term for every pair of branches."""
    law, formulas, own = writing.step.law, writing.page.formulas, writing.letters
    symbols = writing.page.symbols
    m, m_i, m_j = symbols.rows, symbols.rows_of("i"), symbols.rows_of("j")
    says = [rf"${own.phi} = \frac{{1}}{{{m}}} \sum_i {m_i} {own.phi_of('i')}$"]
    rows = [writing.derived(own.phi, _mean_pieces(writing), law.phi)]
    if writing.page.derivation.order > 2 and writing.order > 1:
        return _by_cumulants(writing, None, says[0] + _sizes(writing), rows)
    if writing.order >= 2 and law.variance is not None:
        inputs = formulas.factor(law.columns)
        second = own.moment_of("2")
        says.append(rf"${second} = \frac{{1}}{{{m}}} \sum_i {m_i} {own.moment_of('{2,i}')} + "
                    rf"\frac{{2}}{{{m}\, {inputs}}} \sum_{{i<j}} {m_i} {own.phi_of('i')}\, {m_j} {own.phi_of('j')}$")
        rows.append(writing.result(second, law.moment(2)))
        pieces = [Piece("", f"{second}({writing.name}) - {own.phi}({writing.name})^2", "")]
        rows.append(writing.derived(own.variance, pieces, law.variance))
        rows += _kappa(writing, law)
    return f"For free branches {listed(says)}{_sizes(writing)}:", rows


def _sizes(writing: Writing) -> str:
    formulas, symbols = writing.page.formulas, writing.page.symbols
    rows = writing.step.law.rows
    total = f" = {formulas.text(rows)}" if formulas.fits(rows, 100.0) else ""
    each = symbols.rows_of("i")
    return rf", ${each}$ being the number of outputs of branch $i$ and ${symbols.rows}{total}$ their sum"


def _mean_pieces(writing: Writing) -> list[Piece]:
    formulas = writing.page.formulas
    texts = []
    for group in writing.groups:
        share = group.law.rows / writing.step.law.rows
        if not formulas.fits(share, 90.0):
            return []
        factors = [formulas.factor(share), writing.short(writing.letters.phi, group, group.law.phi)]
        if len(group.members) > 1:
            factors.insert(0, str(len(group.members)))
        texts.append(r" \cdot ".join(factors))
    return joined_by(texts, "+")


def _by_cumulants(
    writing: Writing, ratio: Expression | None, mean: str, rows: Equations
) -> tuple[str, Equations]:
    """Sums and stacks beyond the second order: free cumulants are added."""
    law, page, own = writing.step.law, writing.page, writing.letters
    totals = [ZERO] * writing.order
    for group in writing.groups:
        rows.append([])
        name = page.matrices.of_step(group.premise.block)
        for place, value in enumerate(cumulants(group.law, ratio, law.columns)[: writing.order]):
            totals[place] = totals[place] + value * number(len(group.members))
            rows.append(page.equation(f"c_{{{place + 1}}}({name})", value, line=page.item))
    rows.append([])
    rows += [writing.result(f"c_{{{place}}}", value) for place, value in enumerate(totals, 1)]
    rows.append([])
    rows += [writing.result(own.moment(place), law.moment(place)) for place in range(2, writing.order + 1)]
    rows.append([])
    if not law.is_zero:
        rows += [writing.result(own.state_at(place), law.state[place - 1]) for place in range(1, writing.order)]
    return f"For free branches {mean}, and the {_kind(writing, ratio)} add up:", rows


def _kind(writing: Writing, ratio: Expression | None) -> str:
    """Which cumulants add: rectangular ones of AAᵀ, or ordinary ones of AᵀA."""
    symbols, formulas = writing.page.symbols, writing.page.formulas
    if ratio is not None:
        return rf"rectangular free cumulants $c_{symbols.order}$ (${symbols.ratio} = {formulas.text(ratio)}$)"
    share = rf"\frac{{{symbols.rows_of('i')}}}{{{formulas.text(writing.step.law.columns)}}}"
    return (rf"free cumulants $c_{symbols.order}$ of the $A^{{\top}}A$ (${symbols.ratio} = 0$, from the moments "
            rf"${share}\, {writing.letters.moment_of(symbols.order)}$)")


def cumulants(law: Law, ratio: Expression | None, columns: Expression) -> list[Expression]:
    """The free cumulants that add: rectangular ones of JJᵀ, or (no ratio) ordinary ones of JᵀJ."""
    if ratio is not None:
        return cumulants_of_moments([expand(moment) for moment in law.moments()], ratio)
    share = law.rows / columns
    moments = [expand(product(((share, 1), (moment, 1)))) for moment in law.moments()]
    return cumulants_of_moments(moments, ZERO)


def indexed_parallel_step(writing: Writing) -> tuple[str, Equations]:
    """A sum or stack over an index: the cumulants are summed over it."""
    block, law, page = writing.step.block, writing.step.law, writing.page
    assert isinstance(block, Indexed)
    ratio = None if block.kind == "stack" else law.rows / law.columns
    name, k, own = page.matrices.of_step(block.body), page.symbols.order, writing.letters
    rows = [page.equation(f"c_{{{place}}}({name})", value, line=page.item) for place, value in
            enumerate(cumulants(writing.groups[0].law, ratio, law.columns)[: writing.order], 1)]
    rows.append([])
    rows += [writing.result(own.moment(place), law.moment(place)) for place in range(1, writing.order + 1)]
    rows.append([])
    span = index_span(page, block)
    return (rf"For free branches the {_kind(writing, ratio)} add up, $c_{k} = \sum{span} c_{k}({name})$; "
            rf"$c_1 = {own.moment_of('1')}$, $c_2 = {own.moment_of('2')} - (1 + {page.symbols.ratio})"
            f"{own.moment_to('1', '2')}$:",
            rows + state_of_moments(writing, law))
