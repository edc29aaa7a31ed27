"""A text cut into tokens, with the newlines that end no statement left out."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate, compress
from typing import Any

from freeblock.errors import FreeblockError, LanguageError, LimitError
from freeblock.language.mistakes import strange_character
from freeblock.language.names import NAME_LENGTH, foreign_character, spell
from freeblock.language.table import END, Table, grammar_table
from freeblock.source import Source, Span

TEXT_LENGTH = 2_000_000  # characters of a text, at most
TOKENS = 500_000  # tokens of a text, at most
NESTING = 2_000  # brackets open at once, at most

_JOINS_LINES = ("INTO", "PLUS", "BESIDE")
_BRACKETS = {"LPAR": 1, "LBRACKET": 1, "RPAR": -1, "RBRACKET": -1}
_BLANK, _FAULT = 0, -1  # kinds of words that are no tokens; 0 is the end of the text, which is no word


class Tokens:
    """The tokens of a text as parallel lists, the end of the text last."""

    __slots__ = ("source", "table", "kinds", "words", "starts", "ends", "names")

    def __init__(self, source: Source, table: Table) -> None:
        self.source = source
        self.table = table
        self.kinds: list[int] = []
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.names: dict[str, str] = {}  # each written name and the name it stands for

    def keep(self, chosen: list[int]) -> None:
        """Forget the tokens for which `chosen` holds 0."""
        columns: tuple[list[Any], ...] = (self.words, self.starts, self.ends, self.kinds)
        for column in columns:
            column[:] = compress(column, chosen)

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
    """The regular expressions that cut words and tell their kinds, and what to do with each kind."""

    __slots__ = ("cut", "sort", "kinds", "kind_of", "name", "newline", "joins", "depth", "special")

    def __init__(self, table: Table) -> None:
        number = {terminal: place for place, terminal in enumerate(table.terminals)}
        patterns = table.patterns
        signs = sorted((text for text in table.literals if not text.isalpha()), key=len, reverse=True)
        before, after = ("NAME", "NUMBER"), ("NEWLINE", "COMMENT", "SPACE")
        choices = [patterns[terminal] for terminal in before]
        choices += [re.escape(sign) for sign in signs]
        choices += [patterns[terminal] for terminal in after]
        self.cut = re.compile("|".join((*choices, r"[\s\S]")))
        self.sort = re.compile("|".join(f"({patterns[terminal]})" for terminal in (*before, *after)))
        self.kinds = (_FAULT, number["NAME"], number["NUMBER"], number["NEWLINE"], _BLANK, _BLANK)
        self.kind_of = {text: number[terminal] for text, terminal in table.literals.items()}
        self.name, self.newline = number["NAME"], number["NEWLINE"]
        self.joins = {number[terminal] for terminal in _JOINS_LINES} | {_FAULT}
        self.depth = {number[terminal]: change for terminal, change in _BRACKETS.items()}
        self.special = {self.newline, _FAULT, *self.depth}


@cache
def _alphabet() -> _Alphabet:
    return _Alphabet(grammar_table())


class _Kinds(dict[str, int]):
    """The kind of each word of a text, found when the word is met for the first time."""

    def __init__(self, alphabet: _Alphabet, names: dict[str, str]) -> None:
        super().__init__(alphabet.kind_of)
        self.alphabet = alphabet
        self.names = names

    def __missing__(self, word: str) -> int:
        kind = self[word] = self._found(word)
        if kind == self.alphabet.name:
            self.names[word] = spell(word)
        return kind

    def _found(self, word: str) -> int:
        match = self.alphabet.sort.fullmatch(word)
        # Of short words in plain letters none is forbidden: those that are reserved are known already.
        if match and match.lastindex and word.isascii() and word.isprintable() and len(word) <= NAME_LENGTH:
            return self.alphabet.kinds[match.lastindex]
        try:
            return _kind(Source("", word), 0, len(word), self.alphabet)
        except FreeblockError:
            return _FAULT  # raised when it is known that nothing before it is wrong


def _kind(source: Source, start: int, end: int, alphabet: _Alphabet) -> int:
    """The kind of a word that is no sign. Raises FreeblockError for one that may not stand anywhere."""
    match = alphabet.sort.fullmatch(source.text, start, end)
    kind = alphabet.kinds[match.lastindex or 0] if match else _FAULT
    if kind == _FAULT:
        raise strange_character(source, start)
    if kind == _BLANK:
        _check_comment(source, start, end)
    if kind == alphabet.name:
        _check_name(source, start, end, alphabet)
    return kind


def scan(source: Source, start: int, end: int, newlines: bool) -> Tokens:
    """The tokens of a stretch of a text; without `newlines` a line break is a blank.

    Raises LanguageError for a character that belongs to no token, LimitError for a text too large.
    """
    if end - start > TEXT_LENGTH:
        raise LimitError(f"the text is longer than {TEXT_LENGTH} characters")
    alphabet = _alphabet()
    tokens = Tokens(source, grammar_table())
    tokens.words = alphabet.cut.findall(source.text, start, end)
    tokens.ends = list(accumulate(map(len, tokens.words), initial=start))
    tokens.starts = tokens.ends[:-1]
    del tokens.ends[0]
    kind_of = _Kinds(alphabet, tokens.names)
    # Each word is looked up by machine code; only a word met for the first time costs a call.
    tokens.kinds = list(map(kind_of.__getitem__, tokens.words))
    tokens.keep(tokens.kinds.copy())
    _finish_lines(tokens, alphabet, newlines)
    tokens.kinds.append(tokens.table.terminals.index(END))
    tokens.words.append("")
    tokens.starts.append(end)
    tokens.ends.append(end)
    return tokens


def _finish_lines(tokens: Tokens, alphabet: _Alphabet, newlines: bool) -> None:
    """Leave out the line breaks that end no statement. Raises what comes first in the text of all that is wrong."""
    kinds = tokens.kinds
    dropped: list[int] = []
    depth, crowded = 0, len(kinds) > TOKENS
    for place in [place for place, kind in enumerate(kinds) if kind in alphabet.special]:
        kind = kinds[place]
        if kind == alphabet.newline:
            if newlines and depth == 0 and _ends_statement(kinds, place, alphabet):
                tokens.ends[place] = tokens.starts[place] + 1
            else:
                dropped.append(place)
            continue
        if crowded:
            _check_count(tokens, dropped, place)
        if kind == _FAULT:
            _kind(tokens.source, tokens.starts[place], tokens.ends[place], alphabet)
        depth = max(0, depth + alphabet.depth[kind])
        if depth > NESTING:
            raise LimitError(f"brackets are nested more than {NESTING} deep", tokens.span(place))
    if crowded:
        _check_count(tokens, dropped, len(kinds))
    if dropped:
        chosen = [1] * len(kinds)
        for place in dropped:
            chosen[place] = 0
        tokens.keep(chosen)


def _ends_statement(kinds: list[int], place: int, alphabet: _Alphabet) -> bool:
    """Whether a line break outside brackets is the first of its run and stands between two statements."""
    newline, joins = alphabet.newline, alphabet.joins
    if place == 0 or kinds[place - 1] == newline or kinds[place - 1] in joins:
        return False
    while place < len(kinds) and kinds[place] == newline:
        place += 1
    return place < len(kinds) and kinds[place] not in joins


def _check_count(tokens: Tokens, dropped: list[int], end: int) -> None:
    """Refuse a text with too many tokens before a place."""
    if end - len(dropped) <= TOKENS:
        return
    left_out = set(dropped)
    kept = [place for place in range(end) if place not in left_out]
    for place in kept[TOKENS:]:
        if tokens.kind(place) != "NEWLINE":
            raise LimitError(f"the text has more than {TOKENS} tokens", tokens.span(place))


def _check_name(source: Source, start: int, end: int, alphabet: _Alphabet) -> None:
    written = source.text[start:end]
    name = spell(written)
    if len(name) > NAME_LENGTH:
        raise LimitError(f"a name has more than {NAME_LENGTH} characters", Span(source, start, end))
    # Both spellings are looked at: folding hides a raised digit, and can also bring out what is no letter.
    foreign = None if written.isascii() else foreign_character(written) or foreign_character(name)
    if foreign is not None:
        raise strange_character(source, start + max(0, written.find(foreign)))
    if name in alphabet.kind_of:
        raise LanguageError(
            f"`{written}` is another way to write `{name}`, which is reserved", Span(source, start, end)
        )


def _check_comment(source: Source, start: int, end: int) -> None:
    """Comments may say anything, but hold no character that steers a terminal."""
    if source.text[start:end].isprintable():
        return
    for place in range(start, end):
        char = source.text[place]
        if char != "\t" and (char < " " or "\x7f" <= char <= "\x9f"):
            raise strange_character(source, place)
