"""A resolved network: its tree, what was stated or had to be assumed, and what its symbols mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from freeblock.formula.expression import Expression
from freeblock.formula.order import Fact
from freeblock.language.records import record
from freeblock.network.image import Image
from freeblock.network.nodes import Block


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the result rests on that no theorem can decide."""

    name: str
    statement: Expression | str
    because: str


@record
class Network:
    """What an expression describes. `width` is the number of input coordinates, `n` in formulas."""

    block: Block
    width: Expression
    facts: tuple[Fact, ...]
    whole: frozenset[str]
    """Symbols that are positive integers."""
    assumptions: tuple[Assumption, ...]
    meanings: Mapping[str, str]
    """Symbol → what it stands for, where the library says so."""
    name: str | None
    """The definition that was resolved, None for a bare expression."""
    mentioned: frozenset[str]
    """Every name in the text, the components' symbols included: what can be given a value."""
    constants: Mapping[str, Expression]
    """Symbols whose value is a number: published, or worked out while the laws are."""
    errors: Mapping[str, Fraction]
    """Of those that were worked out, how far the number may be off."""
    premise_names: frozenset[str]
    """The premises of the components used: what can be assumed by name."""
    image: Image | None = None
    """The shape of the input, where it is an image."""
    output: Image | None = None
    """The shape of the output, where it is an image."""
    on_images: bool = False
    """Whether a component for images is among its components."""
