"""What may be meant by the beginning of a word: components, parameters, definitions, commands, each with its help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from freeblock.calculus.premises import PREMISE_NAMES
from freeblock.errors import FreeblockError
from freeblock.formula.functions import ARITY
from freeblock.language.nodes import Definition, ExpressionStatement, Let
from freeblock.language.scanner import Tokens, scan
from freeblock.network.wording import plural
from freeblock.repl.command_table import COMMANDS
from freeblock.repl.conversation import Conversation
from freeblock.repl.dependencies import names_used
from freeblock.source import Source

KEYWORDS = {
    "input": "the number of input coordinates: input m",
    "assume": "what may be taken for granted: assume sigma_w > 0",
    "let": "one random object, shared: let W = dense",
    "serial": "an indexed chain: serial[l=1..L](block)",
    "sum": "an indexed sum: sum[l=1..L](block)",
    "stack": "an indexed stack: stack[l=1..L](block)",
}
_OPENING, _CLOSING = ("LPAR", "LBRACKET"), ("RPAR", "RBRACKET")
_WORD = re.compile(r"[^\W\d]\w*\Z")
_COMMAND = re.compile(r"\s*:\s*(\w*)(\s+)?(.*)\Z", re.DOTALL)


class Suggestion(NamedTuple):
    """A text in the place of the last `length` characters, and one line about it."""

    text: str
    length: int
    help: str


def suggestions(before: str, talk: Conversation) -> Iterator[Suggestion]:
    """What the text before the cursor may go on with; the file names that commands take are not among it."""
    command = _COMMAND.match(before)
    if command is None:
        word = _WORD.search(before)
        yield from _matching(word.group() if word else "", _in_expression(before, talk))
    elif command[2] is None:
        yield from _matching(command[1], ((name, usage.meaning) for name, usage in COMMANDS.items()))
    else:
        yield from _matching(command[3], _in_command(command[1], talk))


def _matching(beginning: str, found: Iterator[tuple[str, str]]) -> Iterator[Suggestion]:
    for text, meaning in dict(found).items():
        if text.startswith(beginning):
            yield Suggestion(text, len(beginning), meaning)


def _in_command(name: str, talk: Conversation) -> Iterator[tuple[str, str]]:
    if name == "library":
        yield from _components(talk)
    elif name in ("set", "solve"):
        yield from ((symbol, meaning) for symbol, meaning in _symbols(talk))
    elif name == "unset":
        yield from ((symbol, said.text) for symbol, said in talk.spoken.values().items())
    elif name == "assume":
        yield from ((premise, "a hypothesis") for premise in PREMISE_NAMES)
    elif name == "latex":
        yield from ((detail, "how much of the derivation") for detail in ("none", "summary", "full"))
    elif name == "help":
        yield from ((other, usage.meaning) for other, usage in COMMANDS.items())
    elif name == "check":
        yield "network", "run data through the network"


def _in_expression(before: str, talk: Conversation) -> Iterator[tuple[str, str]]:
    try:
        tokens = scan(Source("input", before), 0, len(before), newlines=False)
    except FreeblockError:
        return
    called = _open_call(tokens)
    if called is not None:
        yield from _parameters(called, talk)
    for said in talk.spoken.statements:
        if isinstance(said.statement, (Definition, Let)):
            yield said.statement.name, " ".join(said.text.split())
    yield from _components(talk)
    yield from KEYWORDS.items()
    yield from ((name, f"a function of {plural(least, 'number')}") for name, (least, _) in ARITY.items())
    yield from _symbols(talk)


def _open_call(tokens: Tokens) -> str | None:
    """The name in whose arguments the text ends."""
    depth = 0
    for place in range(len(tokens.kinds) - 2, -1, -1):
        kind = tokens.kind(place)
        depth += (kind in _CLOSING) - (kind in _OPENING)
        if depth < 0:
            named = kind == "LPAR" and place and tokens.kind(place - 1) == "NAME"
            return tokens.text(place - 1) if named else None
    return None


def _parameters(name: str, talk: Conversation) -> Iterator[tuple[str, str]]:
    rule = talk.catalogue.find(name)
    if rule is not None:
        yield from ((f"{parameter.name}=", parameter.meaning) for parameter in rule.parameters.values()
                    if not parameter.label)
    said = talk.spoken.definition(name)
    if said is not None and isinstance(said.statement, Definition):
        yield from ((f"{parameter}=", f"a parameter of {name}") for parameter in said.statement.parameters)


def _components(talk: Conversation) -> Iterator[tuple[str, str]]:
    names = (*talk.catalogue.names(), *talk.catalogue.aliases())
    for name, rule in ((name, talk.catalogue.find(name)) for name in names):
        if rule is not None:
            yield name, rule.title


def _symbols(talk: Conversation) -> Iterator[tuple[str, str]]:
    """The symbols of the expression and of its components."""
    asked = talk.spoken.asked
    names = names_used(asked.statement.body) if asked and isinstance(asked.statement, ExpressionStatement) else ()
    for name in sorted(set(names)):
        rule = talk.catalogue.find(name)
        if rule is not None:
            yield from rule.symbols.items()
        elif talk.spoken.definition(name) is None:
            yield name, "a symbol of the expression"
    yield from ((name, said.text) for name, said in talk.spoken.values().items())
