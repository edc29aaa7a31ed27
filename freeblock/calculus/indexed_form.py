"""Indexed forms in normal form: what all copies begin with stands before them, as with written-out branches."""

from __future__ import annotations

from dataclasses import replace

from freeblock.calculus.prefixes import first_leaf, label_of_indexed, map_of, without_first
from freeblock.calculus.serial_form import make_serial
from freeblock.formula.renaming import all_symbols
from freeblock.network.nodes import Block, Indexed, Leaf


def make_indexed(body: Block, origin: Indexed) -> Block:
    """A chain, sum or stack over an index in normal form, of a body in normal form."""
    first = first_leaf(body)
    if origin.kind == "serial" or body is first or not _is_common(first, origin.index):
        return replace(origin, body=body)
    rest = without_first(body)
    inner = replace(origin, columns=first.rows, label=label_of_indexed(origin, rest))
    return make_serial([first, make_indexed(rest, inner)], origin)


def _is_common(first: Block, index: str) -> bool:
    """Whether the component is one and the same matrix at every index."""
    return isinstance(first, Leaf) and map_of(first) is not None and index not in all_symbols(first.formulas)
