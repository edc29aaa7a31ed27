"""Facts about the vector at one place of a network, computed forward: what later masks depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from freeblock.calculus.keys import INPUT_KEY, NO_KEYS, Keys, joined


class Vector(NamedTuple):
    """Facts about one vector; `keys` are the fresh weights (and the data) its pattern of signs depends on."""

    keys: Keys
    symmetric: bool
    """Every unit has P(x > 0) = 1/2."""
    uniform: bool
    """All units have the same sign law."""
    identical: bool
    """All units share one law, size included."""
    fresh: bool
    """The data, or the output of a fresh weight: its signs are independent of all that was drawn before."""
    noise: Keys = NO_KEYS
    """Dropout it passed: its sizes depend on that, and its signs do where they are not balanced."""
    centred: bool = False
    """Given the weights, every unit has mean zero over the data."""
    level: bool = False
    """Given the weights, all units have one mean over the data."""
    comparable: bool = False
    """Given the weights, all units have one standard deviation over the data."""
    spread: bool = True
    """No block before it, of which too little is known, may single out one direction (1, …, 1)."""
    stationary: bool = True
    """In an image, all positions of a channel share one law, size included."""

    @property
    def flags(self) -> tuple[bool, ...]:
        """Everything but the keys."""
        return (self.symmetric, self.uniform, self.identical, self.fresh, bool(self.noise), self.centred, self.level,
                self.comparable, self.spread, self.stationary)

    @property
    def sources(self) -> Keys:
        """What the sizes of its units depend on."""
        return self.keys | self.noise

    def either(self, other: Vector) -> Vector:
        """One of two vectors, it is not said which: the facts they share."""
        return Vector(
            self.keys | other.keys,
            self.symmetric and other.symmetric,
            self.uniform and other.uniform,
            self.identical and other.identical,
            self.fresh and other.fresh,
            self.noise | other.noise,
            self.centred and other.centred,
            self.level and other.level,
            self.comparable and other.comparable,
            self.spread and other.spread,
            self.stationary and other.stationary,
        )


INPUT = Vector(INPUT_KEY, True, True, True, True, NO_KEYS, True, True, True)
"""The data: symmetric, with all coordinates alike."""


def after_weight(key: Keys, *, fresh: bool, centred: bool) -> Vector:
    """The output of a left-invariant weight: it carries that weight alone. `centred`: mean zero over the data.

    A mean of its input that is not zero gives each unit a mean of its own, however wide the layer is.
    """
    return Vector(key, True, True, True, fresh, NO_KEYS, centred, centred, comparable=True)


def after_shift(vector: Vector) -> Vector:
    """The vector plus a bias, one number for all units: its signs are no longer balanced."""
    return vector._replace(symmetric=False, fresh=False, centred=False)


def after_balanced_weight(vector: Vector, key: Keys) -> Vector:
    """Every unit has weights of its own, which may change sign: to first order its signs are those of fresh weights."""
    return Vector(key, True, True, False, False, stationary=vector.stationary)


def after_unknown(vector: Vector, keys: Keys) -> Vector:
    """The output of a block about which nothing is known."""
    return Vector(vector.sources | keys, False, False, False, False, spread=False)


def after_activation(vector: Vector, *, odd: bool) -> Vector:
    """A unit-wise function of the vector: its signs are no longer balanced, nor is its mean zero unless it is odd.

    Units with means of their own have deviations of their own behind it.
    """
    alike = vector.centred and vector.identical
    return vector._replace(symmetric=False, fresh=False, centred=odd and alike and vector.symmetric, level=alike,
                           comparable=alike)


def after_noise(vector: Vector, key: Keys) -> Vector:
    """The vector behind dropout: a dropped unit meets a zero row of J, the signs of the others are as they were.

    How much it adds to the deviation of a unit depends on its mean.
    """
    return vector._replace(noise=vector.noise | key, comparable=vector.comparable and vector.level)


def of_sum(vectors: Sequence[Vector]) -> Vector:
    """The sum of vectors: a law shared by the units of each part is shared by those of the sum."""
    return Vector(
        joined(vector.keys for vector in vectors),
        all(vector.symmetric for vector in vectors),
        all(vector.uniform for vector in vectors),
        all(vector.identical for vector in vectors),
        False,
        joined(vector.noise for vector in vectors),
        all(vector.centred for vector in vectors),
        all(vector.level for vector in vectors),
        all(vector.comparable for vector in vectors),
        all(vector.spread for vector in vectors),
        all(vector.stationary for vector in vectors),
    )


def of_stack(vectors: Sequence[Vector]) -> Vector:
    """Stacked vectors: the units of different parts have different laws; their signs agree if all are balanced."""
    symmetric = all(vector.symmetric for vector in vectors)
    centred = all(vector.centred for vector in vectors)
    return Vector(joined(vector.keys for vector in vectors), symmetric, symmetric, False, False,
                  joined(vector.noise for vector in vectors), centred, centred, False,
                  all(vector.spread for vector in vectors), all(vector.stationary for vector in vectors))
