"""Marks the normalisations of a vector that is normalised already: in a repeat, those of the second copy."""

from __future__ import annotations

from dataclasses import replace

from freeblock.language.walk import Pass, run
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial


def renormalizing(block: Block) -> Block:
    """The block where its input is normalised: what normalises that input first of all does so again."""
    return run(_marked(block))


def _marked(block: Block) -> Pass[Block]:
    if isinstance(block, Leaf):
        return replace(block, renormalizes=True) if block.rule.depends_on == "statistics" else block
    if isinstance(block, (Scale, Repeat)):
        return replace(block, block=(yield _marked(block.block)))
    if isinstance(block, Indexed):
        return replace(block, body=(yield _marked(block.body)))
    parts = list(block.parts)
    for place, part in enumerate(parts):
        parts[place] = yield _marked(part)
        if isinstance(block, Serial) and not (isinstance(part, Leaf) and part.rule.depends_on == "nothing"):
            break
    return replace(block, parts=tuple(parts))
