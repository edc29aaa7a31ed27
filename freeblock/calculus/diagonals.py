"""Which blocks are diagonal, scalar, 0/1 or the identity, and what the diagonals inside a block look at."""

from __future__ import annotations

from collections.abc import Callable

from freeblock.language.formulas import names_in
from freeblock.language.nodes import Node, Number
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Sum
from freeblock.network.tree import leaves


def is_scalar(block: Block) -> bool:
    """Whether J = cI with c non-random and known."""
    return _all_leaves(block, lambda leaf: "scalar" in leaf.traits and leaf.jacobian.every_moment,
                       (Scale, Repeat, Sum))


def is_diagonal(block: Block) -> bool:
    """Whether J is diagonal with known moments: a unit-wise block, products of such, sums of non-negative ones."""
    return _all_leaves(block, lambda leaf: leaf.jacobian.every_moment
                       and not leaf.traits.isdisjoint(("diagonal", "scalar")), (Scale, Repeat, Sum, Commuting))


def _all_leaves(block: Block, holds: Callable[[Leaf], bool], kinds: tuple[type, ...]) -> bool:
    """Whether a block is made of such leaves by such kinds only; sums need to know the odd moments too."""
    if isinstance(block, Leaf):
        return holds(block)
    waiting: list[tuple[Block, bool]] = [(block, False)]
    while waiting:
        here, signed = waiting.pop()
        if isinstance(here, Leaf):
            if not holds(here) or (signed and "nonnegative" not in here.traits and not here.jacobian.of_function):
                return False
        elif not isinstance(here, kinds):
            return False
        elif isinstance(here, (Scale, Repeat)):
            waiting.append((here.block, signed))
        elif not isinstance(here, Indexed):
            waiting.extend((part, signed or isinstance(here, Sum)) for part in here.parts)
    return True


def is_identity(block: Block) -> bool:
    """Whether J = I: a scalar without randomness whose every moment is written as 1."""
    return (isinstance(block, Leaf) and "scalar" in block.traits and block.rule.depends_on == "nothing"
            and isinstance(block.jacobian.moments, Number) and block.jacobian.moments.value == 1)


def is_zero_one_of_sign(block: Block) -> bool:
    """A function of the sign, nowhere falling, whose moments do not depend on their order: f' is 0 or 1."""
    if not isinstance(block, Leaf) or block.rule.depends_on != "sign" or block.jacobian.moments is None:
        return False
    return "nonnegative" in block.traits and not _speaks_of_order(block.jacobian.moments)


def is_rising_in_sign(block: Block) -> bool:
    """A function of the sign that falls nowhere and is 0 at 0, such as relu: it changes places with a maximum."""
    return isinstance(block, Leaf) and block.rule.depends_on == "sign" and "nonnegative" in block.traits


_speaking: dict[int, tuple[Node, bool]] = {}
"""By the identity of a rule's formula, which is kept: its hash would be that of all its parts."""


def _speaks_of_order(moments: Node) -> bool:
    known = _speaking.get(id(moments))
    if known is None:
        known = _speaking[id(moments)] = moments, any(name.name == "k" for name in names_in(moments))
    return known[1]


def looks_at(block: Block) -> set[str]:
    """What the data-dependent diagonals inside look at: signs, values, or nothing."""
    return {"sign", "value"} & {leaf.rule.depends_on for leaf in leaves(block)}
