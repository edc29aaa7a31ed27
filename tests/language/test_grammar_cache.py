"""The table is compiled once, kept as data in the user's own cache, and survives whatever happens there."""

import logging
import os
import subprocess
import sys

import pytest

from freeblock.language import table
from freeblock.resources import cache_directory, directory

GRAMMAR = (directory("grammar") / "freeblock.lark").read_text(encoding="utf-8")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    table.grammar_table.cache_clear()
    yield tmp_path / "freeblock"
    table.grammar_table.cache_clear()


def fresh():
    table.grammar_table.cache_clear()
    return table.grammar_table()


def same(one, other):
    return all(getattr(one, name) == getattr(other, name) for name in table.Table.__slots__)


def test_a_cached_table_is_the_compiled_one(cache):
    compiled = fresh()
    assert [path.suffix for path in cache.iterdir()] == [".json"]
    assert same(fresh(), compiled)


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b"0\n{}", b"[" * 100_000])
def test_a_corrupt_cache_is_rebuilt(cache, damage):
    compiled = fresh()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert same(fresh(), compiled)
    assert file.read_bytes() == whole


def test_a_changed_byte_is_noticed(cache):
    compiled = fresh()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-30] + b"7" + whole[-29:])
    assert same(fresh(), compiled)


def test_a_folder_where_the_file_should_be(cache):
    compiled = fresh()
    (file,) = cache.iterdir()
    file.unlink()
    file.mkdir()
    assert same(fresh(), compiled)
    assert list(cache.iterdir()) == [file]


def test_no_cache_at_all(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert cache_directory() is None
    assert fresh().terminals[0] == "$END"


def test_the_cache_folder_is_the_users_own(cache):
    assert cache_directory() == cache
    assert cache.stat().st_mode & 0o777 == 0o700
    cache.chmod(0o777)
    assert cache_directory() is None


def test_a_relative_cache_folder_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() in (tmp_path / ".cache" / "freeblock", tmp_path / "Library" / "Caches" / "freeblock")


def test_a_warm_cache_imports_no_lark(tmp_path):
    code = (
        "import sys\n"
        "from freeblock.language.parser import parse_program\n"
        "from freeblock.source import Source\n"
        "parse_program(Source('x', 'dense >> relu'))\n"
        "print('lark' in sys.modules, 'sympy' in sys.modules, 'inspect' in sys.modules)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    seen = [subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.split()[:2] for _ in range(2)]
    assert seen == [["True", "False"], ["False", "False"]]


def test_the_grammar_is_lalr_without_conflicts(caplog):
    from lark import Lark, logger

    caplog.set_level(logging.DEBUG, logger.name)
    Lark(GRAMMAR, parser="lalr", lexer="basic", start=list(table.STARTS), debug=True)
    assert [record.message for record in caplog.records if "conflict" in record.message.lower()] == []


def test_every_terminal_is_named():
    assert not [name for name in fresh().terminals if name.startswith("__")]
