"""Large, deep and hostile texts: a limit is a clear error, and everything below it works."""

import os

import pytest

from freeblock.errors import FreeblockError, LanguageError, LimitError, OptionError
from freeblock.language.parser import parse_formula, parse_program
from freeblock.language.printer import print_node
from freeblock.language.reading import read_source
from freeblock.source import Source

pytestmark = pytest.mark.usefixtures("no_hang")


def error_of(text):
    with pytest.raises(FreeblockError) as caught:
        parse_program(Source("net.fb", text))
    shown = str(caught.value)
    assert len(shown) < 1000
    return caught.value


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("id + (", ")"), ("f(", ")"), ("f(x=", ")"), ("sum[i=1..2](", ")"), ("-(", ")"), ("2*(1/(", "))"), ("2^(", ")")],
)
def test_brackets_may_be_a_thousand_deep(opening, closing):
    depth = 1000 // opening.count("(")
    text = opening * depth + "a" + closing * depth
    printed = print_node(parse_formula(Source("test", text)))
    assert print_node(parse_formula(Source("test", printed))) == printed


def test_two_thousand_brackets_and_no_more():
    parse_program(Source("test", "(" * 2000 + "a" + ")" * 2000))
    error = error_of("a\n" + "(" * 2001 + "a" + ")" * 2001)
    assert type(error) is LimitError
    assert error.message == "brackets are nested more than 2000 deep"
    assert (error.span.line, error.span.column) == (2, 2001)


def test_a_million_open_parentheses():
    assert type(error_of("(" * 1_000_000)) is LimitError


def test_a_million_closing_parentheses():
    error = error_of(")" * 400_000)
    assert (error.message, error.span.column) == ("unexpected `)`", 1)
    assert type(error_of(")" * 1_000_000)) is LimitError


def test_too_many_tokens():
    error = error_of("a>>" * 250_000 + "a")
    assert error.message == "the text has more than 500000 tokens"
    assert error.span.column == 750_001


def test_too_long_a_text():
    assert error_of("#" * 2_000_001).message == "the text is longer than 2000000 characters"
    assert parse_program(Source("test", "#" * 2_000_000)).statements == ()


@pytest.mark.parametrize("text", [" " * 1_900_000, "\n" * 1_900_000, "\t" * 1_900_000, "#\n" * 900_000, "a" + " \n" * 900_000])
def test_blank_texts_are_read_in_linear_time(text):
    parse_program(Source("test", text))


@pytest.mark.parametrize("text", ["9" * 1_900_000, "a" * 1_900_000, "a " + "9" * 1_900_000, "层" * 1_900_000, "σ" * 1_900_000, "a>>" * 150_000 + ")", "a\n" * 200_000 + "@", "^" * 450_000])
def test_large_mistakes_are_reported_in_time(text):
    error_of(text)


def test_leading_zeros_of_an_exponent_cost_nothing():
    assert parse_formula(Source("test", "1e" + "0" * 1_900_000 + "1")).value == 10


def test_a_name_has_a_hundred_characters():
    parse_program(Source("test", "a" * 100 + " >> " + "σ" * 20))
    for name in ("a" * 101, "σ" * 21):
        error = error_of(f"id >> {name}")
        assert (error.message, error.span.column) == ("a name has more than 100 characters", 7)


def test_a_long_line_is_shown_around_the_caret():
    error = error_of("dense >> " * 1000 + "@ relu" + " >> dense" * 1000)
    line, carets = str(error).splitlines()[3:5]
    assert len(line) < 120
    assert line[carets.index("^")] == "@"
    assert line.endswith("…") and "| …" in line
    assert f":1:{9001}" in str(error)


def test_reading_a_file(tmp_path):
    file = tmp_path / "net.fb"
    file.write_bytes(b"\xef\xbb\xbfid >> relu\r\n")
    assert read_source(file) == Source(str(file), "id >> relu\r\n")


def test_reading_standard_input(monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("σ".encode())))
    assert read_source("-") == Source("standard input", "σ")


def test_what_is_no_utf_8(tmp_path):
    file = tmp_path / "net.fb"
    file.write_bytes(b"\xef\xbb\xbfid \xff\xfe")
    with pytest.raises(LanguageError) as caught:
        read_source(file)
    assert caught.value.message == f"{file} is not UTF-8 text: byte 0xff at byte offset 6"


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    expected = [
        (tmp_path, "is a directory"),
        (tmp_path / "pipe", "is not a regular file"),
        ("/dev/zero", "is not a regular file"),
        (tmp_path / "missing.fb", "cannot be read: no such file or directory"),
        ("a\0b", "cannot be read: its name is no file name"),
        ("", "cannot be read: no such file or directory"),
    ]
    for path, message in expected:
        with pytest.raises(OptionError) as caught:
            read_source(path)
        assert caught.value.message.endswith(message)
        assert caught.value.hint


def test_a_file_too_large(tmp_path):
    file = tmp_path / "net.fb"
    file.write_bytes(b"#" * 2_000_001)
    with pytest.raises(LimitError):
        read_source(file)
