"""Walks over the resolved tree without recursion."""

from __future__ import annotations

from collections.abc import Iterator

from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale


def parts_of(block: Block) -> tuple[Block, ...]:
    """The blocks directly inside."""
    if isinstance(block, Leaf):
        return ()
    if isinstance(block, (Scale, Repeat)):
        return (block.block,)
    if isinstance(block, Indexed):
        return (block.body,)
    return block.parts


def children_first(block: Block) -> list[Block]:
    """All blocks of a tree, each after those inside it."""
    order: list[Block] = []
    waiting: list[tuple[Block, bool]] = [(block, False)]
    while waiting:
        here, done = waiting.pop()
        if done:
            order.append(here)
            continue
        waiting.append((here, True))
        waiting.extend((part, False) for part in reversed(parts_of(here)))
    return order


def leaves(block: Block) -> Iterator[Leaf]:
    """The components of a tree."""
    waiting = [block]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Leaf):
            yield here
        else:
            waiting.extend(parts_of(here))


def is_skip(block: Block) -> bool:
    """Whether a branch has no activation in it."""
    return not any(leaf.rule.kind == "activation" for leaf in leaves(block))
