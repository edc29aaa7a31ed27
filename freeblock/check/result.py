"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from freeblock.check.display import check_lines, html_table, latex_table
from freeblock.check.gradients import BlockGradient
from freeblock.check.signal_result import SignalCheck
from freeblock.check.verdict import OrderResult


@dataclass(frozen=True, slots=True)
class ImageSample:
    """What went through a network on images."""

    shape: tuple[int, int, int]
    """Channels × height × width of the input."""
    narrow: int
    """What the numbers of channels were divided by."""
    halved: bool
    """Half of the channels were sampled, too."""
    batch: int
    """Images that went through at once, with the same weights."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckResult:
    """The verdict of a check, and what it rests on."""

    orders: Sequence[OrderResult]
    agrees: bool
    """No order that was predicted disagrees, and nothing of the signal."""
    width: int
    samples: int
    """At the full width."""
    half_width: int | None
    """The second width, which the extrapolation to infinite width uses; None where there is none."""
    half_samples: int
    seconds: float
    measured_statistics: Mapping[str, float]
    """Statistics of normalisations that the network showed (network mode)."""
    measured_uses: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """The same at each place, where a symbol of a network on images stands at several."""
    unproved: frozenset[int] = frozenset()
    """The orders whose prediction is a free value that is not proved."""
    images: ImageSample | None = None
    """None for a network on vectors."""
    blocks: Sequence[BlockGradient] = ()
    """Gradients at the inputs of the blocks, where they were asked for."""
    signal: SignalCheck | None = None
    """Mean square, correlation and gradient scale behind a network that data went through."""

    def to_data(self) -> dict[str, Any]:
        """The result as JSON-like data."""
        data: dict[str, Any] = {
            "orders": [
                {
                    "k": order.k, "predicted": order.predicted, "measured": order.measured,
                    "stderr": order.stderr, "agrees": order.agrees, "tolerance": order.tolerance,
                    "at_width": order.at_width,
                }
                for order in self.orders
            ],
            "agrees": self.agrees,
            "width": self.width,
            "samples": self.samples,
            "half_width": self.half_width,
            "half_samples": self.half_samples,
            "seconds": self.seconds,
            "measured_statistics": dict(self.measured_statistics),
            "measured_uses": {name: list(values) for name, values in self.measured_uses.items()},
        }
        if self.images is not None:
            data |= {"image": list(self.images.shape), "narrow": self.images.narrow, "batch": self.images.batch,
                     "half_narrow": 2 * self.images.narrow if self.images.halved else None}
        if self.signal is not None:
            data["signal"] = self.signal.to_data()
        if self.blocks:
            data["blocks"] = [block.to_data() for block in self.blocks]
        return data

    def __repr__(self) -> str:
        return "\n".join(check_lines(self))

    def _repr_latex_(self) -> str:
        return latex_table(self)

    def _repr_html_(self) -> str:
        return html_table(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/latex": self._repr_latex_(), "text/html": self._repr_html_()}
