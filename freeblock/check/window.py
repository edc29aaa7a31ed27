"""A window that slides over images: its patches as a matrix, and the way back.

Images are arrays channels × height × width × batch: the batch comes last, so that what is copied lies together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from freeblock.check.jacobian import Array

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Size of the image, of the window, its step, and the padding around the image; each of height and width."""

    size: Pair
    kernel: Pair
    stride: Pair
    padding: Pair

    @property
    def outputs(self) -> Pair:
        """How many positions come out, along height and width."""
        high, wide = ((size + 2 * padding - kernel) // stride + 1 for size, kernel, stride, padding in zip(
            self.size, self.kernel, self.stride, self.padding, strict=True))
        return high, wide

    @property
    def area(self) -> int:
        """The number of taps."""
        return self.kernel[0] * self.kernel[1]

    @property
    def is_point(self) -> bool:
        """Whether every output is the input at its own position."""
        return self.kernel == (1, 1) and self.stride == (1, 1) and self.padding == (0, 0)

    def patches(self, image: Array, filling: float = 0.0) -> Array:
        """c×h×w×B → c×area×P×B: what each of the P outputs reads, `filling` beyond the border."""
        channels, batch = image.shape[0], image.shape[3]
        if self.is_point:
            return image.reshape(channels, 1, -1, batch)
        found = np.empty((channels, self.area, *self.outputs, batch))
        padded = self._padded(image, filling)
        for tap, (rows, columns) in enumerate(self._taps()):
            found[:, tap] = padded[:, rows, columns]
        return found.reshape(channels, self.area, -1, batch)

    def gathered(self, patches: Array) -> Array:
        """c×area×P×B → c×h×w×B: the transpose of `patches`."""
        channels, batch = patches.shape[0], patches.shape[3]
        if self.is_point:
            return patches.reshape(channels, *self.size, batch)
        height, width = (size + 2 * padding for size, padding in zip(self.size, self.padding, strict=True))
        padded = np.zeros((channels, height, width, batch))
        parts = patches.reshape(channels, self.area, *self.outputs, batch)
        for tap, (rows, columns) in enumerate(self._taps()):
            padded[:, rows, columns] += parts[:, tap]
        above, left = self.padding
        return padded[:, above:above + self.size[0], left:left + self.size[1]]

    def _padded(self, image: Array, filling: float) -> Array:
        if self.padding == (0, 0):
            return image
        above, left = self.padding
        return np.pad(image, ((0, 0), (above, above), (left, left), (0, 0)), constant_values=filling)

    def _taps(self) -> Iterator[tuple[slice, slice]]:
        """For each tap, the positions of the padded image that the outputs read through it."""
        (high, wide), (down, right) = self.outputs, self.stride
        for row in range(self.kernel[0]):
            for column in range(self.kernel[1]):
                yield (slice(row, row + down * (high - 1) + 1, down),
                       slice(column, column + right * (wide - 1) + 1, right))
