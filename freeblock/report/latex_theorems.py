"""What each theorem says, and its formula with the values of one step put in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from freeblock.calculus.law import Law
from freeblock.calculus.series import cumulants_of_moments, expand
from freeblock.calculus.steps import Premise, Step
from freeblock.formula.expression import ONE, ZERO, Expression, number, product
from freeblock.network.nodes import Indexed, Repeat, Scale
from freeblock.report.latex_formulas import Piece
from freeblock.report.latex_page import ITEM, Page
from freeblock.report.latex_width import width_of

_SHOWN = 12
"""A sum or product over more different premises than this is not written out term by term."""
_PAIRS = 4
"""Cross terms are written out for up to so many branches."""


@dataclass(frozen=True, slots=True)
class Group:
    """Equal premises: the same step with the same weight."""

    name: str
    members: tuple[Premise, ...]

    @property
    def premise(self) -> Premise:
        """One of them."""
        return self.members[0]

    @property
    def law(self) -> Law:
        """Their common law."""
        return self.members[0].law


@dataclass(frozen=True, slots=True)
class Writing:
    """One step being written: its page, its premises grouped, and the highest order it states."""

    page: Page
    step: Step
    groups: tuple[Group, ...]
    order: int

    @property
    def name(self) -> str:
        """The matrix the step is about."""
        return self.page.matrices.of_step(self.step.block)

    def result(self, symbol: str, value: Expression) -> list[str]:
        """The rows of symbol(J_k) = value."""
        return self.page.equation(f"{symbol}({self.name})", value, line=ITEM)

    def derived(self, symbol: str, pieces: Sequence[Piece], value: Expression) -> list[str]:
        """symbol(J_k) = the theorem with values put in = the result."""
        left = f"{symbol}({self.name})"
        last = self.result(symbol, value)
        if not pieces:
            return last
        first = self.page.formulas.filled(left, "=", pieces, line=ITEM)
        if first == last:
            return last
        if len(first) == 1 and len(last) == 1:
            both = f"{first[0]} {last[0].split('&', 1)[1]}"
            if width_of(both) <= ITEM - 5:
                return [both]
        return [*first, "&" + last[0].split("&", 1)[1], *last[1:]]

    def short(self, symbol: str, group: Group, value: Expression) -> str:
        """A premise's value as a factor, or its name where the value is wide."""
        if self.page.formulas.fits(value, 110.0):
            return self.page.formulas.factor(value)
        return f"{symbol}({self.page.matrices.of_step(group.premise.block)})"

    def product(self, values: Sequence[Expression], symbol: str = r"\phi") -> list[Piece]:
        """The product over the premises, equal ones as a power."""
        pieces = []
        for group, value in zip(self.groups, values, strict=True):
            text = self.short(symbol, group, value)
            count = len(group.members)
            if count > 1:
                named = text.startswith(f"{symbol}(")
                text = f"{text}^{{{count}}}" if named else self.page.formulas.powered(value, count)
            pieces.append(text)
        return _joined(pieces, r"\cdot")

    def sum(self, values: Sequence[Expression], symbol: str, power: int = 1) -> list[Piece]:
        """The weighted sum over the premises, equal ones with their number."""
        pieces = []
        for group, value in zip(self.groups, values, strict=True):
            factors = []
            if len(group.members) > 1:
                factors.append(str(len(group.members)))
            weight = group.premise.weight
            if not weight.is_one:
                factors.append(self.page.formulas.factor(product(((weight, power),))))
            negative = len(value.terms) == 1 and next(iter(value.terms.values())) < 0
            factors.append(self.short(symbol, group, -value if negative else value))
            pieces.append(("-" if negative else "+", r" \cdot ".join(factors)))
        return _signed(pieces)


def _joined(texts: Sequence[str], sign: str) -> list[Piece]:
    if len(texts) > _SHOWN:
        return []
    return [Piece(sign if place else "", text, "{}" + sign) for place, text in enumerate(texts)]


