"""The symbols of a network whose values only its data know: a check measures them, unless `--set` gives them."""

from __future__ import annotations

from collections.abc import Iterator

from freeblock.formula.expression import Expression, symbol
from freeblock.formula.traversal import symbols
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale
from freeblock.network.tree import children_first, leaves

UNTIL_MEASURED = 0.5
"""What such a symbol counts until then; any number of its domain serves."""

_SHARES = {"sign": "p"}
"""Sampler of an activation → the parameter that is the active part of its units."""


def unknowns_of(leaf: Leaf) -> dict[str, str]:
    """Parameter → the symbol that stands for it, of those that only the data know.

    The symbol is one of its place, or one that was written for it alone: `bn(std=s)`, `relu(p=a)`.
    """
    share = _SHARES.get(_sampler(leaf))
    found = {}
    for name, parameter in leaf.rule.parameters.items():
        value = leaf.arguments.get(name)
        if value is None or not (parameter.fresh is not None or (name == share and name in leaf.given)):
            continue
        names = symbols(value)
        if len(names) == 1:
            (only,) = names
            if name not in leaf.given or value == symbol(only):
                found[name] = only
    return found


def is_measured(leaf: Leaf, network: bool) -> bool:
    """Whether samples show its unknowns: those of maxima always, statistics and active parts where there are data."""
    name = _sampler(leaf)
    return name == "window_maximum" or (network and (name in ("normalize", "normalize_groups") or name in _SHARES))


def measured_symbols(block: Block, network: bool) -> frozenset[str]:
    """The symbols that a check measures instead of asking for a value.

    One that was written stands for one thing, and nowhere else: otherwise it needs a number.
    """
    roles: dict[str, set[str]] = {}
    own: set[str] = set()
    for leaf in leaves(block):
        if is_measured(leaf, network):
            for name, unknown in unknowns_of(leaf).items():
                roles.setdefault(unknown, set()).add(name)
                if name not in leaf.given:
                    own.add(unknown)
    if not roles.keys() - own:
        return frozenset(own)
    elsewhere = set().union(*(symbols(value) for value in _others(block, network)))
    written = {unknown for unknown, names in roles.items() if len(names) == 1} - elsewhere
    return frozenset(own | written)


def _others(block: Block, network: bool) -> Iterator[Expression]:
    """Every formula of a tree that is no unknown of a component."""
    for part in children_first(block):
        if isinstance(part, Leaf):
            unknown = unknowns_of(part) if is_measured(part, network) else {}
            yield from (value for name, value in part.arguments.items() if name not in unknown)
        elif isinstance(part, Scale):
            yield part.factor
        elif isinstance(part, Repeat):
            yield part.count
        elif isinstance(part, Indexed):
            yield from (part.lower, part.upper)


def _sampler(leaf: Leaf) -> str:
    return "" if leaf.rule.sample is None else leaf.rule.sample.name
