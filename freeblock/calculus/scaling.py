"""Factors of blocks: where they stand, and what they may be moved past."""

from __future__ import annotations

from dataclasses import replace

from freeblock.formula.expression import Expression
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.network.nodes import Block, Scale


def make_scale(factor: Expression, inner: Block, origin: Scale) -> Block:
    """factor · inner, with the factors of both in one."""
    if factor.is_one:
        return inner
    if isinstance(inner, Scale):
        return replace(origin, factor=factor * inner.factor, block=inner.block)
    return replace(origin, factor=factor, block=inner)


def scaled(factor: Expression, block: Block, origin: Block) -> Scale:
    """factor · block in the place of `origin`."""
    return Scale(factor, block, origin.rows, origin.columns, origin.label, origin.span)


def may_leave(factor: Expression, looking: set[str]) -> bool:
    """Whether blocks that look at signs or values behind the factor do not see it."""
    return not looking or (looking == {"sign"} and is_manifestly_positive(factor))
