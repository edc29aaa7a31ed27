"""What is asked of one layer with numbers: its fixed point, phase and correlation map, and correlations by depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose

from freeblock.activation.tree import Tree
from freeblock.correlation.decay import Decay, decay
from freeblock.correlation.fixed_points import FixedPoints, fixed_points, settled
from freeblock.correlation.hermite import HermiteSeries, hermite_series
from freeblock.correlation.layer import Layer
from freeblock.errors import DomainError
from freeblock.formula.expression import Expression

_ROUNDING, _TOLD = 2e-16, 1e-12


@dataclass(frozen=True, slots=True)
class Depth:
    """Variance (None beyond a float) and correlation; the first pre-activations have l = 0."""

    layer: int
    q: float | None
    c: float
    gap: float | None
    """1 − c_l, None where it is not told from 0."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One layer with numbers."""

    layer: Layer
    found: FixedPoints
    q: float
    """q*, or 1 where the correlation map is the same at every variance."""
    scale_free: bool
    """f is a multiple of x on either side of 0 and there are no biases."""
    chi: float
    decay: Decay
    series: HermiteSeries
    depths: tuple[Depth, ...]
    start: float
    """The correlation of two inputs at l = 0."""

    @property
    def weights(self) -> list[float]:
        """The coefficients of c^k in c′."""
        after = self.layer.variance(self.q)
        found = [self.layer.weight * value**2 / after for value in self.series.coefficients]
        found[0] += self.layer.bias / after
        return found

    @property
    def rest(self) -> float:
        """All later coefficients together, a bound on what they add to c′ where |c| ≤ 1."""
        return self.layer.weight * self.series.rest / self.layer.variance(self.q)

    @property
    def phase(self) -> str:
        """edge, ordered or chaotic."""
        return "edge" if abs(self.chi - 1) <= self.layer.tolerance else "ordered" if self.chi < 1 else "chaotic"

    @property
    def error(self) -> float:
        """The largest relative error of a mean."""
        return max(self.layer.error, self.series.error)


def analysed(
    function: Tree, weight: float, bias: float, value_of: Callable[[Expression], float], *, start: float | None,
    c: float, layers: Sequence[int], terms: int,
) -> Analysis:
    """Raises RefusedError where there is no fixed point of the variance, or a mean is infinite; DomainError."""
    # The search looks at variances where means are less exact; what is printed is worked out anew.
    found = fixed_points(Layer(function, weight, bias, value_of))
    layer = Layer(function, weight, bias, value_of)
    scale_free = layer.gain is not None and not bias
    q = (start or 1.0) if scale_free else settled(layer, found, start)
    layer = Layer(function, weight, bias, value_of)
    if not layer.means.mean_square(q) > 1e-100:
        raise DomainError("f is 0, or too small for floats", hint="give another activation")
    chi = layer.chi(q)
    ending = decay(layer, q)
    series = hermite_series(layer, q, terms)
    return Analysis(layer, found, q, scale_free, chi, ending, series,
                    tuple(followed(layer, start or q, c, layers)), c)


def followed(layer: Layer, start: float, c: float, layers: Sequence[int]) -> list[Depth]:
    """Variance and correlation in the asked layers, by the map itself. Raises RefusedError."""
    free = layer.gain is not None and not layer.bias
    found: list[Depth] = []
    q, place, still = start, 0, False
    for wanted in sorted(set(layers)):
        while place < wanted and not still:
            # Without a scale the map is the same at every variance, which may grow or shrink without end.
            after_c = max(-1.0, min(1.0, layer.correlation(1.0 if free else q, c)))
            after_q = q if free else layer.variance(q)
            still = abs(after_c - c) <= _ROUNDING and isclose(after_q, q, rel_tol=_ROUNDING)
            q, c, place = after_q, after_c, place + 1
        place = wanted
        gap = 1 - c
        found.append(Depth(wanted, _grown(layer, start, wanted) if free else q, c,
                           gap if gap > max(1e3 * layer.error, _TOLD) or not gap else None))
    return found


def _grown(layer: Layer, start: float, count: int) -> float | None:
    assert layer.gain is not None
    try:
        return start * (layer.weight * layer.gain) ** count
    except OverflowError:
        return None