def _signed(terms: Sequence[tuple[str, str]]) -> list[Piece]:
    """The terms of a sum; a first one that is positive has no sign."""
    if len(terms) > _SHOWN:
        return []
    return [Piece(sign if place or sign == "-" else "", text, "{}" + sign)
            for place, (sign, text) in enumerate(terms)]


def state_symbol(place: int) -> str:
    """λ_1 is κ."""
    return r"\kappa" if place == 1 else rf"\lambda_{{{place}}}"


def _serial(writing: Writing) -> tuple[str, list[list[str]]]:
    law = writing.step.law
    weighted = any(not group.premise.weight.is_one for group in writing.groups)
    says = [r"$\phi = \prod_i \phi_i$"]
    rows = [writing.derived(r"\phi", writing.product([group.law.phi for group in writing.groups]), law.phi)]
    if law.is_zero:
        return "A product with a zero factor is zero:", rows
    if writing.order >= 2:
        ratio = r"\frac{m_L}{m_i}\," if weighted else ""
        says.append(rf"$\kappa = \sum_i {ratio}\kappa_i$")
    if writing.order >= 3:
        ratio = r"\bigl(\frac{m_L}{m_i}\bigr)^{\!j}" if weighted else ""
        says.append(rf"$\lambda_j = \sum_i {ratio}\lambda_{{j,i}}$")
    for place in range(1, writing.order):
        values = [group.law.state[place - 1] for group in writing.groups]
        rows.append(writing.derived(state_symbol(place), writing.sum(values, state_symbol(place), place),
                                    law.state[place - 1]))
    where = r", $m_i$ being the number of outputs of factor $i$ and $m_L$ that of the last" if weighted else ""
    return f"For free factors {_list(says)}{where}:", rows


def _list(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _repeat(writing: Writing) -> tuple[str, list[list[str]]]:
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Repeat)
    formulas = writing.page.formulas
    count = formulas.text(block.count)
    says = [rf"$\phi$ is raised to the power ${count}$" if formulas.fits(block.count, 100) else
            r"$\phi$ is raised to the power of their number"]
    base = writing.groups[0].law
    rows = [writing.result(r"\phi", law.phi)]
    if law.is_zero:
        return "A power of zero is zero:", rows
    if writing.order >= 2:
        says.append(r"$\kappa$ is multiplied by it" if writing.order == 2 else
                    r"$\kappa$ and every $\lambda_j$ are multiplied by it")
    for place in range(1, writing.order):
        value = writing.short(state_symbol(place), writing.groups[0], base.state[place - 1])
        pieces = [Piece("", rf"{formulas.factor(block.count)} \cdot {value}", "")]
        rows.append(writing.derived(state_symbol(place), pieces, law.state[place - 1]))
    return f"For free copies {_list(says)}:", rows


def _scale(writing: Writing) -> tuple[str, list[list[str]]]:
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
    return rf"A factor $c$ multiplies $\phi$ by $c^2${rest}:", rows


def _sum(writing: Writing) -> tuple[str, list[list[str]]]:
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
    return f"For free branches {_list(says)}:", rows


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
    return _joined(pieces, "+")


def _stack(writing: Writing) -> tuple[str, list[list[str]]]:
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
    return f"For free branches {_list(says)}{sizes}{inputs}:", rows


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
    return _joined(texts, "+")


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


def _diagonal_product(writing: Writing) -> tuple[str, list[list[str]]]:
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
    return says + ":", rows + (_state_of_moments(writing, law))


def _state_of_moments(writing: Writing, law: Law) -> list[list[str]]:
    if law.is_zero:
        return []
    rows = []
    for place in range(1, writing.order):
        pieces = [Piece("", rf"\phi_2({writing.name}) / \phi({writing.name})^2 - 1", "")] if place == 1 else []
        rows.append(writing.derived(state_symbol(place), pieces, law.state[place - 1]))
    return rows


