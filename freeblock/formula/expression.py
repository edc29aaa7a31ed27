"""The normal form of a formula: a sum of monomials with exact coefficients and symbolic exponents.

A monomial is a counter base → exponent. A base is a symbol (a positive real), a whole number ≥ 2 (or −1),
a function value, or a *wrapped* expression: a sum is multiplied by being carried as one factor, so that
a product of L sums has L factors and never 2^L terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import ClassVar, Union

from freeblock.formula.rational import Rational, whole

Exponent = Union[int, Fraction, "Expression"]
Base = Union[str, int, "Function", "Expression"]
Monomial = frozenset[tuple[Base, Exponent]]

CONSTANTS = frozenset({"pi", "e"})
ONE_MONOMIAL: Monomial = frozenset()
_NOTHING: frozenset[str] = frozenset()


class Function:
    """The value of a named function at expressions; `product` and `sum` bind their first argument."""

    __slots__ = ("_hash", "arguments", "name")

    def __init__(self, name: str, arguments: tuple[Expression, ...]) -> None:
        self.name = name
        self.arguments = arguments
        self._hash = hash((name, arguments))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Function)
            and self._hash == other._hash
            and self.name == other.name
            and self.arguments == other.arguments
        )


class Expression:
    """An exact formula over positive symbols. Immutable; equal normal forms are equal and hash alike."""

    __slots__ = ("_hash", "digest", "free", "key", "key_size", "positive", "terms")

    # The operators are given to the class in `operators.py`: the arithmetic makes expressions of its own.
    __add__: ClassVar[Callable[[Expression, Expression], Expression]]
    __sub__: ClassVar[Callable[[Expression, Expression], Expression]]
    __neg__: ClassVar[Callable[[Expression], Expression]]
    __mul__: ClassVar[Callable[[Expression, Expression], Expression]]
    __truediv__: ClassVar[Callable[[Expression, Expression], Expression]]
    __pow__: ClassVar[Callable[[Expression, Exponent], Expression]]

    def __init__(self, terms: dict[Monomial, Rational]) -> None:
        self.terms = terms
        self._hash: int | None = None
        self.key: tuple[object, ...] | None = None
        """Its place in the order of expressions, once it has been asked for."""
        self.key_size = 0
        """The number of factors in it."""
        self.digest: str | None = None
        """In the place of a key that would be too large."""
        self.free: frozenset[str] | None = None
        """The free symbols and constants, once they have been asked for."""
        self.positive = False
        """Whether it is known to be plainly positive."""

    def __hash__(self) -> int:
        if self._hash is None:
            if len(self.terms) == 1:
                # A fraction's own hash takes a modular inverse.
                ((monomial, value),) = self.terms.items()
                self._hash = hash((monomial, value.numerator, value.denominator))
            else:
                self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Expression) or hash(self) != hash(other):
            return False
        if self.terms is not other.terms:
            if self.terms != other.terms:
                return False
            # Equal parts are compared once: in a formula that shares its parts there are too many paths to them.
            self.terms = other.terms
        return True

    def __repr__(self) -> str:
        return f"Expression({self.terms!r})"

    @property
    def is_zero(self) -> bool:
        """Whether the normal form is 0."""
        return not self.terms

    @property
    def is_one(self) -> bool:
        """Whether the normal form is 1."""
        return self.terms == _ONE_TERMS

    def number(self) -> Rational | None:
        """The exact value if the formula is one rational number, else None."""
        if not self.terms:
            return 0
        if len(self.terms) == 1:
            return self.terms.get(ONE_MONOMIAL)
        return None


def number(value: Rational) -> Expression:
    """The expression of an exact number."""
    value = whole(value)
    if not value:
        return ZERO
    result = Expression({ONE_MONOMIAL: value})
    result.free = _NOTHING
    return result


def symbol(name: str) -> Expression:
    """The expression of one positive real symbol (or of the constants pi and e)."""
    result = Expression({frozenset(((name, 1),)): 1})
    result.free = frozenset((name,))
    return result


def function(name: str, arguments: Iterable[Expression]) -> Expression:
    """The expression of a function value that has no simpler form."""
    return Expression({frozenset(((Function(name, tuple(arguments)), 1),)): 1})


_ONE_TERMS: dict[Monomial, Rational] = {ONE_MONOMIAL: 1}
ZERO = Expression({})
ONE = Expression(_ONE_TERMS)
MINUS_ONE = Expression({ONE_MONOMIAL: -1})
