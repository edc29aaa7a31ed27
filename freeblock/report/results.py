"""ϕ and the moments in the names of φ and the state, where these are long and have names."""

from __future__ import annotations

from freeblock.calculus.law import Law
from freeblock.calculus.series import relative_moment
from freeblock.formula.expression import Expression
from freeblock.formula.products import product
from freeblock.report.definitions import Definitions


def variance_of(law: Law, formulas: Definitions) -> Expression | None:
    """ϕ = κφ²; None where only φ is known."""
    if not law.state:
        return None
    phi, kappa = formulas.reference(law.phi), formulas.reference(law.state[0])
    if phi is law.phi and kappa is law.state[0]:
        return law.variance
    return product(((kappa, 1), (phi, 2)))


def moment_of(law: Law, order: int, formulas: Definitions) -> Expression:
    """φ_k = φ^k·U_k(λ)."""
    known = (law.phi, *law.state[: order - 1])
    phi, *state = [formulas.reference(value) for value in known]
    if phi is law.phi and all(one is other for one, other in zip(state, known[1:], strict=True)):
        return law.moment(order)
    return product(((phi, order), (relative_moment(order, state), 1)))
