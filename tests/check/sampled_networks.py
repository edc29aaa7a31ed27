"""Networks for the tests of `check`, written as text."""

from __future__ import annotations

from freeblock.language.parser import parse_program
from freeblock.network.nodes import Block
from freeblock.network.resolve import resolve
from freeblock.rules.catalogue import load_catalogue
from freeblock.source import Source


def network(text: str) -> Block:
    """The resolved tree of a text."""
    return resolve(parse_program(Source("test", text)), load_catalogue()).block
