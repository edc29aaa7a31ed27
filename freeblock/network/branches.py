"""Branches on one vector, joined: their widths are equal in a sum and added in a stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from freeblock.errors import ShapeError
from freeblock.formula.expression import ZERO, Expression
from freeblock.formula.sums import multiply_out, total
from freeblock.network.leaves import label_of
from freeblock.network.nodes import Block, Stack, Sum
from freeblock.network.wording import in_words
from freeblock.source import Span


def join_branches(
    kind: Literal["sum", "stack"], parts: Sequence[Block], columns: Expression, span: Span
) -> Sum | Stack:
    """The sum or stack of blocks that act on one vector. Raises ShapeError."""
    label = label_of(span)
    if kind == "stack":
        rows = total(part.rows for part in parts)
        return Stack(tuple(parts), rows, columns, label, span)
    first = parts[0]
    for part in parts[1:]:
        if not same_width(first.rows, part.rows):
            raise ShapeError(
                f"the branches of a sum must have equal widths: `{first.label}` gives {in_words(first.rows)}, "
                f"`{part.label}` gives {in_words(part.rows)}", part.span,
                "use `|` to stack outputs, or give the branches the same width")
    return Sum(tuple(parts), first.rows, columns, label, span)


def same_width(first: Expression, second: Expression) -> bool:
    """Whether two widths are equal as formulas."""
    return first == second or multiply_out(first - second) == ZERO
