"""The order of definitions: each below those it uses, otherwise as they were said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from freeblock.language.nodes import (
    Assume,
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


def assigned(statement: Statement) -> str | None:
    """The symbol to which `assume x = …` gives a value, None for every other statement."""
    if not isinstance(statement, Assume) or statement.relation.operators != ("=",):
        return None
    return next((part.name for part in statement.relation.parts if isinstance(part, Name)), None)


def in_order_of_use(statements: Sequence[Statement]) -> list[int]:
    """The places of the statements, definitions and values below those they use; a circle stays as it is."""
    places = {name: place for place, statement in enumerate(statements) for name in _given(statement)}
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
                needed = {places[name] for name in _needed(statements[place]) if name in places}
                waiting.extend((other, False) for other in sorted(needed, reverse=True))
    return order


def _given(statement: Statement) -> list[str]:
    if isinstance(statement, (Definition, Let)):
        return [statement.name]
    name = assigned(statement)
    return [] if name is None else [name]


def _needed(statement: Statement) -> set[str]:
    """The names a definition or a value rests on."""
    if isinstance(statement, (Definition, Let)):
        own = statement.parameters if isinstance(statement, Definition) else ()
        return set(names_used(statement.body)) - set(own)
    name = assigned(statement)
    if name is None or not isinstance(statement, Assume):
        return set()
    return {used for part in statement.relation.parts for used in names_used(part)} - {name}
