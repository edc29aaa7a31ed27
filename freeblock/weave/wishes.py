"""What a paper asks for: definitions in our language, formulas of named blocks, and options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from freeblock.errors import OptionError, UnknownNameError, did_you_mean
from freeblock.language.names import spell
from freeblock.weave.tex import Stretch

Kind = Literal["phi", "variance", "kappa", "condition", "derivation", "value"]
QUANTITIES = ("phi", "variance", "kappa")
DETAILS = ("none", "summary", "full")
DEFAULT_CONDITION = "phi=1"
DEFAULT_DIGITS = 4
MOST_DIGITS = 15
_BLANKS = re.compile(r"\s+")
_FLAGS = frozenset({"show", "assume-free", "narrow"})


@dataclass(frozen=True, slots=True)
class Options:
    """How a block is derived: premises taken for granted, the side, and values for symbols."""

    assume: tuple[str, ...] = ()
    assume_free: bool = False
    side: Literal["out", "in"] = "out"
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One `\\freeblock{…}` or `freeblock` environment."""

    body: Stretch
    options: Options
    option_places: Mapping[str, Stretch]
    shown: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One formula at one place. `key` is the argument as LaTeX compares it: the letters without blanks."""

    kind: Kind
    name: Stretch
    argument: str
    settings: Mapping[str, Stretch] = field(default_factory=dict)
    detail: str = ""
    """The quantity, the symbol to solve for, or how much of the steps, as the kind needs."""
    place: Stretch | None = None
    """Where the argument stands."""
    digits: int = DEFAULT_DIGITS
    strict: bool = True
    """Whether a refused formula is a failure; in tables and derivations it is part of the picture."""

    @property
    def written(self) -> str:
        """The name as LaTeX sees it."""
        return unblanked(self.name.text)

    @property
    def block(self) -> str:
        """The name as our language spells it."""
        return spell(self.written)

    @property
    def label(self) -> tuple[str, str, str]:
        """What LaTeX looks the formula up by."""
        return self.kind, self.written, self.argument


def unblanked(text: str) -> str:
    """The text without blanks, as LaTeX's `\\zap@space` leaves it."""
    return _BLANKS.sub("", text)


def pairs(stretch: Stretch | None, keys: frozenset[str]) -> Iterator[tuple[str, Stretch, Stretch | None]]:
    """(key, its place, value) for each item of an option list. Raises UnknownNameError for a key not in `keys`."""
    for item in stretch.parts() if stretch is not None else ():
        head, value = item.halves()
        key = head.text
        if key not in keys:
            close = did_you_mean(key, keys)
            raise UnknownNameError(f"no option is called `{key}`", head.span,
                                   f"did you mean `{close}`?" if close else f"known are {', '.join(sorted(keys))}")
        if (value is None or not value.text) != (key in _FLAGS):
            raise OptionError(f"`{key}` {'takes no value' if key in _FLAGS else 'needs a value'}", item.span,
                              f"write `{key}`" if key in _FLAGS else f"write `{key}=…`")
        yield key, head, value


def choice(what: str, stretch: Stretch, choices: tuple[str, ...]) -> str:
    """One of some words. Raises OptionError."""
    text = unblanked(stretch.text)
    if text not in choices:
        close = did_you_mean(text, choices)
        raise OptionError(f"the {what} cannot be `{stretch.text}`", stretch.span,
                          f"did you mean `{close}`?" if close else f"it is one of {', '.join(choices)}")
    return text
