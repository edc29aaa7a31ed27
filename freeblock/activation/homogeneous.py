"""Functions that are a multiple of x on either side of 0, for which means of two Gaussians are closed."""

from __future__ import annotations

from fractions import Fraction

from freeblock.activation.tree import Choice, Constant, Power, Product, Sum, Tree, Variable, children, children_first
from freeblock.formula.rational import Rational


def degree(tree: Tree) -> Rational | None:
    """d with g(t·x) = t^d·g(x) for every t > 0, where that is plain from the parts of g; None elsewhere."""
    found: dict[int, Rational | None] = {}
    for part in children_first(tree):
        found[id(part)] = _degree(part, [found[id(inner)] for inner in children(part)])
    return found[id(tree)]


def _degree(tree: Tree, inner: list[Rational | None]) -> Rational | None:
    if isinstance(tree, Variable):
        return 1
    if isinstance(tree, Constant):
        return 0
    degrees = [value for value in inner if value is not None]
    if len(degrees) < len(inner):
        return None
    match tree:
        case Product():
            return sum(degrees, Fraction(0))
        case Power(_, exponent):
            return degrees[0] * exponent
        case Sum():
            return degrees[0] if len(set(degrees)) == 1 else None
        case Choice(_, above, below):
            # The switch is positive at t·x where it is at x. A branch that is 0 has every degree.
            kinds = {value for value, branch in zip(degrees[1:], (above, below), strict=True) if not _is_zero(branch)}
            return kinds.pop() if len(kinds) == 1 else None if kinds else 1
    return 0 if degrees[0] == 0 else None


def _is_zero(tree: Tree) -> bool:
    return isinstance(tree, Constant) and tree.value.is_zero
