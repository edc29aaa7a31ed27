"""A hostile library is refused in time, without a traceback."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rule_texts import SOUND, read

from freeblock.errors import ErrorList, FreeblockError
from freeblock.resources import directory

pytestmark = pytest.mark.usefixtures("no_hang")

HEAD = "a:\n  title: t\n  kind: structure\n  source: s\n  jacobian:\n"
LETTERS = "abcdefghij"

BOMBS = {
    "brackets": "[" * 100_000,
    "braces": "{a: " * 100_000,
    "lists": "- " * 100_000,
    "questions": "? " * 100_000,
    "tags": "a: " + "!x " * 100_000,
    "laughs": "a: &a [x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip(LETTERS, LETTERS[1:], strict=False)
    ),
    "merge": "a: &a {b: 1}\nc: {<<: *a}\n",
    "many names": "".join(f"k{number}: 1\n" for number in range(90_000)),
    "repeated names": "a: 1\n" * 190_000,
    "unknown keys": HEAD + "    moments: 1\n" + "".join(f"  k{number}: 1\n" for number in range(80_000)),
    "atoms": f"{HEAD}    measure: [{'[1, 0], ' * 100_000}[1, 1]]\n",
    "long formula": f"{HEAD}    moments: {'1+' * 400_000}1\n",
    "parentheses": f"{HEAD}    moments: \"{'(' * 4_000}1{')' * 4_000}\"\n",
    "tower": f"{HEAD}    moments: 9^(9^(9^9))\n",
    "tall tower": f"{HEAD}    moments: 9^(9^(9^(9^(9^9))))\n",
    "long key": f"? {'x' * 900_000}\n: 1",
    "long word": f"{HEAD}    moments: 1\n  depends_on: {'x' * 900_000}\n",
    "long text": "x" * 2_000_000,
    "misspelt names": "".join(
        f"r{number}:\n{HEAD[3:]}    moments: {'*'.join(f'x{place}' for place in range(100))}\n" for number in range(900)
    ),
    "many rules": "".join(f"r{number}:\n{HEAD[3:]}    moments: 1\n" for number in range(2_001)),
    "many formulas": "".join(
        f"r{number}:\n{HEAD[3:]}    measure: [{', '.join(['[fan_in, 1/50]'] * 50)}]\n" for number in range(400)
    ),
    "large formulas": "".join(
        f"r{number}:\n{HEAD[3:]}    moments: {'+'.join(f'k^{power}' for power in range(1_500))}\n" for number in range(90)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_in_time(name):
    with pytest.raises(ErrorList) as caught:
        read(BOMBS[name])
    assert len(str(caught.value)) < 60_000


@pytest.mark.parametrize("name", ["brackets", "braces", "lists", "questions", "tags", "laughs"])
def test_bomb_is_refused_by_the_python_reader_too(name, monkeypatch):
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    test_bomb_is_refused_in_time(name)


@pytest.mark.parametrize("law", [
    f"\"{'(' * 1_900}1{'+k)' * 1_900}\"",
    f"\"{'sqrt(1+' * 1_200}k{')' * 1_200}\"",
    f"\"{'(1+' * 1_200}k{')^2' * 1_200}\"",
    f"\"{'max(3, ' * 800}k{')' * 800}\"",
    "+".join(f"1/{2 * number + 1}" for number in range(1_200)),
    "*".join(f"(k+{number}*fan_in)" for number in range(500)),
    "floor(9^(9^9)) + gamma(10^30) + harmonic(10^40)",
    "9^(9^9) - 9^(9^9)",
])
def test_large_formula_ends_in_time(law):
    try:
        read(f"{HEAD}    moments: {law}\n")
    except FreeblockError as error:
        assert error.span is not None


SHIPPED = (directory("library") / "components.yaml").read_text(encoding="utf-8")
PIECES = st.sampled_from([
    *"{}[]:,&*!|>'\"%@`#?-^+/()<=\n\t ~\\", "\r\n", "  ", "- ", ": ", "<<: ", "*a", "&a ", "!!str ", "---\n", "...\n",
    "σ", "\ufeff", "\u2028", "\x85", "k", "z", "9^9^9", "true", "null", "fan_out", "0/0", "sqrt(", "1e400", "moments: ",
])
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES | st.text(max_size=3)), min_size=1, max_size=4)


@settings(max_examples=300, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([SOUND, SHIPPED[:3_000], SHIPPED[-3_000:]]), EDITS)
@example(SOUND, [(0.0, 0, "\ufeff")])
def test_mangled_library_never_escapes(text, edits):
    for place, removed, piece in edits:
        start = int(place * len(text))
        text = text[:start] + piece + text[start + removed:]
    try:
        read(text)
    except FreeblockError as error:
        assert error.span is not None
        assert str(error)


@settings(max_examples=200, deadline=2_000)
@given(st.text(max_size=80))
def test_any_text_never_escapes(text):
    try:
        read(text)
    except FreeblockError as error:
        assert str(error)
