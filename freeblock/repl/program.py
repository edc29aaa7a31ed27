"""What has been said so far: the statements that live on, and the text they make together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from freeblock.errors import FreeblockError
from freeblock.language.nodes import (
    Definition,
    ExpressionStatement,
    Input,
    Let,
    Program,
    Statement,
)
from freeblock.language.parser import parse_program
from freeblock.repl.dependencies import assigned, in_order_of_use
from freeblock.source import Source, Span


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One statement with its place in what was typed; `keyword` stands before it where a command said it.

    Two are equal where their texts are: a statement may be nested too deeply to be compared part by part.
    """

    statement: Statement
    keyword: str = ""

    @property
    def text(self) -> str:
        """The statement as it stands in a file."""
        return self.keyword + self.statement.span.text.strip()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The statements in force, the block that was asked for last, and how it is derived. Immutable."""

    statements: tuple[Said, ...] = ()
    asked: Said | None = None
    order: int = 2
    premises: tuple[str, ...] = ()

    def with_statement(self, said: Said) -> Spoken:
        """With one more statement: it takes the place of an expression, an input, or what has its name."""
        statement = said.statement
        if isinstance(statement, ExpressionStatement):
            return replace(self, asked=said)
        kept = list(self.statements)
        for place, other in enumerate(kept):
            if said == other or _takes_the_place_of(statement, other.statement):
                kept[place] = said
                break
        else:
            kept.append(said)
            if assigned(statement) is None:
                return replace(self, statements=tuple(kept))
        order = in_order_of_use([item.statement for item in kept])
        return replace(self, statements=tuple(kept[place] for place in order))

    def without(self, said: Said) -> Spoken:
        """With one statement taken back."""
        return replace(self, statements=tuple(other for other in self.statements if other is not said))

    def definition(self, name: str) -> Said | None:
        """What defines the name."""
        return next((said for said in self.statements if isinstance(said.statement, (Definition, Let))
                     and said.statement.name == name), None)

    def values(self) -> dict[str, Said]:
        """Symbol → the statement that gives it a value; `n` for an input."""
        found = {}
        for said in self.statements:
            name = "n" if isinstance(said.statement, Input) else assigned(said.statement)
            if name is not None:
                found[name] = said
        return found

    @property
    def block(self) -> Said | None:
        """The block that commands are about: the last expression, else the last definition without parameters."""
        blocks = [said for said in self.statements if isinstance(said.statement, Let)
                  or (isinstance(said.statement, Definition) and not said.statement.parameters)]
        return self.asked or (blocks[-1] if blocks else None)


def _takes_the_place_of(new: Statement, old: Statement) -> bool:
    if isinstance(new, (Definition, Let)):
        return isinstance(old, (Definition, Let)) and old.name == new.name
    if isinstance(new, Input):
        return isinstance(old, Input)
    name = assigned(new)
    return name is not None and assigned(old) == name


class Composition:
    """The text of all statements, parsed; a place in it is also a place in what was typed."""

    def __init__(self, spoken: Spoken, asked: Said | None = None) -> None:
        """`asked` takes the place of the expression. Raises LimitError where the text is too long."""
        last = asked or spoken.asked
        said = [*spoken.statements, *([last] if last else [])]
        self._said: list[tuple[int, Said]] = []
        lines, start = [], 0
        for one in said:
            self._said.append((start, one))
            lines.append(one.text)
            start += len(one.text) + 1
        self.source = Source("input", "".join(f"{line}\n" for line in lines))
        self.program: Program = parse_program(self.source)

    def told(self, error: FreeblockError) -> FreeblockError:
        """The same error with its caret under what was typed."""
        if error.span is not None and error.span.source is self.source:
            error.span = self._typed(error.span)
        return error

    def _typed(self, span: Span) -> Span:
        start, said = max((item for item in self._said if item[0] <= span.start), key=lambda item: item[0])
        typed = said.statement.span
        inside = typed.text.strip()
        first = typed.start + typed.text.index(inside) - len(said.keyword) - start
        return Span(typed.source, min(max(span.start + first, typed.start), typed.end),
                    min(max(span.end + first, typed.start), typed.end))
