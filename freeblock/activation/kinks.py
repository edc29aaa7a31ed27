"""Where the pieces of a function of x meet, as floats: where a switch changes its sign or becomes 0."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from freeblock.activation.arrays import Array, ArrayFunction
from freeblock.activation.tree import Choice, Tree, children_first
from freeblock.formula.expression import Expression

JUMP = 1e-9
"""So far on each side of a kink the function is looked at."""
# Dense where pre-activations lie, and up to a million.
_FAR = np.logspace(-6, 6, 3001)
_GRID = np.unique(np.concatenate([-_FAR, np.linspace(-16, 16, 4001), _FAR]))


def kinks(function: Tree, value_of: Callable[[Expression], float]) -> Array:
    """The places between −10⁶ and 10⁶, in increasing order. Raises what `value_of` does."""
    found: list[float] = []
    for part in children_first(function):
        if isinstance(part, Choice):
            switch = ArrayFunction(part.switch, value_of)
            signs = np.sign(switch(_GRID))
            for place in np.flatnonzero((signs[:-1] != signs[1:]) & np.isfinite(signs[:-1]) & np.isfinite(signs[1:])):
                found.append(_bisected(switch, float(_GRID[place]), float(_GRID[place + 1])))
    places: Array = np.unique(np.round(found, 14)) if found else np.empty(0)
    return places


def first_jump(function: ArrayFunction, places: Array) -> float | None:
    """The first of the kinks at which the function is not continuous: its derivative has a part no point shows."""
    before, after = (function(places + side * JUMP) for side in (-1, 1))
    jumps = np.flatnonzero(np.abs(after - before) > np.sqrt(JUMP) * (1 + np.abs(after)))
    return float(places[jumps[0]]) if len(jumps) else None


def _bisected(switch: ArrayFunction, low: float, high: float) -> float:
    sign = np.sign(switch(np.array([low])))[0]
    for _ in range(120):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if np.sign(switch(np.array([middle])))[0] == sign:
            low = middle
        else:
            high = middle
    return high if abs(high) > 1e-12 else 0.0