def _diagonal_sum(writing: Writing) -> tuple[str, list[list[str]]]:
    law = writing.step.law
    rows = [writing.result(r"\phi" if place == 1 else rf"\phi_{{{place}}}", law.moment(place))
            for place in range(1, writing.order + 1)]
    says = (r"Independent diagonals commute: $\phi_k = \operatorname{E}(d_1 + d_2 + \cdots)^{2k}$, by the binomial "
            r"theorem from $\operatorname{E} d_i^{\,j} = \phi_{j/2}(d_i)$")
    return says + ":", rows + _state_of_moments(writing, law)


def _indexed_serial(writing: Writing) -> tuple[str, list[list[str]]]:
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Indexed)
    page, body = writing.page, writing.groups[0].law
    span = _span(page, block)
    says = [rf"$\phi = \prod{span} \phi({page.matrices.of_step(block.body)})$"]
    rows = [writing.derived(r"\phi", _over(writing, r"\prod" + span, body.phi), law.phi)]
    weight = block.rows / body.rows
    shown = "" if weight.is_one else r"\frac{m_L}{m}\,"
    if writing.order >= 2:
        says.append(rf"$\kappa = \sum{span} {shown}\kappa({page.matrices.of_step(block.body)})$")
    if writing.order >= 3:
        says.append(r"likewise $\lambda_j$" + ("" if weight.is_one else r" with $(m_L/m)^j$"))
    if not law.is_zero:
        for place in range(1, writing.order):
            value = product(((weight, place), (body.state[place - 1], 1)))
            rows.append(writing.derived(state_symbol(place), _over(writing, r"\sum" + span, value),
                                        law.state[place - 1]))
    where = "" if weight.is_one else \
        rf", where $m_L / m = {page.formulas.text(weight)}$ is the ratio of the numbers of outputs"
    return f"For free factors {_list(says)}{where}:", rows


def _span(page: Page, block: Indexed) -> str:
    index = page.symbols.notation.name(block.index)[0]
    return f"_{{{index}={page.formulas.text(block.lower)}}}^{{{page.formulas.text(block.upper)}}}"


def _over(writing: Writing, sign: str, value: Expression) -> list[Piece]:
    formulas = writing.page.formulas
    if not formulas.fits(value, 200.0):
        return []
    text = formulas.text(value)
    body = latex_brackets(text) if len(value.terms) > 1 else text
    return [Piece("", f"{sign} {body}", "")]


def _indexed_parallel(writing: Writing) -> tuple[str, list[list[str]]]:
    block, law = writing.step.block, writing.step.law
    assert isinstance(block, Indexed)
    body, span = writing.groups[0].law, _span(writing.page, block)
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
            rows + _state_of_moments(writing, law))


def _transpose(writing: Writing) -> tuple[str, list[list[str]]]:
    law, page = writing.step.law, writing.page
    ratio = page.formulas.text(law.columns / law.rows if not law.rows.is_zero else ONE)
    rows = []
    for place in range(1, writing.order + 1):
        symbol = r"\phi" if place == 1 else rf"\phi_{{{place}}}"
        rows.append(page.equation(rf"{symbol}(J^{{\top}})", law.moment(place), line=ITEM))
    if law.kappa is not None and writing.order >= 2:
        rows.append(page.equation(r"\kappa(J^{\top})", law.kappa, line=ITEM))
    return (rf"$J^{{\top}}J$ and $JJ^{{\top}}$ share their non-zero eigenvalues: "
            rf"$\phi_k(J^{{\top}}) = \frac{{m}}{{n}}\, \phi_k(J)$ with $m/n = {ratio}$:"), rows


Writer = Callable[[Writing], tuple[str, list[list[str]]]]

WRITERS: dict[str, Writer] = {
    "serial": _serial, "repeat": _repeat, "scale": _scale, "sum": _sum, "stack": _stack,
    "diagonal-product": _diagonal_product, "diagonal-sum": _diagonal_sum, "indexed-serial": _indexed_serial,
    "indexed-sum": _indexed_parallel, "indexed-stack": _indexed_parallel, "transpose": _transpose,
}
