"""Gaussian means of functions of x in closed form, for any q and any parameters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from freeblock.activation.integrals import mean_of_piece
from freeblock.activation.kernels import NoClosedFormError
from freeblock.activation.pieces import Decomposition, UndecidedError
from freeblock.activation.tree import Tree
from freeblock.formula.expression import Expression
from freeblock.formula.sums import multiply_out, total

SUPPOSED = 3
"""So many formulas of unknown sign are tried with either sign."""


def closed_mean(tree: Tree, q: Expression, constants: Mapping[str, Fraction]) -> Expression:
    """E g(x) for x ~ N(0, q). Raises NoClosedFormError, UndecidedError, InfiniteMeanError.

    Where the pieces depend on a sign that is not known, both are tried; a mean that is the same is given.
    """
    return _mean(tree, q, constants, {})


def _mean(
    tree: Tree, q: Expression, constants: Mapping[str, Fraction], signs: dict[Expression, bool]
) -> Expression:
    try:
        pieces = Decomposition(signs, constants).pieces(tree)
        return total([mean_of_piece(piece, q) for piece in pieces])
    except UndecidedError as error:
        if len(signs) == SUPPOSED:
            raise
        first, second = (_mean(tree, q, constants, {**signs, error.formula: sign}) for sign in (True, False))
        if not multiply_out(first - second).is_zero:
            raise
        return first
    except (ArithmeticError, ValueError) as error:
        raise NoClosedFormError from error
