"""The normal form of a resolved tree: the rewritings of theory that no theorem's hypothesis needs.

Chains are flattened; scalars are merged; adjacent diagonals are merged (they commute); common prefixes are
factored, `(P>>A)+(P>>B) = P>>(A+B)`, where P is the same map of the same input; unit-wise blocks are
distributed over a stack, `(A|B)>>relu = (A>>relu)|(B>>relu)`, and both likewise over an index; a repeated
body that begins and ends with a diagonal is rotated so that the two meet; `relu>>relu` is `relu`.
"""

from __future__ import annotations

from freeblock.calculus.indexed_form import make_indexed
from freeblock.calculus.parallel_form import make_parallel
from freeblock.calculus.repeat_form import make_repeat
from freeblock.calculus.scaling import make_scale
from freeblock.calculus.serial_form import make_serial
from freeblock.language.walk import Pass, Step, run
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum


def normal_form(block: Block) -> Block:
    """The tree the theorems are applied to; it describes the same random matrix."""
    return block if isinstance(block, (Leaf, Commuting)) else run(_rewritten(block))


def _normal(block: Block) -> Step[Block]:
    return block if isinstance(block, (Leaf, Commuting)) else _rewritten(block)


def _rewritten(block: Block) -> Pass[Block]:
    if isinstance(block, (Serial, Sum, Stack)):
        parts = []
        for part in block.parts:
            parts.append((yield _normal(part)))
        return make_serial(parts, block) if isinstance(block, Serial) else make_parallel(parts, block)
    if isinstance(block, Scale):
        inner = yield _normal(block.block)
        return make_scale(block.factor, inner, block)
    if isinstance(block, Repeat):
        inner = yield _normal(block.block)
        return make_repeat(inner, block)
    assert isinstance(block, Indexed)
    body = yield _normal(block.body)
    return make_indexed(body, block)
