"""A function of x piece by piece, each piece a sum of kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from freeblock.activation.kernels import (
    Kernel,
    NoClosedFormError,
    Terms,
    exponential,
    polynomial,
    power_of,
    product_of,
    single,
    slope,
    sum_of,
)
from freeblock.activation.tree import Apply, Choice, Constant, Power, Product, Sum, Tree, Variable
from freeblock.formula.expression import ONE, ZERO, Expression
from freeblock.formula.functions import is_known_at_least
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.traversal import symbols

PIECES = 40
"""More pieces are not looked at."""
_DIGITS = 40

End = Expression | None
"""Where a piece ends; None is infinity."""


class UndecidedError(NoClosedFormError):
    """Whether a formula is positive is not known, and the pieces depend on it."""

    def __init__(self, formula: Expression) -> None:
        super().__init__(formula)
        self.formula = formula


@dataclass(frozen=True, slots=True)
class Piece:
    """What the function is between two places."""

    low: End
    high: End
    terms: Terms


class Decomposition:
    """Reads trees into pieces; `signs` holds what is supposed of formulas whose sign is not known.

    `constants` are the symbols that have a published value.
    """

    def __init__(self, signs: Mapping[Expression, bool], constants: Mapping[str, Fraction]) -> None:
        self._signs, self._constants = signs, constants
        self._done: dict[int, tuple[Tree, list[Piece]]] = {}

    def pieces(self, tree: Tree) -> list[Piece]:
        """The pieces from −∞ to ∞. Raises NoClosedFormError where some piece is no sum of kernels."""
        known = self._done.get(id(tree))
        if known is None:
            found = self._new(tree)
            if len(found) > PIECES:
                raise NoClosedFormError
            known = self._done[id(tree)] = tree, found
        return known[1]

    def _new(self, tree: Tree) -> list[Piece]:
        match tree:
            case Constant(value):
                return [Piece(None, None, single(value))]
            case Variable():
                return [Piece(None, None, single(ONE, Kernel(1)))]
            case Sum(parts):
                return self._joined([self.pieces(part) for part in parts], sum_of)
            case Product(parts):
                result = self.pieces(parts[0])
                for part in parts[1:]:
                    result = self._joined([result, self.pieces(part)], lambda terms: product_of(*terms))
                return result
            case Power(base, exponent):
                if not isinstance(exponent, int) or exponent < 0:
                    raise NoClosedFormError
                return self._mapped(base, lambda terms: power_of(terms, exponent))
            case Apply(name, argument):
                if name not in _APPLIED:
                    raise NoClosedFormError
                return self._mapped(argument, _APPLIED[name])
            case Choice(switch, above, below):
                return self._chosen(switch, above, below)
        raise AssertionError(type(tree).__name__)

    def _mapped(self, tree: Tree, change: Callable[[Terms], Terms]) -> list[Piece]:
        return [Piece(piece.low, piece.high, change(piece.terms)) for piece in self.pieces(tree)]

    def _joined(self, many: list[list[Piece]], join: Callable[[list[Terms]], Terms]) -> list[Piece]:
        """Functions put together on the pieces that all of them have in common."""
        result = []
        places = [0] * len(many)
        low: End = None
        while True:
            current = [pieces[place] for pieces, place in zip(many, places, strict=True)]
            high = self._first([piece.high for piece in current])
            result.append(Piece(low, high, join([piece.terms for piece in current])))
            if high is None:
                return result
            places = [place + (piece.high is not None and self._same(piece.high, high))
                      for piece, place in zip(current, places, strict=True)]
            low = high

    def _first(self, ends: list[End]) -> End:
        first: End = None
        for end in ends:
            if end is not None and (first is None or self._positive(first - end)):
                first = end
        return first

    def _same(self, first: Expression, second: Expression) -> bool:
        return (first - second).is_zero

    def _chosen(self, switch: Tree, above: Tree, below: Tree) -> list[Piece]:
        signed: list[Piece] = []
        for piece in self.pieces(switch):
            signed += self._signed(piece)
        upper, lower = self.pieces(above), self.pieces(below)
        return self._joined([signed, upper, lower], lambda terms: terms[1] if terms[0] else terms[2])

    def _signed(self, piece: Piece) -> list[Piece]:
        """The piece of a switch cut where it changes its sign: 1 where it is positive, nothing where it is not."""
        coefficients = polynomial(piece.terms)
        if len(coefficients) > 2:
            raise NoClosedFormError
        constant, rate = [*coefficients, ZERO, ZERO][:2]
        if rate.is_zero:
            return [Piece(piece.low, piece.high, single(ONE) if self._positive(constant) else {})]
        rises = self._positive(rate)
        root = -constant / rate
        before, after = ({}, single(ONE)) if rises else (single(ONE), {})
        if piece.low is not None and not self._positive(root - piece.low):
            return [Piece(piece.low, piece.high, after)]
        if piece.high is not None and not self._positive(piece.high - root):
            return [Piece(piece.low, piece.high, before)]
        return [Piece(piece.low, root, before), Piece(root, piece.high, after)]

    def _positive(self, formula: Expression) -> bool:
        """Whether a formula is positive, False where it is not; raises UndecidedError where it is not known."""
        if formula.is_zero:
            return False
        supposed = self._signs.get(formula)
        if supposed is not None:
            return supposed
        opposite = self._signs.get(-formula)
        if opposite is not None:
            return not opposite
        if is_known_at_least(formula, ZERO):
            return True
        if is_known_at_least(ZERO, formula):
            return False
        if symbols(formula) <= self._constants.keys():
            value = evaluate_precisely(formula, self._constants, _DIGITS)
            if abs(value) > mpmath.mpf(10) ** (-_DIGITS // 2):
                return bool(value > 0)
        raise UndecidedError(formula)


def _cosine(terms: Terms) -> Terms:
    return single(ONE, Kernel(frequency=slope(terms)))


def _sine(terms: Terms) -> Terms:
    return single(ONE, Kernel(frequency=slope(terms), sine=True))


def _sech(terms: Terms) -> Terms:
    return single(ONE, Kernel(sech=1, rate=slope(terms)))


def _tanh(terms: Terms) -> Terms:
    return single(ONE, Kernel(rate=slope(terms), tanh=True))


def _sigmoid(terms: Terms) -> Terms:
    half = {kernel: value / _TWO for kernel, value in terms.items()}
    return sum_of([single(_SIGN[1]), {kernel: value / _TWO for kernel, value in _tanh(half).items()}])


def _hyperbolic(terms: Terms, sign: int) -> Terms:
    from_above, from_below = exponential(terms), exponential({kernel: -value for kernel, value in terms.items()})
    halved = {kernel: value / _TWO for kernel, value in from_above.items()}
    return sum_of([halved, {kernel: value * _SIGN[sign] for kernel, value in from_below.items()}])


_TWO = ONE + ONE
_SIGN = {1: ONE / _TWO, -1: -ONE / _TWO}
_APPLIED: dict[str, Callable[[Terms], Terms]] = {
    "exp": exponential, "cos": _cosine, "sin": _sine, "sech": _sech, "tanh": _tanh,
    "sigmoid": _sigmoid,
    "cosh": lambda terms: _hyperbolic(terms, 1), "sinh": lambda terms: _hyperbolic(terms, -1),
}
