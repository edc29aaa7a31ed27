"""The error that tells of a refused moment: what is missing, and how to go on with it as an assumption."""

from __future__ import annotations

from freeblock.calculus.derivation import Derivation
from freeblock.errors import RefusedError


def refusal(derivation: Derivation, order: int) -> RefusedError:
    """Why φ (order 1), ϕ (order 2) or a higher moment is refused."""
    given = derivation.given
    what = ("the first moment is refused" if not given else "the variance is refused" if order == 2
            else f"the moment of order {order} is refused")
    lines = []
    names: list[str] = []
    for item in derivation.refusals():
        if item.order > max(given + 1, 1) and item.theorem != "component":
            continue
        where = item.theorem if item.theorem == "component" else f"order {item.order}, {item.theorem}"
        lines.append(f"  {where}: {item.because} ({', '.join(item.blocks)})")
        names.append(item.name)
    if not lines:
        lines.append("  the library gives no law of that order")
    chosen = list(dict.fromkeys(names))
    hint = "to go on with it as a printed assumption add " + " ".join(f"--assume {name}" for name in chosen)
    return RefusedError("\n".join([what, *dict.fromkeys(lines)]), hint=hint if chosen else None)
