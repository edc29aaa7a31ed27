"""Chains of pre-activation blocks: what the overlap theorem asks of each block, read off a filled network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from freeblock.activation.homogeneous import degree
from freeblock.activation.on_demand import signature
from freeblock.calculus.filling import growth
from freeblock.calculus.forward import unit_of
from freeblock.calculus.law import Law
from freeblock.formula.expression import ONE, Expression
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum

if TYPE_CHECKING:
    from freeblock.activation.means import UnitFunction

LONGEST = 1000
"""Copies that are told apart."""
_WEIGHT = {"left", "right", "central"}


class Branch(NamedTuple):
    """`norm >> activation >> weights`, added to or stacked onto the stream."""

    block: Block
    part: Block
    """The branch as it stands in the sum or stack, with a factor that it may have."""
    norm: Leaf | None
    activation: Leaf
    unit: UnitFunction
    rest: tuple[Leaf, ...]

    @property
    def on_sides(self) -> bool:
        """Whether f is a multiple of x on either side of 0, so that its slope is a function of the sign."""
        assert self.unit.function is not None
        return degree(self.unit.function) == 1


class Residual(NamedTuple):
    """One block I + VD in formulas: φ of the block and of VD, κ of VD, and κ of D."""

    branch: Branch
    phi: Expression
    added: Expression
    kappa: Expression
    pattern: Expression
    size: Expression
    """The variance of what D looks at in the stream, up to a factor that all blocks share."""


def branch_of(block: Block) -> Branch | None:
    """The branch beside the identity; None for a block of another form."""
    if not isinstance(block, (Sum, Stack)) or len(block.parts) != 2:
        return None
    skips = [part for part in block.parts if isinstance(part, Leaf) and part.rule.name == "id"]
    if len(skips) != 1 or (isinstance(block, Stack) and block.parts[0] is not skips[0]):
        return None
    part = next(one for one in block.parts if one is not skips[0])
    chain = part.block if isinstance(part, Scale) else part
    parts = chain.parts if isinstance(chain, Serial) else ()
    found = [one for one in parts if isinstance(one, Leaf)]
    if len(found) < max(len(parts), 2):
        return None
    norm = found[0] if _is_norm(found[0]) else None
    activation, *rest = found[1:] if norm is not None else found
    unit = unit_of(activation)
    if unit is None or unit.function is None or not rest:
        return None
    if not all(leaf.traits >= _WEIGHT for leaf in (rest[0], rest[-1])):
        return None
    return Branch(block, part, norm, activation, unit, tuple(rest))


def _is_norm(leaf: Leaf) -> bool:
    """Whether it divides by what the input decides, and by nothing else that was stated."""
    forward = leaf.rule.forward
    return forward is not None and "scalar" in leaf.traits and len(forward.statistics) == 1 and \
        not forward.statistics.keys() & leaf.given


def blocks_of(root: Block) -> list[Block] | None:
    """The blocks of a chain one by one; None where their number is not known or beyond what is told apart."""
    found: list[Block] = []
    for part in root.parts if isinstance(root, Serial) else (root,):
        count = part.count.number() if isinstance(part, Repeat) else 1
        if isinstance(part, Indexed) or not isinstance(count, int) or len(found) + count > LONGEST:
            return None
        found += [part.block] * count if isinstance(part, Repeat) else [part]
    return found


def residuals(network: Network, blocks: Sequence[Block], laws: Mapping[Block, Law]) -> list[Residual] | None:
    """What the theorem needs of each block of a residual chain; None where one has another form."""
    made: dict[Block, Residual | None] = {}
    found: list[Residual] = []
    size = ONE
    for block in blocks:
        if block not in made:
            made[block] = _residual(network, block, laws)
        one = made[block]
        if one is None or not are_alike(found[0].branch if found else one.branch, one.branch):
            return None
        if _follows_growth(one.branch):
            one, size = one._replace(size=size), multiply_out(product(((size, 1), (one.size, 1))))
        found.append(one)
    return found


def _residual(network: Network, block: Block, laws: Mapping[Block, Law]) -> Residual | None:
    branch = branch_of(block) if isinstance(block, Sum) else None
    if branch is None:
        return None
    whole, part, pattern = laws[block], laws[branch.part], laws[branch.activation]
    size: Expression | None
    if branch.norm is not None:
        size = _variance(branch.norm)
    elif branch.on_sides:
        size = growth(network, block)
    else:
        size = branch.activation.arguments.get("q")
    if size is None or part.kappa is None or pattern.kappa is None:
        return None
    return Residual(branch, whole.phi, part.phi, part.kappa, pattern.kappa, size)


def _variance(norm: Leaf) -> Expression:
    """The square of what a normalisation takes for the deviation of the stream."""
    assert norm.rule.forward is not None
    name, = norm.rule.forward.statistics
    return multiply_out(power(norm.arguments[name], 2))


def _follows_growth(branch: Branch) -> bool:
    """Whether `size` is that by which the block multiplies the stream, and not that of the stream."""
    return branch.norm is None and branch.on_sides


def are_alike(first: Branch | None, second: Branch) -> bool:
    """Whether two branches begin with the same functions."""
    if first is second:
        return True
    assert first is not None
    assert first.unit.function is not None and second.unit.function is not None
    return _apart_from_statistics(first.norm) == _apart_from_statistics(second.norm) and \
        signature(first.unit.function) == signature(second.unit.function)


def _apart_from_statistics(norm: Leaf | None) -> tuple[object, ...]:
    """The rule of a normalisation and its arguments, without what the input decides."""
    if norm is None:
        return ()
    assert norm.rule.forward is not None
    decided = norm.rule.forward.statistics
    return norm.rule.name, {name: norm.arguments.get(name) for name in norm.rule.parameters if name not in decided}


