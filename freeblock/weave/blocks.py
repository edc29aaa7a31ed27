"""The definitions of a paper as one program, and of each block the part of it that the block rests on."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from freeblock.errors import ArgumentError, ErrorList, FreeblockError, LanguageError, UnknownNameError, did_you_mean
from freeblock.language.names import NAME_LENGTH, spell
from freeblock.language.nodes import Assume, Definition, Input, Let, Statement
from freeblock.language.parser import parse_program
from freeblock.source import Source, Span
from freeblock.weave.tex import Stretch
from freeblock.weave.wishes import Piece, Request

_SHOWN = 40
"""So many letters are shown of what is too long to be a name."""
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Block:
    """A named block: the program that defines it, and where each line of that comes from."""

    name: str
    program: Source
    parts: tuple[Stretch, ...]
    piece: Piece

    def in_paper(self, span: Span) -> Span:
        """The place in the .tex file of a place in the program; another source's place stays."""
        if span.source is not self.program:
            return span
        starts = [0]
        for part in self.parts:
            starts.append(starts[-1] + part.end - part.start + 1)
        number = min(bisect_right(starts, span.start), len(self.parts)) - 1
        part, shift = self.parts[number], self.parts[number].start - starts[number]
        begin = min(span.start + shift, part.end)
        return Span(part.source, begin, max(begin, min(span.end + shift, part.end)))


class Blocks:
    """Every definition of a paper. Raises FreeblockError kinds for what is not our language, or defined twice."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._statements: list[tuple[Statement, Piece]] = []
        self._names: dict[str, int] = {}
        self._everywhere: set[int] = set()
        self._uses: dict[int, frozenset[str]] = {}
        self._blocks: dict[str, Block] = {}
        errors: list[FreeblockError] = []
        for piece in pieces:
            try:
                self._add(piece)
            except FreeblockError as error:
                errors.append(error)
        if errors:
            raise errors[0] if len(errors) == 1 else ErrorList(errors)

    def _add(self, piece: Piece) -> None:
        body = piece.body
        for statement in parse_program(body.source, body.start, body.end).statements:
            if isinstance(statement, (Definition, Let)):
                if statement.name in self._names:
                    first = self._statements[self._names[statement.name]][0].span
                    raise ArgumentError(f"`{statement.name}` is defined already, in {first.source.name}, line "
                                        f"{first.line}", statement.name_span, "choose another name")
                self._names[statement.name] = len(self._statements)
            elif isinstance(statement, (Input, Assume)):
                self._everywhere.add(len(self._statements))
            else:
                raise LanguageError("a block in a paper needs a name", statement.span,
                                    "write `name = …`, so that formulas can ask for it")
            self._statements.append((statement, piece))

    def find(self, request: Request) -> Block:
        """The block a formula asks for. Raises UnknownNameError with its place in the paper."""
        known = self._blocks.get(request.block)
        if known is None:
            known = self._blocks[request.block] = self._block(request)
        return known

    def _block(self, request: Request) -> Block:
        place = self._names.get(request.block)
        if place is None:
            close = did_you_mean(request.block, self._names)
            names = ", ".join(list(self._names)[:8])
            written = request.written if len(request.written) <= NAME_LENGTH else request.written[:_SHOWN] + "…"
            raise UnknownNameError(
                f"no block is called `{written}`", request.name.span,
                f"did you mean `{close}`?" if close else f"the blocks are {names}" if names
                else r"define it: \freeblock{" + (request.block if request.block.isidentifier() else "name")
                     + " = dense >> relu}")
        chosen = sorted(self._needed(place))
        parts = tuple(Stretch(statement.span.source, statement.span.start, statement.span.end)
                      for statement, _ in (self._statements[number] for number in chosen))
        program = Source(request.name.source.name, "\n".join(part.text for part in parts))
        return Block(request.block, program, parts, self._statements[place][1])

    def _needed(self, place: int) -> set[int]:
        """The statement itself, what it names, and so on; and what is said of the input and of symbols."""
        needed = set(self._everywhere)
        waiting = [place]
        while waiting:
            number = waiting.pop()
            if number not in needed:
                needed.add(number)
                waiting += [self._names[word] for word in self._words(number) if word in self._names]
        return needed

    def _words(self, number: int) -> frozenset[str]:
        known = self._uses.get(number)
        if known is None:
            text = self._statements[number][0].span.text
            known = self._uses[number] = frozenset(spell(word) for word in set(_WORD.findall(text)))
        return known
