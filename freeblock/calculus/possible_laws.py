"""What no matrix can have: a component's law or traits that contradict themselves are refused, not derived from."""

from __future__ import annotations

from freeblock.calculus.law import Law
from freeblock.errors import LibraryError
from freeblock.formula.expression import ONE, ZERO, Expression
from freeblock.formula.order import is_greater
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.network.nodes import Leaf


class PossibleLaws:
    """Checks components; of those that differ in symbols only, the first."""

    def __init__(self) -> None:
        self._seen: set[tuple[object, ...]] = set()

    def check(self, leaf: Leaf, law: Law) -> None:
        """Raises LibraryError where the law or the traits contradict themselves."""
        kappa = law.kappa
        if law.phi.number() is None and (kappa is None or kappa.number() is None):
            kind = (id(leaf.jacobian), leaf.rows, leaf.columns, leaf.given, leaf.traits)
            if kind in self._seen:
                return
            self._seen.add(kind)
        _check(leaf, law.phi, kappa)


def _check(leaf: Leaf, phi: Expression, kappa: Expression | None) -> None:
    """φ < 0, ϕ < 0 or κ < m/n − 1 where that is certain; traits that ask for another law."""
    square = leaf.rows == leaf.columns
    if not square:
        _check_rectangle(leaf)
    if _is_negative(phi):
        raise _impossible(leaf, "the mean of squared singular values is negative")
    if kappa is None:
        return
    if _is_negative(kappa):
        raise _impossible(leaf, "the second moment is less than the square of the first")
    if not square and _is_negative(kappa + ONE - leaf.rows / leaf.columns):
        raise _impossible(leaf, "the rank of J is at most the number of its inputs, which makes kappa larger")
    flat = not leaf.traits.isdisjoint(("scalar", "orthogonal", "coisometric"))
    if (flat or (square and "isometric" in leaf.traits)) and kappa.number() not in (None, 0):
        raise _impossible(leaf, "its traits make all singular values equal, and its law does not")


def _check_rectangle(leaf: Leaf) -> None:
    found = leaf.traits & {"diagonal", "scalar", "conjugate", "orthogonal"}
    if found:
        raise _impossible(leaf, f"{min(found)}, it would have as many outputs as inputs")
    if "isometric" in leaf.traits and is_greater(leaf.columns, leaf.rows):
        raise _impossible(leaf, "isometric, it would have at least as many outputs as inputs")
    if "coisometric" in leaf.traits and is_greater(leaf.rows, leaf.columns):
        raise _impossible(leaf, "coisometric, it would have at most as many outputs as inputs")


def _is_negative(value: Expression) -> bool:
    number = value.number()
    if number is not None:
        return number < 0
    return not is_manifestly_positive(value) and is_greater(ZERO, value)


def _impossible(leaf: Leaf, why: str) -> LibraryError:
    message = f"no matrix is what `{leaf.label}` is said to be: {why}"
    if leaf.jacobian.opaque:
        return LibraryError(message, leaf.span, "correct the traits")
    return LibraryError(message, leaf.rule.span, "correct the rule, or the domains of its parameters")
