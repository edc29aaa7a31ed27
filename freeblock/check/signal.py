"""What travels through a network in one forward pass: the Jacobian so far, and the vector itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from freeblock.check import jacobian as arithmetic
from freeblock.check.jacobian import Array


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """The numbers that activations look at: one row per unit, one column per sample of the batch."""

    values: Array
    standard: bool
    """Its units are independent standard Gaussians, so a stated p or q can be given to them."""
    origins: frozenset[int]
    """Which fresh Gaussian vectors it is a function of; a sum of functions of the same ones is one itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """The state between two blocks."""

    jacobian: Array
    """∂(this vector)/∂(input), m×n, or m entries of a diagonal."""
    vector: Vector
    size: float
    """About E‖J‖²; it only sets the weights of the control variates."""


def scale(signal: Signal, factor: float) -> Signal:
    """factor · block."""
    return Signal(factor * signal.jacobian, scaled(signal.vector, factor), factor * factor * signal.size)


def scaled(vector: Vector, factor: float) -> Vector:
    """factor · vector. A standard vector stays one: a p or q stated later is the law after the factor."""
    if vector.standard and factor:
        return Vector(vector.values if factor > 0 else -vector.values, True, vector.origins)
    return Vector(factor * vector.values, False, vector.origins)


def join(parts: Sequence[Signal], kind: Literal["sum", "stack"], vector: Vector) -> Signal:
    """Branches added (all m×n) or stacked (m_i×n), with the vector that the caller made of theirs."""
    jacobians = [part.jacobian for part in parts]
    joined = arithmetic.add(jacobians) if kind == "sum" else arithmetic.stack(jacobians)
    return Signal(joined, vector, sum(part.size for part in parts))


def added(vectors: Sequence[Vector]) -> Vector:
    """The sum of vectors. Copies of one standard vector give that vector: its law is what is stated later."""
    first = vectors[0]
    if first.standard and all(vector.values is first.values for vector in vectors):
        return first
    values = np.sum([vector.values for vector in vectors], axis=0)
    return Vector(values, False, frozenset[int]().union(*(vector.origins for vector in vectors)))


def stacked(vectors: Sequence[Vector]) -> Vector:
    """Vectors under each other; still standard if all are."""
    values = np.concatenate([vector.values for vector in vectors])
    origins = frozenset[int]().union(*(vector.origins for vector in vectors))
    return Vector(values, all(vector.standard for vector in vectors), origins)
