"""The definitions of a program and the block that is asked for; what is said twice or shadows is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freeblock.errors import ArgumentError, LanguageError, UnknownNameError, did_you_mean
from freeblock.formula.functions import ARITY
from freeblock.language import nodes as syntax
from freeblock.language.names import spell
from freeblock.language.records import record
from freeblock.rules.catalogue import Catalogue
from freeblock.source import Source, Span

_WORD = re.compile(r"[^\W\d]\w*")

RESERVED = frozenset({"pi", "e", "n", "fan_in", "fan_out"})


@record
class Definitions:
    """A program's statements in order, its definitions by name, and the block to resolve."""

    statements: Sequence[syntax.Statement]
    source: Source
    table: dict[str, tuple[int, syntax.Definition | syntax.Let]]
    target: syntax.Node
    name: str | None
    input: syntax.Input | None
    symbol_names: frozenset[str]
    """Every name that occurs anywhere in the text."""

    def find(self, name: str, before: int | None) -> syntax.Definition | syntax.Let | None:
        """The definition of a name above statement `before` (anywhere for None)."""
        place, found = self.table.get(name, (0, None))
        return found if found is not None and (before is None or place < before) else None

    def names(self, before: int) -> list[str]:
        """The names defined above statement `before`."""
        return [name for name, (place, _) in self.table.items() if place < before]

    def place_of(self, span: Span) -> int:
        """The number of the statement a span lies in; past the end for a text of another source."""
        low, high = 0, len(self.statements)
        while low < high:
            middle = (low + high) // 2
            if self.statements[middle].span.end < span.end:
                low = middle + 1
            else:
                high = middle
        return low


def read_definitions(program: syntax.Program, catalogue: Catalogue, name: str | None) -> Definitions:
    """Check the statements and choose the block. Raises LanguageError, ArgumentError, UnknownNameError."""
    table: dict[str, tuple[int, syntax.Definition | syntax.Let]] = {}
    stated: syntax.Input | None = None
    for place, statement in enumerate(program.statements):
        if isinstance(statement, syntax.Input):
            if stated is not None:
                raise LanguageError("the input is described twice", statement.span, "keep one of the two lines")
            stated = statement
        elif isinstance(statement, (syntax.Definition, syntax.Let)):
            _check_name(statement.name, statement.name_span, catalogue)
            if statement.name in table:
                line = table[statement.name][1].span.line
                raise ArgumentError(f"`{statement.name}` is defined already, on line {line}", statement.name_span,
                                    "choose another name")
            if isinstance(statement, syntax.Definition):
                _check_parameters(statement, catalogue, table)
            table[statement.name] = (place, statement)
    for place, statement in enumerate(program.statements if table else ()):
        if isinstance(statement, (syntax.Definition, syntax.Let, syntax.ExpressionStatement)):
            _check_order(statement, place, table)
    target, chosen = chosen_block(program, table, name)
    names = _names_used(program)
    return Definitions(program.statements, program.source, table, target, chosen, stated, names)


def _check_name(name: str, span: Span | None, catalogue: Catalogue) -> None:
    if name in RESERVED or name in ARITY:
        raise ArgumentError(f"`{name}` has a fixed meaning and cannot be redefined", span, "choose another name")
    if catalogue.find(name) is not None:
        raise ArgumentError(f"`{name}` is a component of the library", span, "choose another name")


def _check_order(
    statement: syntax.Definition | syntax.Let | syntax.ExpressionStatement, place: int,
    table: dict[str, tuple[int, syntax.Definition | syntax.Let]],
) -> None:
    """A name is defined above its first use, also in a definition that nothing uses."""
    waiting: list[tuple[syntax.Node, frozenset[str]]] = [(statement.body, frozenset())]
    while waiting:
        node, indices = waiting.pop()
        if isinstance(node, (syntax.Name, syntax.Call)) and node.name in table and node.name not in indices:
            if table[node.name][0] >= place:
                span = node.span if isinstance(node, syntax.Name) else node.name_span
                raise UnknownNameError(f"`{node.name}` is used before it is defined", span,
                                       "a name is defined above its first use, and never in terms of itself")
        if isinstance(node, syntax.Call):
            waiting.extend((argument.value, indices) for argument in reversed(node.arguments))
        elif isinstance(node, (syntax.Chain, syntax.Product)):
            waiting.extend((part, indices) for part in reversed(node.parts))
        elif isinstance(node, (syntax.Negate, syntax.Reciprocal)):
            waiting.append((node.operand, indices))
        elif isinstance(node, syntax.Power):
            waiting += [(node.exponent, indices), (node.base, indices)]
        elif isinstance(node, syntax.Indexed):
            waiting += [(node.body, indices | {node.index}), (node.upper, indices), (node.lower, indices)]


def _check_parameters(
    definition: syntax.Definition, catalogue: Catalogue,
    table: dict[str, tuple[int, syntax.Definition | syntax.Let]],
) -> None:
    for parameter in definition.parameters:
        try:
            _check_name(parameter, None, catalogue)
            if parameter in table or parameter == definition.name:
                raise ArgumentError(f"the parameter `{parameter}` hides a definition", hint="choose another name")
        except ArgumentError as error:
            error.span = _span_of(parameter, definition)
            raise


def _span_of(parameter: str, definition: syntax.Definition) -> Span:
    """Where a parameter is named, behind the name of its definition."""
    head = definition.name_span
    for word in _WORD.finditer(head.source.text, head.end, definition.span.end):
        if spell(word.group()) == parameter:
            return Span(head.source, word.start(), word.end())
    return head


def chosen_block(
    program: syntax.Program, table: dict[str, tuple[int, syntax.Definition | syntax.Let]], name: str | None
) -> tuple[syntax.Node, str | None]:
    """The block called `name`, or the last one, and its name. Raises UnknownNameError, ArgumentError, LanguageError."""
    if name is not None:
        if name not in table:
            close = did_you_mean(name, table)
            known = f"the definitions are {', '.join(list(table)[:8])}" if table else "the text defines no name"
            raise UnknownNameError(f"no definition is called `{name}`",
                                   hint=f"did you mean `{close}`?" if close else known)
        found = table[name][1]
        if isinstance(found, syntax.Definition) and found.parameters:
            raise ArgumentError(f"`{name}` has parameters; a block without parameters is derived", found.name_span,
                                f"add a line such as `net = {name}(…)`")
        return found.body, name
    for statement in reversed(program.statements):
        if isinstance(statement, syntax.ExpressionStatement):
            return statement.body, None
        if isinstance(statement, syntax.Let) or (
            isinstance(statement, syntax.Definition) and not statement.parameters
        ):
            return statement.body, statement.name
    span = Span(program.source, 0, 0)
    raise LanguageError("there is no block to derive", span, "write one, for example `(dense >> relu)^L`")


def _names_used(program: syntax.Program) -> frozenset[str]:
    """Every name in the text, found by its words: cheap, and only used to avoid clashes and misspellings."""
    return frozenset(spell(word) for word in set(_WORD.findall(program.source.text)))
