"""Definitions, shapes and symbols: what an expression stands for before any theorem is applied."""

from __future__ import annotations

import pytest

from freeblock.errors import FreeblockError, LimitError
from freeblock.formula.notations import PLAIN
from freeblock.formula.printing import print_expression
from freeblock.language.parser import parse_program
from freeblock.network.network import Network
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.session import derive_source
from freeblock.source import Source


def network(text: str) -> Network:
    return resolve(parse_program(Source("net", text)), load_catalogue())


def shape(text: str) -> tuple[str, str]:
    block = network(text).block
    return print_expression(block.rows, PLAIN), print_expression(block.columns, PLAIN)


@pytest.mark.parametrize("text, expected", [
    ("dense", ("n", "n")),
    ("dense(k) >> relu >> orthogonal(3*k)", ("3*k", "n")),
    ("id | dense(k)", ("k + n", "n")),
    ("input 784\ndense(512) >> dense(10)", ("10", "784")),
    ("(id | dense(k))^3", ("3*k + n", "n")),
    ("(id | dense(k))^L", ("n + L*k", "n")),
    ("f(w) = dense(w) >> relu\nf(2*n) >> f(n/2)", ("n/2", "n")),
    ("dense^0", ("n", "n")),
])
def test_widths(text: str, expected: tuple[str, str]) -> None:
    assert shape(text) == expected


def symbols_of(text: str) -> set[str]:
    return set(network(text).meanings)


def test_an_unknown_statistic_is_numbered_where_there_are_several() -> None:
    assert "sigma_B" in symbols_of("bn >> dense")
    assert symbols_of("bn >> dense >> bn") >= {"sigma_B1", "sigma_B2"}


def test_one_vector_has_one_statistic() -> None:
    assert "sigma_B" in symbols_of("(bn >> dense) + (bn >> orthogonal)")


@pytest.mark.parametrize("text, word", [
    ("f(a) = dense(a) >> a\nf(relu)", "block"),
    ("a = b\nb = dense\na", "before it is defined"),
    ("a = a >> relu\na", "before it is defined"),
    ("a = relu\na = dense\na", "defined already"),
    ("relu = dense\nrelu", "component"),
    ("f(x) = serial[l=1..L]((1/x) * dense)\nf(l)", "index"),
    ("id + dense(k)", "equal widths"),
    ("sum[l=3..2](dense)", "empty"),
    ("dense^(1/2)", "whole number"),
    ("input (3, 32, 32)\ndense", "vectors"),
    ("let W = dense\nW >> dense(2*n) >> W", "one random object"),
])
def test_mistakes(text: str, word: str) -> None:
    with pytest.raises(FreeblockError, match=word):
        network(text)


def test_definitions_that_double_are_stopped() -> None:
    lines = ["x0 = dense"] + [f"x{i} = x{i - 1} >> x{i - 1}" for i in range(1, 60)]
    with pytest.raises(LimitError):
        network("\n".join([*lines, "x59"]))


def test_depth_is_no_obstacle() -> None:
    parentheses = derive_source(Source("deep", "(" * 1000 + "dense(var=1/fan_in)" + ")" * 1000))
    assert parentheses.derivation.law.phi.is_one
    lines = ["x0 = dense(var=1/fan_in)"] + [f"x{i} = x{i - 1} >> relu >> dense(var=2/fan_in)" for i in range(1, 1000)]
    chain = derive_source(Source("long", "\n".join([*lines, "x999"])))
    assert chain.derivation.law.phi.is_one and chain.derivation.law.state[0].number() == 1 + 2 * 999
