"""Plain frozen data, cheap to import and to make.

The type checker keeps records frozen: a class that does so itself is three times slower to make, and a text may
have half a million nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def record(kind: type[Kind]) -> type[Kind]:
    """A class with slots and an `__init__` for its fields."""
    return dataclass(slots=True, eq=False, repr=False)(kind)


class Record:
    """Equality, hash and representation by every field except spans and sources.

    Written once here because methods generated for each dataclass cost a quarter of the import.
    """

    __slots__ = ()
    _names: ClassVar[tuple[str, ...]]
    _key: ClassVar[Callable[[Any], Any]]

    def __init_subclass__(cls) -> None:
        cls._names = tuple(
            name for name, kind in cls.__annotations__.items() if kind not in ("Span", "Source")
        )
        cls._key = attrgetter(*cls._names)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or bool(type(self)._key(self) == type(self)._key(other))

    def __hash__(self) -> int:
        return hash((type(self), type(self)._key(self)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__name__}({shown})"
