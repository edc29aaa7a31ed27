"""Whatever the text, only the errors of freeblock come out, and each can be shown."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from language_trees import PROGRAMS

from freeblock.errors import FreeblockError
from freeblock.language.parser import parse_formula, parse_program
from freeblock.language.printer import print_node, print_program
from freeblock.source import Source

PIECES = st.sampled_from(
    [
        *("a", "σ", "id", "dense", "1", "2.5", "1.", "e", "1e5", "_", "²", "σ_w", "#", ";", "@", "\0"),
        *("..", ".", "(", ")", "[", "]", ",", "=", "<", "<=", ">", ">=", "\n", "\r\n", "\t"),
        *("+", "-", "*", "/", "^", ">>", "|", "**", "->", "serial[l=1..L](", "f("),
        *("input", "assume", "let", "serial", "sum", "stack"),
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join), st.lists(PIECES, max_size=25).map("".join))


def try_everything(text):
    source = Source("fuzz", text)
    for parse, show in ((parse_program, print_program), (parse_formula, print_node)):
        try:
            tree = parse(source)
        except FreeblockError as error:
            assert str(error).startswith("error: ")
            assert error.span is None or 0 <= error.span.start <= error.span.end <= len(text)
            assert not {"$END", "LPAR"} & set(f"{error.message} {error.hint}".replace(text, "").split())
        else:
            assert parse(Source("printed", show(tree))) == tree


@given(TEXTS)
@settings(max_examples=1000, deadline=None)
def test_any_text(text):
    try_everything(text)


@given(PROGRAMS, st.integers(0, 2**32), st.integers(1, 4))
@settings(max_examples=400, deadline=None)
def test_mangled_programs(tree, seed, times):
    chance = random.Random(seed)
    text = print_program(tree)
    for _ in range(times):
        place, length = chance.randrange(len(text) + 1), chance.randrange(4)
        inserted = chance.choice(["", "", "(", ")", "]", "[", ">>", "^", "-", "=", ",", " ", "\n", "let ", "σ", "\0", "..", text[:place]])
        text = text[:place] + inserted + text[place + length :]
    try_everything(text)
