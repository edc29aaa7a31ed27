"""The LALR table that lark makes of `grammar/freeblock.lark`, kept as plain data in the user's cache."""

from __future__ import annotations

from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from freeblock.resources import cached, directory

FORMAT = "2"  # of the cached data; a new number forgets every older cache
STARTS = ("program", "formula")
END = "$END"


class Table:
    """What the scanner and the driver need, terminals and nonterminals numbered.

    `actions[state][terminal]` is the state to shift to, or ~r to reduce by rule r; a rule is the
    nonterminal it makes, the number of its parts, and the action that builds it (None passes its only
    part on). `starts` gives for each start rule the state to begin in and the state to end in.
    """

    __slots__ = ("terminals", "literals", "patterns", "rules", "actions", "gotos", "starts")

    def __init__(self, data: dict[str, Any]) -> None:
        self.terminals: list[str] = data["terminals"]
        self.literals: dict[str, str] = data["literals"]
        self.patterns: dict[str, str] = data["patterns"]
        self.rules: list[tuple[int, int, str | None]] = [tuple(rule) for rule in data["rules"]]
        self.actions: list[dict[int, int]] = [dict(row) for row in data["actions"]]
        self.gotos: list[dict[int, int]] = [dict(row) for row in data["gotos"]]
        self.starts: dict[str, list[int]] = data["starts"]


@cache
def grammar_table() -> Table:
    """The table of the grammar, from the cache where it holds one made of this very grammar."""
    grammar = (directory("grammar") / "freeblock.lark").read_text(encoding="utf-8")
    key = (FORMAT, _lark_version(), grammar)
    return Table(cached("grammar", key, lambda: _compile(grammar)))


def _lark_version() -> str:
    """What tells one lark from another, without importing it: the text that states its version."""
    spec = PathFinder.find_spec("lark")
    try:
        return Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    except (OSError, ValueError):
        return ""


def _compile(grammar: str) -> dict[str, Any]:
    """Let lark make the table, and number everything in it."""
    from lark import Lark  # noqa: PLC0415 (a warm cache never imports lark)
    from lark.lexer import PatternStr  # noqa: PLC0415

    made = Lark(grammar, parser="lalr", lexer="basic", start=list(STARTS))
    table = made.parser.parser._parse_table
    terminals = [END, *sorted(terminal.name for terminal in made.terminals)]
    nonterminals = sorted({rule.origin.name for rule in made.rules})
    states = _number_states(table)
    rules = {rule: number for number, rule in enumerate(made.rules)}
    actions: list[list[tuple[int, int]]] = [[] for _ in states]
    gotos: list[list[tuple[int, int]]] = [[] for _ in states]
    for state, number in states.items():
        for symbol, (_, target) in sorted(table.states[state].items()):
            if symbol in nonterminals:
                gotos[number].append((nonterminals.index(symbol), states[target]))
            else:
                step = ~rules[target] if target in rules else states[target]
                actions[number].append((terminals.index(symbol), step))
    literals = [terminal for terminal in made.terminals if isinstance(terminal.pattern, PatternStr)]
    patterns = [terminal for terminal in made.terminals if terminal not in literals]
    ends = table.end_states
    return {
        "terminals": terminals,
        "literals": {terminal.pattern.value: terminal.name for terminal in literals},
        "patterns": {terminal.name: terminal.pattern.to_regexp() for terminal in patterns},
        "rules": [(nonterminals.index(rule.origin.name), len(rule.expansion), rule.alias) for rule in rules],
        "actions": actions,
        "gotos": gotos,
        "starts": {start: [states[table.start_states[start]], states[ends[start]]] for start in STARTS},
    }


def _number_states(table: Any) -> dict[int, int]:
    """Lark's states in the order sorted symbols lead to them; its own order changes from run to run."""
    states = {table.start_states[start]: number for number, start in enumerate(STARTS)}
    waiting = list(states)
    for state in waiting:
        for _, (_, target) in sorted(table.states[state].items()):
            if target in table.states and target not in states:
                states[target] = len(states)
                waiting.append(target)
    return states
