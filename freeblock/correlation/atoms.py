"""Functions that are sums of 1, x, erf(αx), exponentials and waves, and the joint Gaussian mean of any two of these."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from freeblock.activation.kernels import Kernel, NoClosedFormError, Terms
from freeblock.activation.pieces import Decomposition
from freeblock.activation.tree import Apply, Constant, Product, Sum, Tree, Variable
from freeblock.formula.expression import ONE, ZERO, Expression, function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.powers import power

_HALF = Fraction(1, 2)
_TWO, _FOUR, _PI = number(2), number(4), symbol("pi")
_LONGEST = 6


class Atom(NamedTuple):
    """A multiple of one function; `rate` is α of erf(αx), b of e^(bx), w of cos wx and sin wx."""

    coefficient: Expression
    kind: str
    """one, x, erf, exp, cos or sin"""
    rate: Expression = ONE


class Pair(NamedTuple):
    """E g(u)h(v) of two functions as a formula in the covariance p, and its derivative in p, which is E g′(u)h′(v)."""

    value: Expression
    slope: Expression


def atoms_of(tree: Tree, constants: Mapping[str, Fraction]) -> list[Atom] | None:
    """The sum that a function plainly is, None for any other."""
    found = _with_erf(tree)
    if found is None:
        found = _entire(tree, constants)
    if found is None or not 0 < len(found) <= _LONGEST:
        return None
    kinds = {atom.kind for atom in found}
    # The joint mean of an erf and a wave, or a wave and an exponential, is not among the formulas here.
    mixed = ("erf" in kinds) + ("exp" in kinds) + bool(kinds & {"cos", "sin"})
    return found if mixed <= 1 else None


def pieces_terms(tree: Tree, constants: Mapping[str, Fraction]) -> list[tuple[Expression | None, Terms]] | None:
    """(where it begins, terms) of each piece from −∞ on; None where the function is not read so."""
    try:
        pieces = Decomposition({}, constants).pieces(tree)
    except (NoClosedFormError, ArithmeticError, ValueError):
        return None
    return [(piece.low, piece.terms) for piece in pieces]


def pair(first: Atom, second: Atom, q: Expression, p: Expression) -> Pair:
    """E g(u)h(v) for u, v ~ N(0, q) of covariance p."""
    factor = first.coefficient * second.coefficient
    value, slope = _pair(first, second, q, p)
    return Pair(factor * value, factor * slope)


def _pair(first: Atom, second: Atom, q: Expression, p: Expression) -> Pair:
    if "one" in (first.kind, second.kind):
        return Pair(_mean(first, q) * _mean(second, q), ZERO)
    if first.kind == "x" or second.kind == "x":
        slope = _mean_slope(first, q) * _mean_slope(second, q)
        return Pair(slope * p, slope)
    a, b = first.rate, second.rate
    if first.kind == "erf":
        square = (ONE + _TWO * a * a * q) * (ONE + _TWO * b * b * q)
        inside = _TWO * a * b * p * power(square, -_HALF)
        bottom = power(square - _FOUR * a * a * b * b * p * p, -_HALF)
        return Pair(_TWO / _PI * function("arcsin", [inside]), _FOUR * a * b / _PI * bottom)
    if first.kind == "exp":
        value = apply("exp", [(a * a + b * b) * q * number(_HALF) + a * b * p])
        return Pair(value, a * b * value)
    if first.kind != second.kind:
        return Pair(ZERO, ZERO)
    decay = apply("exp", [-(a * a + b * b) * q * number(_HALF)])
    even, odd = (decay * function(name, [a * b * p]) for name in ("cosh", "sinh"))
    return Pair(even, a * b * odd) if first.kind == "cos" else Pair(odd, a * b * even)


def _mean(atom: Atom, q: Expression) -> Expression:
    """E g, without the coefficient."""
    if atom.kind == "one":
        return ONE
    if atom.kind == "exp":
        return apply("exp", [atom.rate * atom.rate * q * number(_HALF)])
    return apply("exp", [-atom.rate * atom.rate * q * number(_HALF)]) if atom.kind == "cos" else ZERO


def _mean_slope(atom: Atom, q: Expression) -> Expression:
    """E g′, without the coefficient."""
    rate = atom.rate
    if atom.kind == "erf":
        return _TWO * rate * power(_PI * (ONE + _TWO * rate * rate * q), -_HALF)
    if atom.kind == "exp":
        return rate * _mean(atom, q)
    if atom.kind == "sin":
        return rate * apply("exp", [-rate * rate * q * number(_HALF)])
    return ONE if atom.kind == "x" else ZERO


def _with_erf(tree: Tree) -> list[Atom] | None:
    """The atoms of a sum of multiples of 1, x, erf(αx) and Phi(αx)."""
    found: list[Atom] = []
    for part in tree.parts if isinstance(tree, Sum) else (tree,):
        factors = part.parts if isinstance(part, Product) else (part,)
        coefficient = ONE
        others: list[Tree] = []
        for factor in factors:
            if isinstance(factor, Constant):
                coefficient = coefficient * factor.value
            else:
                others.append(factor)
        if not others:
            found.append(Atom(coefficient, "one"))
        elif len(others) == 1 and isinstance(others[0], Variable):
            found.append(Atom(coefficient, "x"))
        else:
            rate = _linear(others[0].argument) if len(others) == 1 and isinstance(others[0], Apply) else None
            if rate is None or others[0].name not in ("erf", "Phi"):  # type: ignore[union-attr]
                return None
            if others[0].name == "Phi":  # type: ignore[union-attr]
                half = coefficient * number(_HALF)
                found += [Atom(half, "one"), Atom(half, "erf", rate * power(_TWO, -_HALF))]
            else:
                found.append(Atom(coefficient, "erf", rate))
    return found


def _linear(tree: Tree) -> Expression | None:
    """α where the function is αx."""
    if isinstance(tree, Variable):
        return ONE
    if isinstance(tree, Product) and len(tree.parts) == 2:
        first, second = tree.parts
        if isinstance(first, Constant) and isinstance(second, Variable):
            return first.value
    return None


def _entire(tree: Tree, constants: Mapping[str, Fraction]) -> list[Atom] | None:
    pieces = pieces_terms(tree, constants)
    if pieces is None or len(pieces) != 1:
        return None
    found = []
    for kernel, coefficient in pieces[0][1].items():
        atom = _atom(kernel, coefficient)
        if atom is None:
            return None
        found.append(atom)
    return found


def _atom(kernel: Kernel, coefficient: Expression) -> Atom | None:
    bare = kernel._replace(power=0, linear=ZERO, frequency=ZERO, sine=False)
    if bare != Kernel() or (not kernel.linear.is_zero and kernel.is_periodic):
        return None
    if kernel.power:
        return Atom(coefficient, "x") if kernel == Kernel(1) else None
    if kernel.is_periodic:
        return Atom(coefficient, "sin" if kernel.sine else "cos", kernel.frequency)
    return Atom(coefficient, "one") if kernel.linear.is_zero else Atom(coefficient, "exp", kernel.linear)
