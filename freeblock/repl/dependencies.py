"""The order of definitions: each below those it uses, otherwise as they were said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from freeblock.language.nodes import (
    Call,
    Chain,
    Definition,
    Indexed,
    Let,
    Name,
    Negate,
    Node,
    Power,
    Product,
    Reciprocal,
    Statement,
)


def names_used(node: Node) -> Iterator[str]:
    """Every name in an expression."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (Name, Call)):
            yield part.name
        if isinstance(part, Call):
            waiting.extend(argument.value for argument in part.arguments)
        elif isinstance(part, (Chain, Product)):
            waiting.extend(part.parts)
        elif isinstance(part, (Negate, Reciprocal)):
            waiting.append(part.operand)
        elif isinstance(part, Power):
            waiting += [part.base, part.exponent]
        elif isinstance(part, Indexed):
            waiting += [part.body, part.lower, part.upper]


def in_order_of_use(statements: Sequence[Statement]) -> list[int]:
    """The places of the statements, definitions below those they use; a circle stays as it is."""
    places = {statement.name: place for place, statement in enumerate(statements)
              if isinstance(statement, (Definition, Let))}
    order: list[int] = []
    entered: set[int] = set()
    for first in range(len(statements)):
        waiting = [(first, False)]
        while waiting:
            place, done = waiting.pop()
            if done:
                order.append(place)
            elif place not in entered:
                entered.add(place)
                waiting.append((place, True))
                waiting.extend((other, False) for other in sorted(_needed(statements[place], places), reverse=True))
    return order


def _needed(statement: Statement, places: Mapping[str, int]) -> set[int]:
    if not isinstance(statement, (Definition, Let)):
        return set()
    own = statement.parameters if isinstance(statement, Definition) else ()
    return {places[name] for name in names_used(statement.body) if name in places and name not in own}
