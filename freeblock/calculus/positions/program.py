"""A tree as a straight list of instructions, so that it can be walked forwards and backwards without recursion."""

from __future__ import annotations

from typing import Literal, NamedTuple

from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum

LONGEST = 20_000


class Instruction(NamedTuple):
    """A leaf or a scale; or the begin, the middle and the end of branches."""

    kind: Literal["leaf", "scale", "fork", "next", "join"]
    block: Block


class NoProgram(Exception):
    """The tree is not a finite list of components; the message says why."""


def program_of(root: Block) -> list[Instruction]:
    """The instructions in the order of the data. Raises NoProgram."""
    found: list[Instruction] = []
    waiting: list[Block | Instruction] = [root]
    while waiting:
        here = waiting.pop()
        if len(found) + len(waiting) > LONGEST:
            raise NoProgram("it has too many components")
        if isinstance(here, Instruction):
            found.append(here)
        elif isinstance(here, Leaf):
            found.append(Instruction("leaf", here))
        elif isinstance(here, (Serial, Commuting)):
            waiting.extend(reversed(here.parts))
        elif isinstance(here, Scale):
            waiting += [Instruction("scale", here), here.block]
        elif isinstance(here, Repeat):
            count = here.count.number()
            if not isinstance(count, int):
                raise NoProgram(f"the number of copies of `{here.block.label}` is a symbol")
            if count > LONGEST:
                raise NoProgram("it has too many components")
            waiting.extend([here.block] * count)
        elif isinstance(here, (Sum, Stack)):
            waiting.append(Instruction("join", here))
            for place, part in enumerate(reversed(here.parts)):
                if place:
                    waiting.append(Instruction("next", here))
                waiting.append(part)
            waiting.append(Instruction("fork", here))
        else:
            assert isinstance(here, Indexed)
            raise NoProgram(f"a bound of the index `{here.index}` is a symbol")
    return found
