"""Keys of what is drawn: a set of them is a whole number with a bit for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Keys: TypeAlias = int
"""A set of keys: | joins two of them, & is what they share, & ~ what one lacks. Sets in a deep stream grow long."""

NO_KEYS: Keys = 0
INPUT_KEY: Keys = 1
"""The key of the data itself."""


class Keyring:
    """Gives every draw, and every unknown source, a key of its own."""

    def __init__(self) -> None:
        self._known: dict[int, Keys] = {}
        self._newest = INPUT_KEY

    def of_draw(self, identity: int) -> Keys:
        """The key of a component's draw."""
        key = self._known.get(identity)
        if key is None:
            key = self._known[identity] = self.fresh()
        return key

    def fresh(self) -> Keys:
        """A key that nothing has yet."""
        self._newest <<= 1
        return self._newest


def joined(sets: Iterable[Keys]) -> Keys:
    """All keys of several sets."""
    result = NO_KEYS
    for keys in sets:
        result |= keys
    return result
