"""The names under which the user wrote the blocks of a tree."""

from __future__ import annotations

from freeblock.language.nodes import Definition, Let
from freeblock.language.parser import parse_program
from freeblock.network.nodes import Block
from freeblock.network.tree import children_first
from freeblock.source import Source


def given_names(root: Block) -> dict[Block, str]:
    """Block → `name`, or `let name`, where it is the body of such a statement."""
    names: dict[Block, str] = {}
    bodies: dict[Source, dict[tuple[int, int], str]] = {}
    for block in children_first(root):
        source = block.span.source
        if source not in bodies:
            bodies[source] = _bodies(source)
        name = bodies[source].get((block.span.start, block.span.end))
        if name is not None:
            names[block] = name
    return names


def _bodies(source: Source) -> dict[tuple[int, int], str]:
    found = {}
    for statement in parse_program(source).statements:
        if isinstance(statement, (Definition, Let)):
            body = statement.body.span
            found[body.start, body.end] = f"let {statement.name}" if isinstance(statement, Let) else statement.name
    return found
