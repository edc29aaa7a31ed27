"""The law of one component from its rule: moments, atoms, an S-transform, or symbols."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from freeblock.calculus.law import Diagonal, Law, law_of_moments, zero_law
from freeblock.calculus.series import expand, logarithm
from freeblock.errors import DomainError, LibraryError, LimitError
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.network.leaves import OPAQUE_ORDERS
from freeblock.network.nodes import Block, Leaf, Scale

SERIES_NAME = "z"
SERIES_VARIABLE = "variable z"
"""The series variable as rules write it, and as a symbol that no text can name."""


def leaf_law(leaf: Leaf, order: int) -> Law:
    """The law of a component to the given order. Raises LibraryError where its rule gives none."""
    jacobian = leaf.jacobian
    if jacobian.s_transform is not None:
        return _of_s_transform(leaf, order)
    if jacobian.opaque:
        if order > OPAQUE_ORDERS:
            raise LimitError(f"an opaque block has symbols up to order {OPAQUE_ORDERS}", leaf.span)
        first = leaf.arguments["moment 1"]
        second = product(((first, 2),)) + leaf.arguments["moment 2"]
        higher = [leaf.arguments[f"moment {k}"] for k in range(3, order + 1)]
        return law_of_moments(leaf.rows, leaf.columns, [first, second, *higher][:order])
    moments = [leaf_moment(leaf, number(k)) for k in range(1, order + 1)]
    return law_of_moments(leaf.rows, leaf.columns, moments)


def leaf_moment(leaf: Leaf, order: Expression) -> Expression:
    """φ_k; half-integer k give the signed moments E d^{2k} of a diagonal."""
    jacobian = leaf.jacobian
    if jacobian.means is not None:
        return jacobian.means.moment(int(2 * (order.number() or 0)), leaf.arguments)
    scope = {**leaf.arguments, "k": order}
    if jacobian.moments is not None:
        return to_expression(jacobian.moments, scope, free=False)
    if jacobian.measure:
        return total(
            product(((to_expression(value, scope, free=False) ** order, 1),
                     (to_expression(weight, scope, free=False), 1)))
            for value, weight in jacobian.measure)
    assert jacobian.first is not None and jacobian.second is not None
    first = to_expression(jacobian.first, scope, free=False)
    if order.is_one:
        return first
    second = to_expression(jacobian.second, scope, free=False)
    # Orders above two are not known; a rule of this kind is never proved beyond the second.
    return product(((second, int(order.number() or 2) - 1), (first, 2 - int(order.number() or 2))))


def leaf_diagonal(leaf: Leaf, order: int) -> Diagonal:
    """The signed moments of a diagonal component."""
    return Diagonal(leaf.rows, tuple(leaf_moment(leaf, number(Fraction(j, 2))) for j in range(1, 2 * order + 1)))


def signed_moments(block: Block, order: int) -> list[Expression] | None:
    """E d^j, j = 1 … 2·order, of a diagonal component or a multiple of one."""
    if isinstance(block, Leaf):
        return list(leaf_diagonal(block, order).moments)
    if isinstance(block, Scale):
        inner = signed_moments(block.block, order)
        return inner and [product(((moment, 1), (block.factor, place))) for place, moment in enumerate(inner, 1)]
    return None


def _of_s_transform(leaf: Leaf, order: int) -> Law:
    """λ_j = −[z^j] log S, φ = 1/S(0)."""
    node = leaf.jacobian.s_transform
    assert node is not None
    scope: Mapping[str, Expression] = {**leaf.arguments, SERIES_NAME: symbol(SERIES_VARIABLE)}
    try:
        transform = to_expression(node, scope, free=False)
    except DomainError:
        if any(value.is_zero for value in leaf.arguments.values()):
            # A pole for a parameter that is zero: φ = 1/S(0) = 0, the block is zero.
            return zero_law(leaf.rows, leaf.columns, order)
        raise
    phi = ONE
    state = [number(0)] * (order - 1)
    factors = [(transform, 1)] if len(transform.terms) > 1 else [
        (base if isinstance(base, Expression) else Expression({frozenset(((base, 1),)): 1}), exponent)
        for monomial in transform.terms for base, exponent in monomial]
    constant = number(next(iter(transform.terms.values()))) if len(transform.terms) == 1 else ONE
    for base, exponent in factors:
        if isinstance(exponent, Expression):
            raise LibraryError("the S-transform has a symbolic exponent", leaf.rule.span)
        coefficients = _coefficients(base, order, leaf)
        phi = product(((phi, 1), (coefficients[0] ** (-exponent), 1)))
        for place, value in enumerate(logarithm(coefficients)):
            state[place] = state[place] - value * number(exponent)
    return Law(leaf.rows, leaf.columns, phi / constant, tuple(state))


def _coefficients(expression: Expression, order: int, leaf: Leaf) -> list[Expression]:
    """The coefficients of a polynomial in z, up to z^{order−1}."""
    found: list[list[Expression]] = [[] for _ in range(order)]
    for monomial, coefficient in multiply_out(expression).terms.items():
        degree = 0
        rest = []
        for base, exponent in monomial:
            if base == SERIES_VARIABLE and type(exponent) is int and exponent > 0:
                degree = exponent
            else:
                rest.append((base, exponent))
        term = Expression({frozenset(rest): coefficient})
        if SERIES_VARIABLE in symbols(term):
            raise LibraryError("an S-transform is a product of powers of polynomials in z", leaf.rule.span)
        if degree < order:
            found[degree].append(term)
    result = [expand(total(terms)) for terms in found]
    if result[0].is_zero:
        raise LibraryError("the S-transform has no value at z = 0", leaf.rule.span)
    return result
