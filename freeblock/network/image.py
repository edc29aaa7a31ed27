"""The shape of an image between two blocks, and how one component changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from freeblock.formula.expression import Expression
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute
from freeblock.language.records import record
from freeblock.network.windows import Axis
from freeblock.network.wording import in_words
from freeblock.source import Span


@record
class Image:
    """Channels × height × width, and what put the image out; without sizes its borders are neglected."""

    channels: Expression
    height: Expression | None
    width: Expression | None
    maker: str
    span: Span | None = None

    @property
    def count(self) -> Expression:
        """The number of coordinates; the channels alone where no sizes are known."""
        if self.height is None or self.width is None:
            return self.channels
        return self.channels * self.height * self.width

    @property
    def words(self) -> str:
        """`3 × 32 × 32`."""
        if self.height is None or self.width is None:
            return f"{in_words(self.channels)} channels"
        return " × ".join(map(in_words, (self.channels, self.height, self.width)))

    def by(self, maker: str, span: Span) -> Image:
        """The same shape, put out by another block."""
        return Image(self.channels, self.height, self.width, maker, span)

    def with_channels(self, channels: Expression) -> Image:
        """The same sizes with other channels."""
        return Image(channels, self.height, self.width, self.maker, self.span)

    def with_index(self, index: str, value: Expression) -> Image:
        """The shape where an index has a value."""
        return self.with_channels(substitute(self.channels, {index: value}))

    def has_shape_of(self, other: Image) -> bool:
        """Whether channels and sizes agree."""
        return _same(self.channels, other.channels) and self.has_size_of(other)

    def has_size_of(self, other: Image) -> bool:
        """Whether height and width agree."""
        return _same(self.height, other.height) and _same(self.width, other.width)


def _same(first: Expression | None, second: Expression | None) -> bool:
    if first is None or second is None:
        return first is second
    return first == second or multiply_out(first - second).is_zero


@record
class Geometry:
    """What a component does to an image."""

    before: Image
    after: Image | None
    """None for a vector."""
    axes: tuple[Axis, Axis] | None
    """The window along height and width; None where positions stay what they are."""
    over: Literal["sum", "one"]
    enlarge: Expression
    free: Mapping[str, Expression]
    """The arguments that borders and strides change, as they are without these."""
    even: bool
    """Neither borders nor strides make the taps uneven."""
    stationary: bool
    """Every output has all its taps."""
