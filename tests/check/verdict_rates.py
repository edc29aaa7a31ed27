"""How often a check is right, over many seeds."""

from __future__ import annotations

from sampled_networks import network

from freeblock.check import CheckResult, run_check

CHAIN = "(dense(var=2/fan_in) >> relu)^2"
LONG_CHAIN = "(dense(var=2/fan_in) >> relu)^4"
RESIDUAL = "id + (dense(var=1/fan_in) >> relu >> dense(var=1/fan_in))"
STACK = "id | (relu >> dense(n/3, var=2/fan_in))"

MOMENTS = {
    CHAIN: (1.0, 1.0 + 4.0),  # κ adds 1 for each weight and 1 for each relu
    LONG_CHAIN: (1.0, 1.0 + 8.0),
    RESIDUAL: (1.5, 1.5**2 + 1.5**2 - 1.0 + 0.5**2 * 3 - 0.5**2),  # φ² + Σ(ϕ_i − φ_i²)
    STACK: (1.0, 1.0 + 2 / 3),
}
"""Network → its true φ and φ_2 (theory: sums and stacks of the first two moments)."""


def rates(text: str, first_seed: int, seeds: int) -> list[tuple[bool, bool, list[bool]]]:
    """For each seed: does the true formula pass; do both 5 % too large fail; does each single error fail."""
    block, (phi, phi_2) = network(text), MOMENTS[text]
    found = []
    for seed in range(first_seed, first_seed + seeds):
        result = run_check(block, lambda values: (phi, phi_2), {}, seed=seed)
        singles = [(1.05, 1.0), (0.95, 1.0), (1.0, 1.05), (1.0, 0.95)]
        found.append((
            result.agrees,
            not _would_agree(result, (1.05 * phi, 1.05 * phi_2)),
            [not _would_agree(result, (a * phi, b * phi_2)) for a, b in singles],
        ))
    return found


def _would_agree(result: CheckResult, predicted: tuple[float, float]) -> bool:
    """The verdict on another formula, from the same samples: the tolerance does not depend on the formula."""
    return all(
        abs(claim - order.measured) <= order.tolerance
        for claim, order in zip(predicted, result.orders, strict=True)
    )
