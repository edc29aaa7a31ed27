"""Laws that are renamed or filled in are the laws that would have been worked out."""

from __future__ import annotations

import random
from typing import Any

import pytest

from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.calculus.steps import Steps
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import Expression
from freeblock.formula.traversal import symbols
from freeblock.language.parser import parse_program
from freeblock.network.nodes import Leaf
from freeblock.network.resolve import resolve
from freeblock.network.tree import parts_of
from freeblock.report.alike_steps import AlikeSteps
from freeblock.report.data import derivation_data
from freeblock.rules.catalogue import load_catalogue
from freeblock.session import derive_source
from freeblock.source import Source

CATALOGUE = load_catalogue()
NAMES = ["a", "b", "d", "e_1", "f", "m", "o", "p", "pa", "pj", "q", "r", "s_1", "t", "z", "sigma_a", "sigma_z", "A", "Z", "alpha"]
"""On both sides of n, sigma_w and the constants e and pi in the order of names."""


def _texts(draw: random.Random) -> list[str]:
    """Chains and residual blocks that are alike up to the names, or the numbers, in them."""
    symbol = draw.choice(NAMES), draw.choice(NAMES)
    number = draw.randint(1, 30), draw.randint(1, 99)
    return [
        f"dense(var={symbol[0]}) >> leaky_relu(slope={symbol[1]})",
        f"dense(var={symbol[0]}/fan_in) >> leaky_relu(slope={symbol[1]}, p={symbol[0]})",
        f"dense(var={number[0]}/(7*fan_in)) >> leaky_relu(slope={number[1]}/100) >> dense(var={number[1]}/50)",
        f"dense(3*n, var={symbol[0]}*{number[1]}/100/fan_in) >> prelu(slope={number[0]}/40, p={symbol[1]})",
        f"(id + (dense(var={symbol[0]}) >> relu(p={symbol[1]}) >> dense))",
        f"(id + (dense(var={symbol[1]}/n) >> relu >> orthogonal(gain={symbol[0]})))",
        f"(dense(var={symbol[0]}) | (relu >> dense(2*n, var={symbol[1]})) | id) >> dense(n)",
    ]


@pytest.mark.parametrize("order", [2, 4])
@pytest.mark.parametrize("kind", range(7))
def test_laws_by_likeness_are_the_laws_worked_out(kind: int, order: int) -> None:
    draw = random.Random(kind)
    text = " >> ".join(_texts(draw)[kind] for _ in range(12))
    network = resolve(parse_program(Source("test", text)), CATALOGUE)
    together = Steps(network.block, order, whole=network.whole)
    for block, law in together.laws.items():
        alone = leaf_law(block, order) if isinstance(block, Leaf) else Steps(block, order, whole=network.whole).laws[block]
        _assert_equal(law, alone, draw)
        if not isinstance(block, Leaf) and len(parts_of(block)) < 12:
            assert law.phi == alone.phi


def _wide(draw: random.Random, place: int) -> list[str]:
    """Layers of widths of their own; a branch stands on the widths around it."""
    name, other = f"{draw.choice(NAMES)}{place}", draw.choice(NAMES)
    width, size = draw.choice([f"w{place}", f"2*w{place}", f"n + {place}", f"{place + 7}"]), draw.randint(1, 9)
    return [
        f"dense({name}, var={other}/fan_in) >> relu",
        f"dense({place + 3}, var={size}/fan_in) >> leaky_relu(slope={size}/10)",
        f"dense({width}, var={other}) >> relu(p={other})",
        f"dense({width}) >> (id + (dense(var={other}/fan_out) >> relu >> dense))",
        f"orthogonal({width}, gain={other}) >> tanh(q=1/{size})",
        f"dense({width}) >> elu(alpha={other}, q=1/{size}) >> dense >> hard_tanh(c={size})",
        f"(dense(w{place}) | dense(n)) >> relu >> (id + (dense(w{place}) >> relu >> dense(w{place} + n)))",
    ]


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("kind", range(7))
def test_laws_of_many_widths_are_the_laws_worked_out(kind: int, order: int) -> None:
    draw = random.Random(kind)
    text = " >> ".join(_wide(draw, place)[kind] for place in range(60))
    network = resolve(parse_program(Source("test", text)), CATALOGUE)
    together = Steps(network.block, order, whole=network.whole)
    for block, law in together.laws.items():
        if isinstance(block, Leaf):
            _assert_equal(law, leaf_law(block, order), draw)
        elif len(parts_of(block)) < 12:
            _assert_equal(law, Steps(block, order, whole=network.whole).laws[block], draw)


@pytest.mark.parametrize("kind", range(7))
def test_texts_of_many_widths_are_the_texts_printed(kind: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(kind)
    text = " >> ".join(_wide(draw, place)[kind] for place in range(30))
    filled, printed = _both_ways(text, 2, monkeypatch)
    assert filled["steps"][:-1] == printed["steps"][:-1]


def _both_ways(text: str, order: int, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data of a derivation whose texts are filled in, and printed one by one."""
    derivation = derive_source(Source("test", text), order=order, assume_free=True).derivation
    filled = derivation_data(derivation, text)
    with monkeypatch.context() as patched:
        patched.setattr(AlikeSteps, "texts", lambda *_: None)
        patched.setattr("freeblock.formula.printing.MANY_PARTS", 10**9)
        return filled, derivation_data(derivation, text)


def _assert_equal(law: Law, other: Law, draw: random.Random) -> None:
    assert (law.rows, law.columns) == (other.rows, other.columns)
    for one, two in zip((law.phi, *law.state, *law.moments()), (other.phi, *other.state, *other.moments()),
                        strict=True):
        _assert_same_value(one, two, draw)


def _assert_same_value(one: Expression, two: Expression, draw: random.Random) -> None:
    values = {name: draw.uniform(0.2, 0.9) for name in symbols(one) | symbols(two)}
    first, second = evaluate(one, values), evaluate(two, values)
    assert (first - second).to_float() == pytest.approx(0, abs=1e-9 * (1 + abs(second.to_float())))


def test_texts_with_blanks_are_the_texts_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(1)
    for kind in range(7):
        text = " >> ".join(_texts(draw)[kind] for _ in range(4))
        filled, printed = _both_ways(text, 3, monkeypatch)
        if not printed["definitions"]:
            assert filled == printed
