"""Places, pictures, the text of errors, and the suggestions in them."""

import pickle

import pytest

from freeblock.errors import (
    DomainError,
    ErrorList,
    FreeblockError,
    LanguageError,
    RefusedError,
    UnknownNameError,
    did_you_mean,
)
from freeblock.resources import directory
from freeblock.source import Source, Span


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("abc", 3, (1, 4)),
        ("a\nb", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb\r\rc", 5, (4, 1)),
        ("σσ\n层x", 4, (2, 2)),
    ],
)
def test_positions_count_characters_from_one(text, offset, place):
    assert Source("t", text).position(offset) == place


@pytest.mark.parametrize(
    ("text", "start", "end", "picture"),
    [
        ("a >> b", 2, 4, "   |\n 1 | a >> b\n   |   ^^"),
        ("", 0, 0, "   |\n 1 | \n   | ^"),
        ("ab", 2, 2, "   |\n 1 | ab\n   |   ^"),
        ("a\n" * 9 + "b c", 20, 21, "    |\n 10 | b c\n    |   ^"),
        ("a\tb", 2, 3, "   |\n 1 | a    b\n   |      ^"),
        ("层b", 1, 2, "   |\n 1 | 层b\n   |   ^"),
        ("层b", 0, 1, "   |\n 1 | 层b\n   | ^^"),
        ("e\u0301b", 2, 3, "   |\n 1 | e\u0301b\n   |  ^"),
        ("a\x1bb", 2, 3, "   |\n 1 | a\ufffdb\n   |   ^"),
        ("ab\ncd", 1, 5, "   |\n 1 | ab\n   |  ^"),
        ("a\r\nb", 0, 1, "   |\n 1 | a\n   | ^"),
    ],
)
def test_pictures(text, start, end, picture):
    assert Source("t", text).picture(start, end) == picture


@pytest.mark.parametrize(("start", "end"), [(0, 1), (500, 510), (500, 5000), (9_990, 10_000), (10_000, 10_000)])
def test_a_long_line_is_windowed(start, end):
    text = "".join(chr(ord("a") + place % 26) for place in range(10_000))
    _, line, carets = Source("t", text).picture(start, end).splitlines()
    assert len(line) <= 5 + 102
    assert len(carets) <= len(line) + 1
    if start < len(text):
        assert line[carets.index("^")] == text[start]


def test_spans():
    source = Source("t", "one two\nthree")
    one, three = Span(source, 0, 3), Span(source, 8, 13)
    assert (three.line, three.column, three.text) == (2, 1, "three")
    assert one.to(three) == Span(source, 0, 13)
    assert one.picture() == source.picture(0, 3)


def test_the_text_of_an_error_skips_what_is_absent():
    span = Span(Source("t", "a"), 0, 1)
    assert str(FreeblockError("no")) == "error: no"
    assert str(FreeblockError("no", None, "yes")) == "error: no\nhint: yes"
    assert str(FreeblockError("no", span)) == "error: no\n  --> t:1:1\n   |\n 1 | a\n   | ^"


def test_an_error_cannot_steer_the_terminal():
    error = LanguageError("a\x1b[31m", Span(Source("x\x1b\n.fb", "a"), 0, 1), "\x07\udc80")
    assert str(error) == "error: a\ufffd[31m\n  --> x\ufffd .fb:1:1\n   |\n 1 | a\n   | ^\nhint: \ufffd\ufffd"


def test_several_errors_are_printed_together():
    several = ErrorList([UnknownNameError("one"), RefusedError("two", None, "h")])
    assert str(several) == "error: one\n\nerror: two\nhint: h"
    assert [error.message for error in several.errors] == ["one", "two"]
    assert several.exit_status == 2
    assert ErrorList([RefusedError("two")]).exit_status == 1
    assert str(pickle.loads(pickle.dumps(several))) == str(several)


def test_exit_status():
    assert (FreeblockError.exit_status, DomainError.exit_status, RefusedError.exit_status) == (2, 2, 1)


@pytest.mark.parametrize(
    ("name", "found"),
    [("rellu", "relu"), ("ReLU", "relu"), ("sigmaw", "sigma_w"), ("Dense", "dense"), ("zzz", None), ("", None)],
)
def test_did_you_mean(name, found):
    assert did_you_mean(name, ["relu", "dense", "sigma_w", "batch_norm"]) == found


def test_resources():
    assert (directory("grammar") / "freeblock.lark").is_file()
    with pytest.raises(ValueError, match="nothing"):
        directory("nothing")
