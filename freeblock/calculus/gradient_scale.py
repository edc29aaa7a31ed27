"""The gradient scale coefficient in formulas: GSC² = φ(JJᵀ)·q_in/q_out (Philipp, Song and Carbonell 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.filling import filled_with_output
from freeblock.calculus.premises import Premises
from freeblock.calculus.refusals import refusal
from freeblock.calculus.residual_products import residual_product
from freeblock.errors import RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.exponents import scale_exponent
from freeblock.formula.expression import CONSTANTS, ONE, Expression, number
from freeblock.formula.functions import facts_known
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.traversal import symbols
from freeblock.network.network import Network
from freeblock.network.nodes import Repeat

FEW = 4
"""So many residual blocks are written out one by one."""


@dataclass(frozen=True, slots=True)
class GradientScale:
    """φ and GSC² of a network on a Gaussian input, with the mean square and correlation of its output."""

    derivation: Derivation
    q: Expression
    c: Expression | None
    """None where it is not known in closed form."""
    phi: Expression
    squared: Expression
    definitions: Mapping[str, Expression]
    """What names in φ and GSC² stand for."""

    @property
    def gsc(self) -> Expression:
        """The coefficient itself."""
        return _root(self.squared, self.derivation.network.constants)


def _root(square: Expression, known: Mapping[str, Expression]) -> Expression:
    """The square root of a positive formula, factor by factor where a factor is a positive number."""
    if len(square.terms) != 1:
        return power(square, Fraction(1, 2))
    ((monomial, coefficient),) = square.terms.items()
    values = {name: value.number() or 0 for name, value in known.items()}
    root, open_sign = ONE, number(coefficient)
    for base, count in monomial:
        factor = Expression({frozenset(((base, 1),)): 1})
        if symbols(factor) <= values.keys() | CONSTANTS and evaluate(factor, values).to_float() > 0:
            root = root * power(factor, scale_exponent(count, Fraction(1, 2)))
        else:
            open_sign = open_sign * power(factor, count)
    return root * power(open_sign, Fraction(1, 2))


def gradient_scale(network: Network, q: Expression, c: Expression, premises: Premises) -> GradientScale:
    """Raises RefusedError where φ is refused or the mean square of the output has no closed form, LimitError."""
    count = network.block.count.number() if isinstance(network.block, Repeat) else None
    closed = residual_product(network, q, c, premises) if count is None or count > FEW else None
    if closed is not None and closed.definitions:
        phi, squared, size = (closed.at_depth(one) for one in (closed.phi, closed.squared, closed.q))
        return GradientScale(closed.derivation, size, closed.c and closed.at_depth(closed.c), phi, squared,
                             closed.definitions)
    filled, output = filled_with_output(network, q, c)
    derivation = derive(filled, order=1, premises=premises)
    if derivation.phi is None:
        raise refusal(derivation, 1)
    if output.q is None or output.q.is_zero:
        raise RefusedError("the mean square behind this network has no closed form", network.block.span,
                           "give the depth and all symbols values with --set: they are then followed as numbers")
    with facts_known(filled.facts, filled.whole):
        correlation = None if output.covariance is None else product(((output.covariance, 1), (output.q, -1)))
        return GradientScale(derivation, output.q, correlation, derivation.phi,
                             product(((derivation.phi, 1), (q, 1), (output.q, -1))), {})
