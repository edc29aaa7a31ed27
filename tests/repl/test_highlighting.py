"""Every text is coloured from its first character to its last."""

from __future__ import annotations

import random

import pytest

from freeblock.repl.conversation import Conversation
from freeblock.repl.highlighting import Stretch, stretches


@pytest.mark.parametrize("seed", range(200))
@pytest.mark.usefixtures("no_hang")
def test_the_stretches_make_up_the_text(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice(["dense", " ", ">>", "@", "\n", "σ_w", "(", ")", "# a\n", "1.5", "²", "\x00", ":", "_", "let"])
                   for _ in range(rng.randrange(40)))
    assert "".join(stretch.text for stretch in stretches(text, Conversation())) == text


@pytest.mark.usefixtures("no_hang")
def test_garbage_of_any_length_is_marked_at_once() -> None:
    text = "@ " * 100_000
    assert "".join(stretch.text for stretch in stretches(text, Conversation())) == text


def test_kinds_are_those_of_the_grammar_and_the_library() -> None:
    text = "let a = dense(var=sqrt(2)) # said\n@"
    found = [stretch for stretch in stretches(text, Conversation()) if stretch.kind != "blank"]
    assert found == [Stretch(*pair) for pair in [
        ("let", "keyword"), ("a", "name"), ("=", "sign"), ("dense", "component"), ("(", "bracket"), ("var", "name"),
        ("=", "sign"), ("sqrt", "function"), ("(", "bracket"), ("2", "number"), (")", "bracket"), (")", "bracket"),
        (" # said\n", "comment"), ("@", "mistake")]]
