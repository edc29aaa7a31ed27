"""From text to tree: a driver that runs the table of the grammar over the tokens."""

from __future__ import annotations

from typing import Any

from freeblock.language.builder import Builder
from freeblock.language.complaints import complain
from freeblock.language.nodes import Node, Program, Relation
from freeblock.language.scanner import Tokens, scan
from freeblock.language.table import Table
from freeblock.source import Source


def parse_program(source: Source, start: int = 0, end: int | None = None) -> Program:
    """The statements of a text, or of the stretch of it from `start` to `end`; spans are places in the whole text.

    Raises LanguageError where the text does not follow the grammar, ArgumentError for a parameter named
    twice, LimitError beyond the limits of `grammar/README.md`.
    """
    tokens = scan(source, start, len(source.text) if end is None else end, newlines=True)
    program: Program = _drive(tokens, "program")
    return program


def parse_formula(source: Source, start: int = 0, end: int | None = None) -> Node | Relation:
    """One formula or relation, which may run over several lines.

    With `start` and `end` only that stretch of the text is read, and spans are places in the whole of it.
    Raises what `parse_program` does.
    """
    tokens = scan(source, start, len(source.text) if end is None else end, newlines=False)
    formula: Node | Relation = _drive(tokens, "formula")
    return formula


def _drive(tokens: Tokens, start: str) -> Any:
    """Shift and reduce until the start rule is complete; one loop, so depth costs no stack."""
    table = tokens.table
    actions, gotos, kinds = table.actions, table.gotos, tokens.kinds
    builder = Builder(tokens)
    rules = [(made, size, builder.action(name)) for made, size, name in table.rules]
    first, final = table.starts[start]
    states: list[int] = [first]
    values: list[Any] = []
    jumps: dict[tuple[int, int, int], int] = {}
    place, last = 0, len(kinds) - 1
    while True:
        step = actions[states[-1]].get(kinds[place])
        if step is None:
            raise complain(tokens, place, _acceptable(table, states))
        if step >= 0:
            states.append(step)
            values.append(place)
            place += 1
            continue
        made, size, build = rules[~step]
        if build is None:
            # A name becomes a power, a product, a sum …: the same run of renamings again and again.
            run = (states[-2], states[-1], kinds[place])
            state = jumps.get(run)
            if state is None:
                state = jumps[run] = _renamed(table, rules, states[-2], gotos[states[-2]][made], kinds[place], final)
            states[-1] = state
        else:
            kept = len(values) - size
            value = build(values[kept:])
            values[kept:] = (value,)
            states[kept + 1 :] = (gotos[states[kept]][made],)
        if place == last and states[-1] == final:
            return values[-1]


def _renamed(
    table: Table, rules: list[tuple[int, int, Any]], before: int, state: int, kind: int, final: int
) -> int:
    """The state after all reductions that only rename what was read last; `final` ends the text."""
    while state != final:
        step = table.actions[state].get(kind)
        if step is None or step >= 0 or rules[~step][2] is not None:
            break
        state = table.gotos[before][rules[~step][0]]
    return state


def _acceptable(table: Table, states: list[int]) -> set[str]:
    """The terminals that may come next.

    A row of the table lists more, since LALR merges states; a terminal counts if it survives its reductions.
    """
    finals = {final for _, final in table.starts.values()}
    acceptable: set[str] = set()
    for terminal, first in table.actions[states[-1]].items():
        tried = list(states)
        step: int | None = first
        while step is not None and step < 0:
            made, size, _ = table.rules[~step]
            del tried[len(tried) - size :]
            tried.append(table.gotos[tried[-1]][made])
            step = table.actions[tried[-1]].get(terminal)
        if step is not None or tried[-1] in finals:
            acceptable.add(table.terminals[terminal])
    return acceptable
