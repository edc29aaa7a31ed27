"""The recursions of the overlap theorem over the blocks of a chain, in floats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from freeblock.signals.leaf_maps import FunctionMap
from freeblock.signals.signal import Group

Progress = Callable[[int, int], None]
"""What is done, and of how much."""


class Pattern(NamedTuple):
    """The diagonal D = s·f′ of one group of units: E D², E D⁴, and what it looks at."""

    square: float
    fourth: float
    scale: float
    """s², by which a normalisation before the activation multiplies."""
    variance: float
    """Of what the activation meets."""
    stream: Group
    """The units of the stream it stands on."""
    centred: bool
    """Whether a batch norm took the mean over the batch away."""


class Step(NamedTuple):
    """One block: its patterns group by group, and φ and κ of the weights behind them."""

    patterns: tuple[Pattern, ...]
    means: FunctionMap
    phi: float
    kappa: float
    rows: float
    """Outputs of the branch, in widths of the input."""


def residual(steps: Sequence[Step], correlations: Sequence[Sequence[float]]) -> tuple[float, float]:
    """φ and φ_2 of Π(I + V_lD_l), with E D_j²D_l² for each pair of blocks, from the last block to the first."""
    q = t = 1.0
    above: list[tuple[int, float]] = []
    for place in range(len(steps) - 1, -1, -1):
        f, kappa, p, r = steps[place].phi, steps[place].kappa, *steps[place].patterns[0][:2]
        u = p + sum(gain * correlations[j][place] for j, gain in above)
        t += 2 * f * q * u + 2 * f * p * t + (p * f) ** 2 * (kappa * q * q + t) + (f * q) ** 2 * (r - p * p)
        above.append((place, f * q))
        q *= 1 + f * p
    return q, t


def dense(steps: Sequence[Step], *, shared: bool) -> tuple[float, float]:
    """φ and φ_2 of Π[I; V_lD_l]: each group of features keeps its diagonal in all later blocks (`shared`)."""
    sizes = [1.0, *(step.rows for step in steps)]
    count = len(sizes)
    alpha, beta = [1.0] * count, [0.0] * count
    table = np.diag(sizes)
    # The pattern of the last group is not looked at by any block.
    for last in range(count - 1, 0, -1):
        step = steps[last - 1]
        spread = step.phi / sum(sizes[:last])
        squares = [pattern.square for pattern in step.patterns]
        fourths = [pattern.fourth for pattern in step.patterns]
        # Diagonals of later blocks on the new group: those of the block behind this one, if there is any.
        own = steps[last].patterns[last].square / steps[last].patterns[last].scale if last < len(steps) else 0.0
        mass = sizes[last] * (alpha[last] + beta[last] * own)
        column, corner = table[:last, last], table[last, last]
        weights = np.array([spread * size * p for size, p in zip(sizes, squares, strict=False)])
        mixed = np.outer(column, weights)
        table[:last, :last] += mixed + mixed.T + corner * np.outer(weights, weights)
        for a in range(last):
            pattern = step.patterns[a]
            bare = pattern.square / pattern.scale
            both = fourths[a] / pattern.scale if shared else squares[a] * bare
            table[a, a] += 2 * spread * mass * sizes[a] * (alpha[a] * squares[a] + beta[a] * both) \
                + (spread * mass) ** 2 * sizes[a] * fourths[a]
            beta[a] += spread * mass * pattern.scale
    bare = steps[0].patterns[0].square / steps[0].patterns[0].scale
    whole = sum(sizes)
    return sizes[0] * (alpha[0] + beta[0] * bare) / whole, float(table[0, 0]) / whole


def correlations(steps: Sequence[Step], progress: Progress | None = None) -> list[list[float]]:
    """E D_j²D_l² of blocks j and l of one stream: what the later one looks at has the earlier one in it."""
    means = steps[0].means.means
    known: dict[tuple[float, float, float], float] = {}
    found = [[0.0] * len(steps) for _ in steps]
    for j, later in enumerate(steps):
        if progress is not None:
            progress(j * j, len(steps) ** 2)
        for place, earlier in enumerate(steps[:j]):
            one, two = pair = later.patterns[0], earlier.patterns[0]
            sizes = [pattern.stream.q - pattern.stream.covariance if pattern.centred else pattern.stream.q
                     for pattern in pair]
            common = two.stream.q - (two.stream.covariance if one.centred or two.centred else 0.0)
            covariance = common / sqrt(sizes[0] * sizes[1]) * sqrt(one.variance * two.variance)
            key = (one.variance, two.variance, covariance)
            if key not in known:
                known[key] = means.slope_product(*key)
            found[j][place] = one.scale * two.scale * known[key]
    return found
