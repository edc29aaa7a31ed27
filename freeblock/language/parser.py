"""From text to tree: a driver that runs the table of the grammar over the tokens."""

from __future__ import annotations

from typing import Any, TypeAlias

from freeblock.language.builder import Builder
from freeblock.language.complaints import complain
from freeblock.language.nodes import Node, Program, Relation
from freeblock.language.scanner import Tokens, scan
from freeblock.language.table import Table
from freeblock.source import Source

_Rule: TypeAlias = tuple[int, int, Any]  # made, size, build: the last is None or an action
_Settled: TypeAlias = tuple[int, tuple[Any, ...], int | None]  # state, actions, next step


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
    table, kinds, gotos = tokens.table, tokens.kinds, tokens.table.gotos
    builder = Builder(tokens)
    rules: list[_Rule] = [(made, size, builder.action(name)) for made, size, name in table.rules]
    first, final = table.starts[start]
    states: list[int] = [first]
    values: list[Any] = []
    settled: dict[tuple[int, int, int], _Settled] = {}
    place, state, step = 0, first, table.actions[first].get(kinds[0])
    while state != final:
        if step is None:
            raise complain(tokens, place, _acceptable(table, states))
        if step >= 0:
            before, state, value = state, step, place
            place += 1
        else:
            made, size, build = rules[~step]
            kept = len(values) - size
            value = build(*values[kept:])
            del values[kept:], states[kept + 1 :]
            before = states[-1]
            state = gotos[before][made]
        # What follows is known from three numbers, and the same again and again in any text.
        key = (before, state, kinds[place])
        try:
            state, builds, step = settled[key]
        except KeyError:
            state, builds, step = settled[key] = _settle(table, rules, *key, final)
        for build in builds:
            value = build(value)
        values.append(value)
        states.append(state)
    return values[-1]


def _settle(table: Table, rules: list[_Rule], before: int, state: int, kind: int, final: int) -> _Settled:
    """All reductions of what was read last alone: a name becomes a power, a product, a sum …

    The state after them, their actions, and the next step; `final` ends the text.
    """
    builds = []
    step = table.actions[state].get(kind)
    while state != final and step is not None and step < 0 and rules[~step][1] == 1:
        made, _, build = rules[~step]
        if build is not None:
            builds.append(build)
        state = table.gotos[before][made]
        step = table.actions[state].get(kind)
    return state, tuple(builds), step


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
