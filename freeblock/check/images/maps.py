"""The linear maps that a network's Jacobian is made of: J·x and Jᵀ·y for a batch of vectors, one a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from freeblock.check.jacobian import Array
from freeblock.check.window import Window


class LinearMap(Protocol):
    """An m×n matrix that need not be written out; it may differ from column to column of the batch."""

    def forward(self, vectors: Array) -> Array:
        """n×B → m×B."""
        ...

    def backward(self, vectors: Array) -> Array:
        """m×B → n×B, by the transpose."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A matrix written out, m×n."""

    weight: Array

    def forward(self, vectors: Array) -> Array:
        """W·x."""
        return self.weight @ vectors

    def backward(self, vectors: Array) -> Array:
        """Wᵀ·y."""
        return self.weight.T @ vectors


@dataclass(frozen=True, slots=True, eq=False)
class Diagonal:
    """Each coordinate by its factor; n×B, or a number."""

    factors: Array | float

    def forward(self, vectors: Array) -> Array:
        """D·x."""
        return self.factors * vectors

    def backward(self, vectors: Array) -> Array:
        """D·y."""
        return self.factors * vectors


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """A kernel at every position of a window; `weight` is groups × (out/groups) × (channels/groups · area)."""

    weight: Array
    window: Window

    def forward(self, vectors: Array) -> Array:
        """c·h·w × B → out·P × B."""
        groups, batch = len(self.weight), vectors.shape[1]
        image = vectors.reshape(-1, *self.window.size, batch)
        patches = self.window.patches(image).reshape(groups, self.weight.shape[2], -1)
        return (self.weight @ patches).reshape(-1, batch)

    def backward(self, vectors: Array) -> Array:
        """out·P × B → c·h·w × B."""
        groups, rows, _ = self.weight.shape
        batch = vectors.shape[1]
        patches = self.weight.transpose(0, 2, 1) @ vectors.reshape(groups, rows, -1)
        high, wide = self.window.outputs
        return self.window.gathered(patches.reshape(-1, self.window.area, high * wide, batch)).reshape(-1, batch)


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """The mean over each window, the zeros of the padding included."""

    window: Window

    def forward(self, vectors: Array) -> Array:
        """c·h·w × B → c·P × B."""
        batch = vectors.shape[1]
        patches = self.window.patches(vectors.reshape(-1, *self.window.size, batch))
        means: Array = patches.mean(axis=1)
        return means.reshape(-1, batch)

    def backward(self, vectors: Array) -> Array:
        """c·P × B → c·h·w × B."""
        batch, (high, wide) = vectors.shape[1], self.window.outputs
        shared = vectors.reshape(-1, 1, high * wide, batch) / self.window.area
        channels = len(shared)
        patches = np.broadcast_to(shared, (channels, self.window.area, high * wide, batch))
        return self.window.gathered(patches).reshape(-1, batch)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Of each window the input that was the largest; `chosen` is c×P×B, a tap of the window each."""

    chosen: NDArray[np.intp]
    window: Window

    def forward(self, vectors: Array) -> Array:
        """c·h·w × B → c·P × B."""
        batch = vectors.shape[1]
        patches = self.window.patches(vectors.reshape(-1, *self.window.size, batch))
        return np.take_along_axis(patches, self.chosen[:, None], axis=1).reshape(-1, batch)

    def backward(self, vectors: Array) -> Array:
        """c·P × B → c·h·w × B."""
        channels, positions, batch = self.chosen.shape
        patches = np.zeros((channels, self.window.area, positions, batch))
        np.put_along_axis(patches, self.chosen[:, None], vectors.reshape(channels, 1, positions, batch), axis=1)
        return self.window.gathered(patches).reshape(-1, batch)


@dataclass(frozen=True, slots=True, eq=False)
class Upsampling:
    """Each position `factor` times along height and width; `size` is that of the smaller image."""

    size: tuple[int, int]
    factor: int

    def forward(self, vectors: Array) -> Array:
        """c·h·w × B → c·(factor·h)·(factor·w) × B."""
        batch = vectors.shape[1]
        image = vectors.reshape(-1, *self.size, batch)
        return image.repeat(self.factor, axis=1).repeat(self.factor, axis=2).reshape(-1, batch)

    def backward(self, vectors: Array) -> Array:
        """The sum over the copies."""
        batch, (height, width) = vectors.shape[1], self.size
        parts = vectors.reshape(-1, height, self.factor, width, self.factor, batch)
        sums: Array = parts.sum(axis=(2, 4))
        return sums.reshape(-1, batch)


@dataclass(frozen=True, slots=True, eq=False)
class Zeros:
    """Zeros put behind a vector of `columns` coordinates, up to `rows`."""

    rows: int
    columns: int

    def forward(self, vectors: Array) -> Array:
        """columns × B → rows × B."""
        return np.concatenate([vectors, np.zeros((self.rows - self.columns, vectors.shape[1]))])

    def backward(self, vectors: Array) -> Array:
        """rows × B → columns × B."""
        return vectors[: self.columns]
