"""Every conversation in the README and in docs/ goes as it is printed."""

from __future__ import annotations

import pytest
from conversations import CONVERSATION, answers, inputs_of
from test_examples import PAGES

BLOCKS = [(page.name, block) for page in PAGES for block in CONVERSATION.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_a_conversation_goes_as_printed(page: str, block: str) -> None:
    printed = "\n".join(line for line in block.splitlines() if not line.startswith(("fb> ", "... ")))
    assert answers(inputs_of(block)).splitlines() == printed.splitlines()


def test_there_are_conversations() -> None:
    assert len(BLOCKS) >= 2
