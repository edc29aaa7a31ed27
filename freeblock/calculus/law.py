"""The spectral law of one block: its shape, φ, and the additive state λ_1 … λ_{K−1}."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import NamedTuple

from freeblock.calculus.reach import Reach
from freeblock.calculus.series import (
    cumulants_of_moments,
    expand,
    moments_of_cumulants,
    moments_of_state,
    relative_moment,
    state_of_moments,
)
from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.gathering import gathered
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.rational import POWER_BITS, bits, divide
from freeblock.formula.renaming import rename
from freeblock.formula.sums import total
from freeblock.language.records import record

SHORT_SUM = 20
"""κ of at most so many terms is multiplied term by term."""


@record
class Law:
    """The law of JJᵀ for J rows×columns, normalised over the rows (the output side)."""

    rows: Expression
    columns: Expression
    phi: Expression
    state: tuple[Expression, ...]
    """λ_1 … λ_{K−1}; zeros for the zero block, which has φ = 0 and no κ."""
    known: tuple[Expression, ...] = ()
    """φ_1 … φ_K where they came first (a leaf, a sum, a stack), so that they are not rebuilt from the state."""
    model: Model | None = None
    """The law this one was renamed from: what was made of that one may be renamed too."""
    factor: Expression | None = None
    """φ as one factor of a product (`as_factor`), where it is known."""
    reach: tuple[Reach, ...] = ()
    """How far it holds, where that depends on the positions of an image."""

    @property
    def order(self) -> int:
        """K, the number of moments known."""
        return len(self.state) + 1

    @property
    def is_zero(self) -> bool:
        """Whether J = 0."""
        return self.phi.is_zero

    @property
    def kappa(self) -> Expression | None:
        """κ = ϕ/φ², None for the zero block or where only φ is asked for."""
        return self.state[0] if self.state and not self.is_zero else None

    @property
    def variance(self) -> Expression | None:
        """ϕ = φ_2 − φ²."""
        if not self.state:
            return None
        phi, kappa = self.phi.number(), self.state[0].number()
        if phi is not None and kappa is not None and 2 * bits(phi) <= POWER_BITS and bits(kappa) <= POWER_BITS:
            return number(divide(phi.numerator**2 * kappa.numerator, phi.denominator**2 * kappa.denominator))
        return product(((self.phi, 2), (self.state[0], 1)))

    def first_moments(self) -> tuple[Expression, ...]:
        """The moments that came first, here or in the law this one was renamed from."""
        if self.known or self.model is None:
            return self.known
        names = self.model.names
        return tuple([rename(moment, names) for moment in self.model.law.first_moments()])

    def renamed(self, names: Mapping[str, str]) -> Law:
        """The same law in other symbols, which compare as the old ones do (`formula.renaming`)."""
        if not names:
            return self
        return Law(rename(self.rows, names), rename(self.columns, names), rename(self.phi, names),
                   tuple([rename(value, names) for value in self.state]),
                   (), Model(self, tuple(names), tuple(names.values())))

    def mean_alone(self) -> Law:
        """The same law, of which φ is known and no more."""
        return Law(self.rows, self.columns, self.phi, (), factor=self.factor)

    def moment(self, order: int) -> Expression:
        """φ_k = φ^k·U_k(λ)."""
        known = self.first_moments()
        if known:
            return known[order - 1]
        if order == 2 and len(self.state[0].terms) <= SHORT_SUM:
            # Term by term, so that what φ² and a denominator have in common cancels.
            shares = [Expression({monomial: value}) for monomial, value in self.state[0].terms.items()]
            return total([product(((self.phi, 2), (share, 1))) for share in (ONE, *shares)])
        return product(((self.phi, order), (relative_moment(order, self.state), 1)))

    def moments(self) -> list[Expression]:
        """φ_1 … φ_K."""
        return list(self.first_moments()) or moments_of_state(self.phi, self.state)

    def input_side(self) -> Law:
        """The law of JᵀJ, normalised over the columns: φ_k(JᵀJ) = (m/n)·φ_k(JJᵀ)."""
        if self.rows == self.columns:
            return self
        ratio = self.rows / self.columns
        if self.order == 2 and not self.is_zero:
            kappa = expand(product(((ONE + self.state[0], 1), (ratio, -1)))) - ONE
            return Law(self.columns, self.rows, product(((ratio, 1), (self.phi, 1))), (kappa,))
        moments = [expand(product(((ratio, 1), (moment, 1)))) for moment in self.moments()]
        return law_of_moments(self.columns, self.rows, moments)


class Model(NamedTuple):
    """A law and the names that stand for its symbols in the law that was renamed from it."""

    law: Law
    old: Sequence[str]
    new: Sequence[str]
    sized: bool = True
    """Whether the widths are those of the model, renamed; if not, it stands for laws on any width."""

    @property
    def names(self) -> dict[str, str]:
        """Old name → new name."""
        return dict(zip(self.old, self.new, strict=True))


def law_of_moments(rows: Expression, columns: Expression, moments: Sequence[Expression]) -> Law:
    """The law with the given φ_1 … φ_K."""
    if moments[0].is_zero:
        return zero_law(rows, columns, len(moments))
    return Law(rows, columns, moments[0], tuple(state_of_moments(moments)), tuple(moments))


def zero_law(rows: Expression, columns: Expression, order: int) -> Law:
    """The law of J = 0."""
    return Law(rows, columns, ZERO, (ZERO,) * (order - 1))


def scalar_law(width: Expression, square: Expression, order: int) -> Law:
    """The law of c·I with c² given: every λ is 0."""
    return Law(width, width, square, (ZERO,) * (order - 1))


def scaled(law: Law, square: Expression) -> Law:
    """The law of c·J with c² given: φ changes, the state does not."""
    if square.is_zero:
        return zero_law(law.rows, law.columns, law.order)
    return Law(law.rows, law.columns, product(((law.phi, 1), (square, 1))), law.state)


def serial_weights(laws: Sequence[Law]) -> list[Expression]:
    """m_L/m_i for each factor: how its state counts at the output of the chain."""
    rows = laws[-1].rows
    ratios: dict[Expression, Expression] = {rows: ONE}
    for law in laws:
        if law.rows not in ratios:
            ratios[law.rows] = rows / law.rows
    return [ratios[law.rows] for law in laws]


def serial_law(laws: Sequence[Law], weights: Sequence[Expression] = ()) -> Law:
    """J = J_L … J_1, laws[0] acting first: φ multiplies, λ_j adds with weights (m_L/m_i)^j, which may be given."""
    first, last = laws[0], laws[-1]
    if any(law.is_zero for law in laws):
        return zero_law(last.rows, first.columns, first.order)
    weights = weights or serial_weights(laws)
    state = [
        gathered(total(law.state[place] if weight.is_one else product(((law.state[place], 1), (weight, place + 1)))
                       for law, weight in zip(laws, weights, strict=True)))
        for place in range(first.order - 1)
    ]
    return Law(last.rows, first.columns, product((law.factor or law.phi, 1) for law in laws), tuple(state))


def repeated_law(law: Law, count: Expression) -> Law:
    """`count` free copies of a square block in series."""
    if law.is_zero:
        return law
    state = tuple(product(((value, 1), (count, 1))) for value in law.state)
    return Law(law.rows, law.columns, power(law.phi, count, whole_exponent=True), state)


def sum_law(laws: Sequence[Law]) -> Law:
    """J = Σ J_i, all m×n: the rectangular cumulants add (ratio m/n)."""
    laws = [law for law in laws if not law.is_zero] or list(laws[:1])
    first = laws[0]
    if len(laws) == 1:
        return first
    ratio = first.rows / first.columns
    phi = total(law.phi for law in laws)
    if first.order <= 2:
        return Law(first.rows, first.columns, phi, _sum_kappa(laws, phi, ratio))
    parts = [cumulants_of_moments([expand(moment) for moment in law.moments()], ratio) for law in laws]
    cumulants = [total(values) for values in zip(*parts, strict=True)]
    return law_of_moments(first.rows, first.columns, moments_of_cumulants(cumulants, ratio))


def _sum_kappa(laws: Sequence[Law], phi: Expression, ratio: Expression) -> tuple[Expression, ...]:
    """κ of a sum: ϕ = Σϕ_i + 2(m/n)·Σ_{i<j} φ_iφ_j, which has no term to cancel."""
    if laws[0].order == 1:
        return ()
    cross = []
    before = ZERO
    for law in laws:
        cross.append(expand(product(((number(2), 1), (ratio, 1), (before, 1), (law.phi, 1)))))
        before = before + law.phi
    variance = total([*(expand(law.variance or ZERO) for law in laws), *cross])
    return (product(((variance, 1), (phi, -2))),)


def stack_law(laws: Sequence[Law]) -> Law:
    """J = [J_1; …; J_k], common input: the free cumulants of JᵀJ add."""
    rows = total(law.rows for law in laws)
    columns = laws[0].columns
    if laws[0].order <= 2:
        return _stack_to_second_order(laws, rows, columns)
    parts = []
    for law in laws:
        share = law.rows / columns
        inputs = [expand(product(((share, 1), (moment, 1)))) for moment in law.moments()]
        parts.append(cumulants_of_moments(inputs, ZERO))
    cumulants = [total(values) for values in zip(*parts, strict=True)]
    back = columns / rows
    inputs = moments_of_cumulants(cumulants, ZERO)
    return law_of_moments(rows, columns, [product(((back, 1), (moment, 1))) for moment in inputs])


def _stack_to_second_order(laws: Sequence[Law], rows: Expression, columns: Expression) -> Law:
    """φ = N_1/m, φ_2 = N_2/(mn) with N_1 = Σ m_iφ_i, N_2 = n·Σ m_iφ_2i + 2·Σ_{i<j} m_iφ_i·m_jφ_j.

    κ = (m·N_2 − n·N_1²)/(n·N_1²) is put over one denominator, so that polynomials cancel.
    """
    masses = [_opened(((law.rows, 1), (law.phi, 1))) for law in laws]
    first = expand(total(masses))
    phi = product(((first, 1), (rows, -1)))
    if laws[0].order == 1 or phi.is_zero:
        return law_of_moments(rows, columns, [phi, ZERO][: laws[0].order])
    terms = [_opened(((columns, 1), (law.rows, 1), (law.moment(2), 1))) for law in laws]
    before = ZERO
    for mass in masses:
        terms.append(_opened(((number(2), 1), (before, 1), (mass, 1))))
        before = before + mass
    second = expand(total(terms))
    moments = (phi, product(((second, 1), (rows, -1), (columns, -1))))
    if phi.is_one:
        kappa = product(((expand(second - _opened(((columns, 1), (rows, 1)))), 1), (columns, -1), (rows, -1)))
    else:
        difference = expand(_opened(((rows, 1), (second, 1))) - _opened(((columns, 1), (first, 2))))
        kappa = product(((difference, 1), (columns, -1), (first, -2)))
    return Law(rows, columns, phi, (kappa,), moments)


def _opened(powers: Sequence[tuple[Expression, int]]) -> Expression:
    return expand(product(powers))


@record
class Diagonal:
    """A random diagonal: width and its signed moments E d^j, j = 1 … 2K."""

    width: Expression
    moments: tuple[Expression, ...]

    def law(self) -> Law:
        """The law of d²."""
        return law_of_moments(self.width, self.width, self.moments[1::2])


def diagonal_product(factors: Sequence[Diagonal]) -> Diagonal:
    """Independent commuting diagonals: every moment multiplies."""
    moments = [product((factor.moments[j], 1) for factor in factors) for j in range(len(factors[0].moments))]
    return Diagonal(factors[0].width, tuple(moments))


def diagonal_power(factor: Diagonal, count: Expression) -> Diagonal:
    """`count` independent copies multiplied."""
    return Diagonal(factor.width, tuple(power(moment, count, whole_exponent=True) for moment in factor.moments))


def diagonal_sum(terms: Sequence[Diagonal]) -> Diagonal:
    """Independent commuting diagonals added: E(a+b)^j by the binomial theorem."""
    result = [ONE, *terms[0].moments]
    for term in terms[1:]:
        other = [ONE, *term.moments]
        result = [
            expand(total(product(((number(Fraction(comb(order, i))), 1), (result[i], 1), (other[order - i], 1)))
                         for i in range(order + 1)))
            for order in range(len(result))
        ]
    return Diagonal(terms[0].width, tuple(result[1:]))
