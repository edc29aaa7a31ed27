"""E f(u)f(v) of a correlated Gaussian pair as a formula, where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial
from typing import Literal

from freeblock.activation.kernels import Kernel, NoClosedFormError, polynomial
from freeblock.activation.tree import Tree
from freeblock.correlation.atoms import Atom, atoms_of, pair, pieces_terms
from freeblock.formula.expression import ONE, ZERO, Expression, function, number, symbol
from freeblock.formula.gathering import gathered
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total

DEGREE = 12
"""Polynomials up to this one have a closed form that can be read."""
_HALF = Fraction(1, 2)
Kind = Literal["arc-cosine", "polynomial", "erf", "exponential", "linear"]


@dataclass(frozen=True, slots=True)
class ClosedKernel:
    """K(q, c) = E f(u)f(v) for u, v ~ N(0, q) of correlation c, and E f′(u)f′(v)."""

    kind: Kind
    sides: tuple[Expression, Expression] | None = None
    """f′ to the right and to the left of 0, of a function that is a multiple of x on either side."""
    coefficients: tuple[Expression, ...] = ()
    """Of a polynomial, from the constant on."""
    atoms: tuple[Atom, ...] = ()

    def value(self, q: Expression, c: Expression) -> Expression:
        """K(q, c); at c = 1, E f²."""
        if self.sides is not None:
            return q * self.gain * (c if c.is_one else self.arc_cosine(c))
        if self.coefficients:
            return total([power(q, k) * power(c, k) * share for k, share in self._shares(q)])
        return self._pairs(q, c)[0]

    def slope(self, q: Expression, c: Expression) -> Expression:
        """E f′(u)f′(v); at c = 1, E f′²."""
        if self.sides is not None:
            turn = ZERO if c.is_one else _bent(self.evenness) * function("arccos", [c])
            return self.gain * (ONE - turn)
        if self.coefficients:
            return total([number(k) * power(q, k - 1) * power(c, k - 1) * share
                          for k, share in self._shares(q) if k])
        return self._pairs(q, c)[1]

    @property
    def gain(self) -> Expression:
        """E f²/q = E f′² of a function that is a multiple of x on either side of 0."""
        assert self.sides is not None
        right, left = self.sides
        return gathered(multiply_out((right * right + left * left) * number(_HALF)))

    @property
    def evenness(self) -> Expression:
        """λ, the share of the even part of such a function in E f²: 0 of x, 1/2 of relu, 1 of abs."""
        assert self.sides is not None
        right, left = self.sides
        return gathered(multiply_out((right - left) ** 2) * number(Fraction(1, 4)) / self.gain)

    def arc_cosine(self, c: Expression) -> Expression:
        """E f(u)f(v)/E f² of such a function."""
        return c + _bent(self.evenness) * (power(ONE - c * c, _HALF) - c * function("arccos", [c]))

    def _shares(self, q: Expression) -> list[tuple[int, Expression]]:
        """(k, (E f^(k))²/k!): E f(u)f(v) = Σ_k (qc)^k (E f^(k))²/k!."""
        found = []
        for k in range(len(self.coefficients)):
            mean = total([value * number(factorial(n) // factorial(n - k)) * _moment(n - k, q)
                          for n, value in enumerate(self.coefficients) if n >= k and (n - k) % 2 == 0])
            if not mean.is_zero:
                found.append((k, multiply_out(mean * mean * number(Fraction(1, factorial(k))))))
        return found

    def _pairs(self, q: Expression, c: Expression) -> tuple[Expression, Expression]:
        p = q * c
        values, slopes = [], []
        for place, first in enumerate(self.atoms):
            for other in self.atoms[place:]:
                # Both orders of two atoms have one joint mean.
                found = pair(first, other, q, p)
                times = number(1 if other is first else 2)
                values.append(times * found.value)
                slopes.append(times * found.slope)
        return total(values), total(slopes)


def closed_kernel(tree: Tree, constants: Mapping[str, Fraction]) -> ClosedKernel | None:
    """The kernel of a function where its form gives one, else None."""
    pieces = pieces_terms(tree, constants)
    if pieces is not None:
        sides = _sides(pieces)
        if sides is not None:
            return ClosedKernel("linear" if sides[0] == sides[1] else "arc-cosine", sides)
        if len(pieces) == 1:
            try:
                coefficients = polynomial(pieces[0][1])
            except NoClosedFormError:
                coefficients = []
            if len(coefficients) > 1:
                return ClosedKernel("polynomial", None, tuple(coefficients)) if len(coefficients) <= DEGREE + 1 \
                    else None
    atoms = atoms_of(tree, constants)
    if atoms is None:
        return None
    return ClosedKernel("erf" if any(atom.kind == "erf" for atom in atoms) else "exponential", atoms=tuple(atoms))


def _sides(pieces: Sequence[tuple[Expression | None, Mapping[Kernel, Expression]]]) -> (
        tuple[Expression, Expression] | None):
    """f′ on either side of 0, where f is a multiple of x there."""
    slopes = []
    for low, terms in pieces:
        if (low is not None and not low.is_zero) or any(kernel != Kernel(1) for kernel in terms):
            return None
        slopes.append(terms.get(Kernel(1), ZERO))
    if not 1 <= len(slopes) <= 2 or all(slope.is_zero for slope in slopes):
        return None
    return slopes[-1], slopes[0]


def _bent(evenness: Expression) -> Expression:
    return evenness * number(2) / symbol("pi")


def _moment(order: int, q: Expression) -> Expression:
    """E x^m for even m: (m − 1)!!·q^(m/2)."""
    half = order // 2
    return product(((number(factorial(half) * comb(order, half) // 2**half), 1), (q, half)))
