"""The theorems' hypotheses and the closure of traits, as records: one place, printed by the documentation.

A is the block that acts first and B the one after it (J = J_B J_A); in sums and stacks A and B are any two
branches. `independent` means that A and B share no weight and no mark. Source: theory of block dynamical
isometry (Chen et al. 2020), made precise by freeness (Voiculescu 1987; Benaych-Georges 2009 for the
rectangular sum); the orders were checked by simulation (docs/theorems.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from freeblock.calculus.traits import INFINITE, Traits
from freeblock.language.records import record

Test = Callable[[Traits, Traits, bool], bool]


@record
class Condition:
    """A sufficient condition for a theorem to hold at all orders up to `order`."""

    order: int
    statement: str
    holds: Test
    independence: bool = False
    """Whether the condition rests on the independence of A and B."""


SERIAL: tuple[Condition, ...] = (
    Condition(INFINITE, "A is left-Gram", lambda a, b, independent: a.left_gram),
    Condition(INFINITE, "B is right-Gram", lambda a, b, independent: b.right_gram),
    Condition(3, "A and B independent, A skip-left with a right-isotropic branch, B right-isotropic",
              lambda a, b, independent: independent and a.skip_left and a.skip_left_branch_isotropic
              and b.right_isotropic, True),
    Condition(3, "A and B independent, B skip-right with a left-isotropic branch, A left-isotropic",
              lambda a, b, independent: independent and b.skip_right and b.skip_right_branch_isotropic
              and a.left_isotropic, True),
    Condition(1, "A is left-isotropic given all masks",
              lambda a, b, independent: a.left_isotropic_given_masks),
    Condition(1, "B is right-isotropic given all masks",
              lambda a, b, independent: b.right_isotropic_given_masks),
    Condition(1, "A and B independent, A left-isotropic or B right-isotropic",
              lambda a, b, independent: independent and (a.left_isotropic or b.right_isotropic), True),
    Condition(1, "A left-deterministic and B right-isotropic",
              lambda a, b, independent: a.left_deterministic and b.right_isotropic),
    Condition(1, "B right-deterministic and A left-isotropic",
              lambda a, b, independent: b.right_deterministic and a.left_isotropic),
)

SUM: tuple[Condition, ...] = (
    Condition(INFINITE, "one of them is left and right invariant",
              lambda a, b, independent: a.bi_invariant or b.bi_invariant),
    Condition(INFINITE, "one is isometric and the other left",
              lambda a, b, independent: (a.isometric and b.left) or (b.isometric and a.left)),
    Condition(INFINITE, "one is coisometric and the other right",
              lambda a, b, independent: (a.coisometric and b.right) or (b.coisometric and a.right)),
    Condition(3, "independent, one circular, both left-isotropic and right-isotropic",
              lambda a, b, independent: independent and (a.circular or b.circular)
              and a.left_isotropic and b.left_isotropic and a.right_isotropic and b.right_isotropic, True),
    Condition(2, "one circular; one left-isotropic and one right-isotropic, given all masks or independently",
              lambda a, b, independent: (a.circular or b.circular)
              and (a.left_isotropic_given_masks or b.left_isotropic_given_masks
                   or (independent and (a.left_isotropic or b.left_isotropic)))
              and (a.right_isotropic_given_masks or b.right_isotropic_given_masks
                   or (independent and (a.right_isotropic or b.right_isotropic))), True),
    Condition(1, "one of them is central through a weight that the other lacks",
              lambda a, b, independent: _central_alone(a, b) or _central_alone(b, a)),
)

STACK: tuple[Condition, ...] = (
    Condition(INFINITE, "one of them is right-Gram", lambda a, b, independent: a.right_gram or b.right_gram),
    Condition(3, "independent and both right-isotropic",
              lambda a, b, independent: independent and a.right_isotropic and b.right_isotropic, True),
    Condition(2, "one is right-isotropic given all masks, or they are independent and one is right-isotropic",
              lambda a, b, independent: a.right_isotropic_given_masks or b.right_isotropic_given_masks
              or (independent and (a.right_isotropic or b.right_isotropic)), True),
    Condition(1, "always", lambda a, b, independent: True),
)

THEOREMS: dict[str, tuple[Condition, ...]] = {"serial": SERIAL, "sum": SUM, "stack": STACK}


def _central_alone(central: Traits, other: Traits) -> bool:
    if not central.central:
        return False
    if not central.weights & other.weights:
        return True
    return bool(central.central_through & ~other.weights)


def best_condition(theorem: str, first: Traits, second: Traits, *, independent: bool, distinct: bool) -> Condition:
    """The first condition that holds; order 0 where none does.

    Shared weights, and blocks that act across a batch, leave only order 1 of sums and stacks.
    """
    distinct = distinct and not (first.batchwise or second.batchwise)
    for condition in THEOREMS[theorem]:
        if not distinct and (condition.order > 1 or theorem == "serial"):
            continue
        if condition.holds(first, second, independent):
            return condition
    return NOTHING


NOTHING = Condition(0, "no condition holds", lambda a, b, independent: True)


@record
class Closure:
    """When a composite block has a trait. The test sees the parts and whether they are independent."""

    trait: str
    statement: str
    holds: Test


SERIAL_CLOSURE: tuple[Closure, ...] = (
    Closure("left", "B left, or B orthogonal and A left",
            lambda a, b, independent: b.left or (b.orthogonal and a.left)),
    Closure("right", "A right, or A orthogonal and B right",
            lambda a, b, independent: a.right or (a.orthogonal and b.right)),
    Closure("conjugate", "both", lambda a, b, independent: a.conjugate and b.conjugate),
    Closure("isometric", "both", lambda a, b, independent: a.isometric and b.isometric),
    Closure("coisometric", "both", lambda a, b, independent: a.coisometric and b.coisometric),
    Closure("scalar", "both", lambda a, b, independent: a.scalar and b.scalar),
    Closure("diagonal", "both", lambda a, b, independent: a.diagonal and b.diagonal),
    Closure("central", "one of them", lambda a, b, independent: a.central or b.central),
    Closure("circular", "one of them", lambda a, b, independent: a.circular or b.circular),
    Closure("left_gram", "B left; B conjugate or orthogonal and A left-Gram; A coisometric and B left-Gram",
            lambda a, b, independent: b.left or ((b.conjugate or b.orthogonal) and a.left_gram)
            or (a.coisometric and b.left_gram)),
    Closure("right_gram", "A right; A conjugate or orthogonal and B right-Gram; B isometric and A right-Gram",
            lambda a, b, independent: a.right or ((a.conjugate or a.orthogonal) and b.right_gram)
            or (b.isometric and a.right_gram)),
    Closure("left_isotropic", "B left-isotropic and A so given all masks (or A left-isotropic and independent)",
            lambda a, b, independent: b.left_isotropic
            and (a.left_isotropic_given_masks or (independent and a.left_isotropic))),
    Closure("right_isotropic", "A right-isotropic and B so given all masks (or B right-isotropic and independent)",
            lambda a, b, independent: a.right_isotropic
            and (b.right_isotropic_given_masks or (independent and b.right_isotropic))),
    Closure("left_isotropic_given_masks", "both",
            lambda a, b, independent: a.left_isotropic_given_masks and b.left_isotropic_given_masks),
    Closure("right_isotropic_given_masks", "both",
            lambda a, b, independent: a.right_isotropic_given_masks and b.right_isotropic_given_masks),
    Closure("left_deterministic", "both",
            lambda a, b, independent: a.left_deterministic and b.left_deterministic),
    Closure("right_deterministic", "both",
            lambda a, b, independent: a.right_deterministic and b.right_deterministic),
)

_KEPT_BY_SUM = ("left", "right", "conjugate", "scalar", "diagonal", "central", "circular")
_KEPT_BY_CENTRAL_SUM = ("left_isotropic", "right_isotropic", "left_isotropic_given_masks",
                        "right_isotropic_given_masks", "left_deterministic", "right_deterministic")
_KEPT_BY_STACK = ("right", "right_gram", "isometric", "right_isotropic", "right_isotropic_given_masks",
                  "right_deterministic", "central", "circular")
_KEPT_BY_EQUAL_STACK = ("left_isotropic", "left_isotropic_given_masks")

SUM_CLOSURE: tuple[tuple[str, str], ...] = (
    (", ".join(_KEPT_BY_SUM), "all branches have it (distinct weights)"),
    (", ".join(_KEPT_BY_CENTRAL_SUM), "all branches have it and at most one is not central"),
    ("right_gram", "the invariant branches plus one isometric one"),
    ("left_gram", "the invariant branches plus one coisometric one"),
    ("skip_left", "scalar branches plus left ones"),
    ("skip_right", "scalar branches plus right ones"),
    ("isometric, coisometric", "never"),
)
STACK_CLOSURE: tuple[tuple[str, str], ...] = (
    (", ".join(_KEPT_BY_STACK), "all branches have it (distinct weights)"),
    ("left_deterministic", "all branches have it and at most one is not central"),
    (", ".join(_KEPT_BY_EQUAL_STACK), "all branches have it, their φ are equal, and at most one is not central"),
    ("left, conjugate, coisometric, scalar, diagonal", "never"),
)
"""What `sum_flags` and `stack_flags` do, as the documentation prints it."""


def sum_flags(parts: Sequence[Traits]) -> dict[str, bool]:
    """The traits a sum of blocks with distinct weights keeps."""
    flags = {trait: all(getattr(part, trait) for part in parts) for trait in _KEPT_BY_SUM}
    flags["batchwise"] = any(part.batchwise for part in parts)
    mostly_central = sum(not part.central for part in parts) <= 1
    for trait in _KEPT_BY_CENTRAL_SUM:
        flags[trait] = mostly_central and all(getattr(part, trait) for part in parts)
    others = [part for part in parts if not part.bi_invariant]
    flags["right_gram"] = len(others) <= 1 and all(part.isometric for part in others)
    flags["left_gram"] = len(others) <= 1 and all(part.coisometric for part in others)
    branches = [part for part in parts if not part.scalar]
    if branches and len(branches) < len(parts):
        flags["skip_left"] = all(part.left for part in branches)
        flags["skip_left_branch_isotropic"] = all(part.right_isotropic for part in branches)
        flags["skip_right"] = all(part.right for part in branches)
        flags["skip_right_branch_isotropic"] = all(part.left_isotropic for part in branches)
    return flags


def stack_flags(parts: Sequence[Traits], *, equal_phi: bool) -> dict[str, bool]:
    """The traits a stack of blocks with distinct weights keeps."""
    flags = {trait: all(getattr(part, trait) for part in parts) for trait in _KEPT_BY_STACK}
    flags["batchwise"] = any(part.batchwise for part in parts)
    mostly_central = sum(not part.central for part in parts) <= 1
    flags["left_deterministic"] = mostly_central and all(part.left_deterministic for part in parts)
    for trait in _KEPT_BY_EQUAL_STACK:
        flags[trait] = equal_phi and mostly_central and all(getattr(part, trait) for part in parts)
    return flags
