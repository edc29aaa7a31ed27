"""A .tex text cut as far as weaving needs: commands and their arguments, past comments and verbatim text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from freeblock.errors import LanguageError
from freeblock.source import Source, Span

_TOKEN = re.compile(r"%[^\n\r]*|\\(?:[A-Za-z@]+|[\s\S])")
_ENVIRONMENT = re.compile(r"[ \t]*\{([^{}\n\r]*)\}")
_GROUP_SIGN = re.compile(r"%[^\n\r]*|\\[\s\S]|[{}\[\]]")
_BLANK = re.compile(r"(?:[ \t]*(?:%[^\n\r]*)?(?:\r\n|\n|\r)?[ \t]*)")
_LINE_END = re.compile(r"[\n\r]|\Z")
_WORD = re.compile(r"[ \t]*([^\s{}\\%]+)")
_CONDITIONAL = re.compile(r"%[^\n\r]*|\\(?:(if[A-Za-z@]*)|(fi)(?![A-Za-z@])|[A-Za-z@]+|[\s\S])")
_NO_CONDITIONAL = frozenset({"iff", "ifthenelse"})
VERBATIM = frozenset({
    "verbatim", "verbatim*", "Verbatim", "Verbatim*", "BVerbatim", "LVerbatim", "lstlisting", "minted", "comment",
    "filecontents", "filecontents*", "alltt",
})
"""Environments whose text is no LaTeX."""
_INLINE = frozenset({"verb", "Verb", "lstinline"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a .tex text, without what encloses it."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start:self.end]

    @property
    def span(self) -> Span:
        """Its place; an empty piece is shown with the sign before it."""
        return Span(self.source, min(self.start, max(self.end - 1, 0)), self.end)

    def parts(self, separator: str = ",") -> Iterator[Stretch]:
        """The pieces between separators outside all brackets, without blanks at their ends; empty ones are left out."""
        text, depth, begin = self.source.text, 0, self.start
        for place in range(self.start, self.end + 1):
            sign = text[place] if place < self.end else separator
            depth += (sign in "({[") - (sign in ")}]")
            if sign == separator and (depth <= 0 or place == self.end):
                piece = Stretch(self.source, begin, place).stripped()
                if piece.start < piece.end:
                    yield piece
                begin = place + 1

    def stripped(self) -> Stretch:
        """The same without blanks at its ends."""
        text = self.text
        start = self.start + len(text) - len(text.lstrip())
        return Stretch(self.source, start, max(start, self.start + len(text.rstrip())))

    def halves(self, separator: str = "=") -> tuple[Stretch, Stretch | None]:
        """What stands before and behind the first separator."""
        place = self.source.text.find(separator, self.start, self.end)
        if place < 0:
            return self, None
        return Stretch(self.source, self.start, place).stripped(), Stretch(self.source, place + 1, self.end).stripped()


@dataclass(frozen=True, slots=True)
class Command:
    """A control word, from its backslash to its last letter; of `\\begin` the environment, too."""

    name: str
    environment: str | None
    span: Span


class Tex:
    """Reads one text from left to right; whoever is given a command may read its arguments and go on behind them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.place = 0
        self._line_end = -1

    def commands(self) -> Iterator[Command]:
        """Every control word that LaTeX would see; `\\end` of an environment is not one of them."""
        text = self.source.text
        while (match := _TOKEN.search(text, self.place)) is not None:
            self.place = match.end()
            if match[0][0] == "%" or not match[0][1].isalpha():
                continue
            name = match[0][1:]
            environment = None
            if name in _INLINE:
                self._skip_inline()
                continue
            if name == "iffalse":
                self._skip_conditional()
                continue
            if name == "begin":
                named = _ENVIRONMENT.match(text, self.place)
                if named is not None:
                    environment, self.place = named[1], named.end()
                    if environment in VERBATIM:
                        self._skip_to(rf"\end{{{environment}}}")
                        continue
            yield Command(name, environment, Span(self.source, match.start(), self.place))

    def option(self) -> Stretch | None:
        """The `[…]` that stands directly here, if there is one. Raises LanguageError where it is not closed."""
        return self._group("[", "]", blank=False)

    def spaced_option(self) -> Stretch | None:
        """A `[…]` that may stand behind blanks."""
        return self._group("[", "]", blank=True)

    def argument(self) -> Stretch | None:
        """The `{…}` that comes next, if there is one. Raises LanguageError where it is not closed."""
        return self._group("{", "}", blank=True)

    def up_to(self, closing: str) -> Stretch | None:
        """What stands before a closing text, which is passed; None where it does not come."""
        end = self.source.text.find(closing, self.place)
        if end < 0:
            return None
        found = Stretch(self.source, self.place, end)
        self.place = end + len(closing)
        return found

    def word(self) -> Stretch | None:
        """A file name without braces, as in `\\input name`."""
        match = _WORD.match(self.source.text, self.place)
        if match is None:
            return None
        self.place = match.end()
        return Stretch(self.source, match.start(1), match.end(1))

    def _group(self, opening: str, closing: str, *, blank: bool) -> Stretch | None:
        text = self.source.text
        start = self.place
        if blank:
            match = _BLANK.match(text, start)
            assert match is not None
            start = match.end()
        if not text.startswith(opening, start):
            return None
        depth, place = 0, start
        for match in _GROUP_SIGN.finditer(text, start):
            sign = match[0]
            place = match.start()
            if sign == closing and depth == (1 if closing == "}" else 0):
                self.place = match.end()
                return Stretch(self.source, start + 1, place)
            if sign in "{}":
                depth += 1 if sign == "{" else -1
                if depth < 0:
                    break
        raise LanguageError(f"this `{opening}` is never closed", Span(self.source, start, start + 1),
                            f"put `{closing}` where it ends")

    def _skip_inline(self) -> None:
        text = self.source.text
        if text.startswith("*", self.place):
            self.place += 1
        if text.startswith("[", self.place):
            self.option()
        delimiter = text[self.place:self.place + 1]
        if not delimiter or delimiter.isspace():
            return
        if self._line_end < self.place:
            line = _LINE_END.search(text, self.place)
            assert line is not None
            self._line_end = line.start()
        end = text.find("}" if delimiter == "{" else delimiter, self.place + 1, self._line_end)
        self.place = end + 1 if end >= 0 else self._line_end

    def _skip_to(self, closing: str) -> None:
        end = self.source.text.find(closing, self.place)
        self.place = len(self.source.text) if end < 0 else end + len(closing)

    def _skip_conditional(self) -> None:
        """Past the `\\fi` (or to the `\\else`) of an `\\iffalse`."""
        depth = 1
        for match in _CONDITIONAL.finditer(self.source.text, self.place):
            self.place = match.end()
            if match[1] and match[1] not in _NO_CONDITIONAL:
                depth += 1
            elif match[2]:
                depth -= 1
            if not depth or (depth == 1 and match[0] == r"\else"):
                return
        self.place = len(self.source.text)
