"""What branches begin with, whether it is one map for all of them, what follows it, and how the rest is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from freeblock.calculus.diagonals import is_identity
from freeblock.network.identity import identity
from freeblock.network.leaves import LABEL_LENGTH, shortened
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Scale, Serial
from freeblock.network.wording import in_words


def first_leaf(block: Block) -> Block:
    """What acts first in a chain; a sum, stack or repeat counts as one."""
    while isinstance(block, (Scale, Serial, Commuting)):
        block = block.block if isinstance(block, Scale) else block.parts[0]
    return block


def map_of(block: Block) -> object:
    """A key that two leaves on one input share if they are the same matrix; None for what is drawn anew.

    The same matrix is one shared draw, or one function of the input.
    """
    if not isinstance(block, Leaf) or is_identity(block):
        return None
    if block.rule.depends_on in {"weights", "noise"}:
        return (id(block.rule), block.identity) if block.shared else None
    return (id(block.rule), block.written, frozenset(block.arguments.items()))


def without_first(block: Block) -> Block:
    """What is left of a chain behind its first leaf."""
    if isinstance(block, Scale):
        return replace(block, block=without_first(block.block), columns=first_leaf(block).rows)
    if isinstance(block, (Serial, Commuting)):
        head, *tail = block.parts
        parts = tail if isinstance(head, Leaf) else [without_first(head), *tail]
        rest = replace(block, parts=tuple(parts), columns=parts[0].columns,
                       label=" >> ".join(part.label for part in parts))
        return parts[0] if len(parts) == 1 else rest
    return identity(block.rows, block.span)


def label_of_branches(kind: Literal["sum", "stack"], branches: Sequence[Block]) -> str:
    """How branches side by side are called."""
    labels = [f"({branch.label})" if any(sign in branch.label for sign in (">>", " + ", " | ")) else branch.label
              for branch in branches[:LABEL_LENGTH]]
    return shortened((" + " if kind == "sum" else " | ").join(labels))


def label_of_indexed(block: Indexed, body: Block) -> str:
    """How the indexed form is called with another body."""
    return shortened(f"{block.kind}[{block.index}={in_words(block.lower)}..{in_words(block.upper)}]({body.label})")
