"""A text cut into tokens, with the newlines that end no statement left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from freeblock.errors import LanguageError, LimitError
from freeblock.language.mistakes import strange_character
from freeblock.language.names import NAME_LENGTH, foreign_character, spell
from freeblock.language.table import END, Table, grammar_table
from freeblock.source import Source, Span

TEXT_LENGTH = 2_000_000  # characters of a text, at most
TOKENS = 500_000  # tokens of a text, at most
NESTING = 2_000  # brackets open at once, at most

_JOINS_LINES = ("INTO", "PLUS", "BESIDE")
_NUMBER, _NEWLINE, _COMMENT = 2, 4, 5  # groups of the regular expression, after names and around signs
_BRACKETS = {"LPAR": 1, "LBRACKET": 1, "RPAR": -1, "RBRACKET": -1}


class Tokens:
    """The tokens of a text as parallel lists, the end of the text last."""

    __slots__ = ("source", "table", "kinds", "starts", "ends", "names")

    def __init__(self, source: Source, table: Table) -> None:
        self.source = source
        self.table = table
        self.kinds: list[int] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.names: dict[str, str] = {}  # each written name and the name it stands for

    def add(self, kind: int, start: int, end: int) -> None:
        """Append a token."""
        self.kinds.append(kind)
        self.starts.append(start)
        self.ends.append(end)

    def kind(self, place: int) -> str:
        """The name of a token's terminal; the end of the text for a place that has no token."""
        inside = 0 <= place < len(self.kinds)
        return self.table.terminals[self.kinds[place]] if inside else END

    def text(self, place: int) -> str:
        """A token as the user wrote it."""
        return self.source.text[self.starts[place] : self.ends[place]]

    def span(self, first: int, last: int | None = None) -> Span:
        """The place of a token, or of the stretch from one token to another."""
        return Span(self.source, self.starts[first], self.ends[first if last is None else last])


class _Alphabet:
    """The one regular expression that cuts tokens, and what to do with each kind."""

    __slots__ = ("pattern", "kind_of", "name", "number", "newline", "joins", "depth")

    def __init__(self, table: Table) -> None:
        number = {terminal: place for place, terminal in enumerate(table.terminals)}
        patterns = table.patterns
        signs = sorted((text for text in table.literals if not text.isalpha()), key=len, reverse=True)
        choices = (
            patterns["NAME"],
            patterns["NUMBER"],
            "|".join(re.escape(sign) for sign in signs),
            patterns["NEWLINE"],
            patterns["COMMENT"],
            r"[\s\S]",
        )
        # The last choice keeps blanks at the end of the text from being tried once for each blank.
        self.pattern = re.compile(
            f"(?:{patterns['SPACE']})?+(?:{'|'.join(f'({choice})' for choice in choices)}|\\Z)"
        )
        self.kind_of = {text: number[terminal] for text, terminal in table.literals.items()}
        self.name, self.number, self.newline = number["NAME"], number["NUMBER"], number["NEWLINE"]
        self.joins = [terminal in _JOINS_LINES for terminal in table.terminals]
        self.depth = [_BRACKETS.get(terminal, 0) for terminal in table.terminals]


@cache
def _alphabet() -> _Alphabet:
    return _Alphabet(grammar_table())


def scan(source: Source, start: int, end: int, newlines: bool) -> Tokens:
    """The tokens of a stretch of a text; without `newlines` a line break is a blank.

    Raises LanguageError for a character that belongs to no token, LimitError for a text too large.
    """
    if end - start > TEXT_LENGTH:
        raise LimitError(f"the text is longer than {TEXT_LENGTH} characters")
    alphabet = _alphabet()
    tokens = Tokens(source, grammar_table())
    kinds, joins, change = tokens.kinds, alphabet.joins, alphabet.depth
    depth, break_at = 0, -1
    for first, last, kind in _words(tokens, start, end, alphabet):
        if kind == alphabet.newline:
            if newlines and break_at < 0 and kinds:
                break_at = first
            continue
        if break_at >= 0:
            if depth == 0 and not joins[kinds[-1]] and not joins[kind]:
                tokens.add(alphabet.newline, break_at, break_at + 1)
            break_at = -1
        if change[kind]:
            depth = max(0, depth + change[kind])
            if depth > NESTING:
                raise LimitError(f"brackets are nested more than {NESTING} deep", Span(source, first, last))
        tokens.add(kind, first, last)
        if len(kinds) > TOKENS:
            raise LimitError(f"the text has more than {TOKENS} tokens", Span(source, first, last))
    tokens.add(tokens.table.terminals.index(END), end, end)
    return tokens


def open_brackets(tokens: Tokens) -> int:
    """How many brackets are opened and not closed; negative where more are closed."""
    depths = _alphabet().depth
    return sum(depths[kind] for kind in tokens.kinds)


def begins_joined(tokens: Tokens) -> bool:
    """Whether the text begins with `>>`, `+` or `|`, and so goes on with the line before it."""
    return tokens.kind(0) in _JOINS_LINES


def ends_joined(tokens: Tokens) -> bool:
    """Whether the text ends with `>>`, `+` or `|`, so that the next line goes on with it."""
    return tokens.kind(len(tokens.kinds) - 2) in _JOINS_LINES


def _words(tokens: Tokens, start: int, end: int, alphabet: _Alphabet) -> Iterator[tuple[int, int, int]]:
    """The beginning, end and kind of each token and each line break."""
    source, kind_of = tokens.source, dict(alphabet.kind_of)
    for match in alphabet.pattern.finditer(source.text, start, end):
        group = match.lastindex
        if group is None:
            return
        first, last = match.span(group)
        if group == _NUMBER:
            yield first, last, alphabet.number
        elif group < _NEWLINE:
            kind = kind_of.get(match[group])
            if kind is None:
                kind = kind_of[match[group]] = _new_name(tokens, Span(source, first, last), alphabet)
            yield first, last, kind
        elif group == _NEWLINE:
            yield first, last, alphabet.newline
        elif group == _COMMENT:
            _check_comment(source, first, last)
        else:
            raise strange_character(source, first)


def _new_name(tokens: Tokens, span: Span, alphabet: _Alphabet) -> int:
    """Note the name that a word stands for, met for the first time."""
    written = span.text
    name = spell(written)
    if len(name) > NAME_LENGTH:
        raise LimitError(f"a name has more than {NAME_LENGTH} characters", span)
    # Both spellings are looked at: folding hides a raised digit, and can also bring out what is no letter.
    foreign = None if written.isascii() else foreign_character(written) or foreign_character(name)
    if foreign is not None:
        raise strange_character(span.source, span.start + max(0, written.find(foreign)))
    if name in alphabet.kind_of:
        raise LanguageError(f"`{written}` is another way to write `{name}`, which is reserved", span)
    tokens.names[written] = name
    return alphabet.name


def _check_comment(source: Source, start: int, end: int) -> None:
    """Comments may say anything, but hold no character that steers a terminal."""
    if source.text[start:end].isprintable():
        return
    for place in range(start, end):
        char = source.text[place]
        if char != "\t" and (char < " " or "\x7f" <= char <= "\x9f"):
            raise strange_character(source, place)
