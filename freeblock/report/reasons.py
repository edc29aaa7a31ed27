"""Why a moment is not given, in one sentence."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation


def reason_of_refusal(derivation: Derivation, order: int) -> str:
    """The first thing that stands in the way of φ_order, and the assumption that would go on with it."""
    reasons = [item for item in derivation.refusals() if item.order == order or item.theorem == "component"]
    reasons = reasons or derivation.refusals()
    if not reasons:
        return "the library gives no law of that order"
    reason = reasons[0]
    blocks = " and ".join(f"`{block}`" for block in reason.blocks[:2])
    return f"{reason.because}, {blocks}; --assume {reason.name} goes on with it as an assumption"
