"""Sums and stacks in normal form: flattened, with common prefixes factored and identities added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from freeblock.calculus.diagonals import is_identity
from freeblock.calculus.prefixes import first_leaf, label_of_branches, map_of, without_first
from freeblock.calculus.serial_form import make_serial
from freeblock.formula.expression import ONE
from freeblock.formula.sums import total
from freeblock.network.leaves import shortened
from freeblock.network.nodes import Block, Scale, Stack, Sum


def make_parallel(parts: Sequence[Block], origin: Sum | Stack) -> Block:
    """A sum or stack in normal form from branches in normal form."""
    flat: list[Block] = []
    for part in parts:
        flat.extend(part.parts if type(part) is type(origin) else (part,))
    if len(flat) == 1:
        return flat[0]
    flat = _factored(flat, origin)
    if isinstance(origin, Sum):
        flat = _merge_scaled_identities(flat)
    if len(flat) == 1:
        return flat[0]
    return replace(origin, parts=tuple(flat))


def _merge_scaled_identities(parts: list[Block]) -> list[Block]:
    """id + id is 2·id; only exact identities, whose signs are known."""
    identities = [part for part in parts if is_identity(part.block if isinstance(part, Scale) else part)]
    if len(identities) < 2:
        return parts
    factor = total(part.factor if isinstance(part, Scale) else ONE for part in identities)
    first = identities[0].block if isinstance(identities[0], Scale) else identities[0]
    merged: Block = first if factor.is_one else Scale(
        factor, first, first.rows, first.columns, " + ".join(part.label for part in identities), first.span)
    return [merged, *(part for part in parts if part not in identities)]


def _factored(parts: Sequence[Block], origin: Sum | Stack) -> list[Block]:
    """Branches that begin with one and the same map of their common input, put behind that map."""
    groups: dict[object, list[Block]] = {}
    for part in parts:
        key = map_of(first_leaf(part))
        groups.setdefault(part if key is None else key, []).append(part)
    return [group[0] if len(group) == 1 else _behind(first_leaf(group[0]), group, origin) for group in groups.values()]


def _behind(prefix: Block, group: Sequence[Block], origin: Sum | Stack) -> Block:
    rests = [without_first(member) for member in group]
    rows = group[0].rows if isinstance(origin, Sum) else total(rest.rows for rest in rests)
    label = label_of_branches("sum" if isinstance(origin, Sum) else "stack", rests)
    inner = replace(origin, parts=tuple(rests), rows=rows, columns=prefix.rows, label=label)
    outer = replace(origin, rows=rows, label=shortened(f"{prefix.label} >> ({label})"))
    return make_serial([prefix, make_parallel(rests, inner)], outer)
