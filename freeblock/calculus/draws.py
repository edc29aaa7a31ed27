"""The identity of a draw that is derived from another one: no two of them are equal."""

from __future__ import annotations

from dataclasses import replace

from freeblock.language.walk import Pass, run
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale

_BRANCHES = 1_000_003
"""More than the branches of any stack."""


def on_branch(identity: int, place: int) -> int:
    """The identity of a leaf's part on one branch of a stack."""
    return identity * _BRANCHES + place + 1


def drawn_again(identity: int) -> int:
    """The identity of a fresh draw of the same leaf."""
    return (identity + 1) * _BRANCHES - 1


def redrawn(block: Block) -> Block:
    """The same block with fresh weights and noise; what is drawn by `let` stays."""
    return run(_redrawn(block))


def _redrawn(block: Block) -> Pass[Block]:
    if isinstance(block, Leaf):
        return block if block.shared else replace(block, identity=drawn_again(block.identity))
    if isinstance(block, (Scale, Repeat)):
        return replace(block, block=(yield _redrawn(block.block)))
    if isinstance(block, Indexed):
        return replace(block, body=(yield _redrawn(block.body)))
    parts = []
    for part in block.parts:
        parts.append((yield _redrawn(part)))
    return replace(block, parts=tuple(parts))
