"""What pairs of blocks add to κ, as a number: for activations whose joint law of two slopes is a Gaussian integral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.calculus.overlap.chain import Residual
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression

PAIRS = 5000
"""Pairs that are integrated, at most: of 100 blocks, which takes some seconds. `freeblock overlap` takes more."""
ROUNDING = 1e-12
"""Relative error of what is worked out with floats."""


def added_number(blocks: Sequence[Residual], constants: Mapping[str, Fraction]) -> tuple[float, float] | None:
    """The sum over pairs, and a bound on its error; None where a symbol has no value. Raises RefusedError.

    None, too, where more than `PAIRS` would have to be integrated.
    """
    if not blocks[0].branch.on_sides and len(blocks) * (len(blocks) - 1) > 2 * PAIRS:
        return None

    def value_of(expression: Expression) -> float:
        return evaluate(expression, constants).to_float()

    try:
        sizes, phis, masses, patterns = ([value_of(value) for value in values] for values in zip(
            *[(block.size, block.phi, block.added, block.pattern) for block in blocks], strict=True))
        variances = [1.0 if block.branch.on_sides else value_of(block.branch.activation.arguments["q"])
                     for block in blocks]
        function = blocks[0].branch.unit.function
        assert function is not None
        means = CorrelatedMeans(function, value_of)
    except KeyError:
        return None
    total = weight = 0.0
    for place, phi in enumerate(phis):
        between = 2 * masses[place] / phi**2
        for later in range(place + 1, len(phis)):
            between /= phis[later]
            excess = _excess(means, variances[place], variances[later], sqrt(sizes[place] / sizes[later]))
            total += between * masses[later] * excess
            weight += between * masses[later] * (1 + max(patterns[place], patterns[later]))
    return total, (max(means.error, ROUNDING) + ROUNDING) * weight


def _excess(means: CorrelatedMeans, first: float, second: float, correlation: float) -> float:
    """E D_j²D_l²/(E D_j² E D_l²) − 1."""
    both = means.slope_product(first, second, correlation * sqrt(first * second))
    return both / (means.slope_moment(2, first) * means.slope_moment(2, second)) - 1
