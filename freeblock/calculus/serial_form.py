"""Chains in normal form: flattened, scalars merged, diagonals moved into stacks and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from freeblock.calculus.diagonals import (
    is_diagonal,
    is_identity,
    is_rising_in_sign,
    is_scalar,
    is_zero_one_of_sign,
    looks_at,
)
from freeblock.calculus.draws import on_branch, redrawn
from freeblock.calculus.prefixes import label_of_branches, label_of_indexed
from freeblock.calculus.scaling import may_leave, scaled
from freeblock.formula.expression import ONE, Expression
from freeblock.language.formulas import to_expression
from freeblock.network.identity import identity
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack
from freeblock.network.tree import leaves


def make_serial(parts: Sequence[Block], origin: Block) -> Block:
    """A chain in normal form from parts in normal form, parts[0] acting first."""
    factor, chain = _flatten(parts)
    chain = _merge_runs(_distribute(_after_pools(chain))) or [identity(origin.columns, origin.span)]
    result: Block = chain[0] if len(chain) == 1 else Serial(
        tuple(chain), origin.rows, origin.columns, origin.label, origin.span)
    return result if factor.is_one else scaled(factor, result, origin)


def _flatten(parts: Sequence[Block]) -> tuple[Expression, list[Block]]:
    """The product of the scale factors, and the parts of nested chains without identities or repeated masks.

    A factor leaves its place unless a later block looks at what it scales. relu>>relu is relu: a 0/1
    derivative of the sign sees the pattern it made itself, as long as nothing but dropout and positive
    factors stands in between.
    """
    factor, opened = _hoisted(_opened(parts))
    chain: list[Block] = []
    masks: set[tuple[object, ...]] = set()
    for part in opened:
        if is_zero_one_of_sign(part):
            assert isinstance(part, Leaf)
            key = (part.rule.name, part.written, frozenset(part.arguments.items()))
            if key in masks:
                continue
            masks.add(key)
        elif not (isinstance(part, Leaf) and part.rule.depends_on == "noise"):
            masks.clear()
        chain.append(part)
    return factor, chain


def _opened(parts: Sequence[Block]) -> list[Block]:
    """Nested chains opened; c·A becomes A followed by c·id; identities are left out."""
    opened: list[Block] = []
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        if isinstance(part, (Serial, Commuting)):
            waiting.extend(reversed(part.parts))
        elif isinstance(part, Scale) and is_identity(part.block):
            opened.append(part)
        elif isinstance(part, Scale):
            waiting.append(scaled(part.factor, identity(part.rows, part.span), part))
            waiting.append(part.block)
        elif not is_identity(part):
            opened.append(part)
    return opened


def _hoisted(opened: list[Block]) -> tuple[Expression, list[Block]]:
    """The factors that may leave the chain, and what stays.

    Signs do not see a positive factor before them, and values see every factor; a pattern that saw −x is not
    the pattern of x, although both have one law.
    """
    if not any(isinstance(part, Scale) for part in opened):
        return ONE, opened
    factor = ONE
    kept: list[Block] = []
    looking: set[str] = set()
    for part in reversed(opened):
        if not isinstance(part, Scale):
            looking |= looks_at(part)
            kept.append(part)
        elif may_leave(part.factor, looking):
            factor = factor * part.factor
        else:
            kept.append(part)
    return factor, kept[::-1]


def _after_pools(chain: list[Block]) -> list[Block]:
    """A rising function of the sign follows the maximum instead of coming before it; it sees the pool's signs."""
    if not any([type(part) is Leaf and part.geometry is not None for part in chain]):
        return chain
    result: list[Block] = []
    for part in chain:
        if isinstance(part, Leaf) and part.geometry is not None and part.geometry.over == "one":
            _open_last_copy(result)
            before: list[Block] = []
            while result and is_rising_in_sign(result[-1]):
                before.append(result.pop())
            result.append(part)
            for moved in reversed(before):
                assert isinstance(moved, Leaf)
                result.append(_with_sign_law(_narrowed(moved, part.rows, 0), part, given=True))
        elif isinstance(part, Leaf) and is_rising_in_sign(part) and result and isinstance(result[-1], Leaf):
            result.append(_with_sign_law(part, result[-1], given=False))
        else:
            result.append(part)
    return result


def _open_last_copy(chain: list[Block]) -> None:
    """block^L at the end of a chain as block^(L−1) >> block, where that ends in a rising function of the sign."""
    last = chain[-1] if chain else None
    body = last.block if isinstance(last, Repeat) else None
    if not isinstance(last, Repeat) or not isinstance(body, Serial) or not is_rising_in_sign(body.parts[-1]):
        return
    fewer = last.count - ONE
    before = redrawn(body) if fewer.is_one else replace(last, count=fewer)
    chain[-1:] = [*(before.parts if isinstance(before, Serial) else (before,)), *body.parts]


def _with_sign_law(leaf: Leaf, pool: Leaf, *, given: bool) -> Leaf:
    """The leaf behind a pool: how often its input is positive is the pool's word, unless it is said of that vector."""
    geometry, on_images = pool.geometry, pool.rule.on_images
    names = [premise.unless for premise in leaf.rule.premises
             if premise.holds_if == "symmetric" and premise.unless is not None]
    if geometry is None or on_images is None or on_images.positive is None:
        return leaf
    names = [name for name in names if given or name not in leaf.given]
    positive = to_expression(on_images.positive, pool.arguments, free=False)
    return replace(leaf, arguments={**leaf.arguments, **dict.fromkeys(names, positive)},
                   given=leaf.given | frozenset(names)) if names else leaf


def _distribute(chain: list[Block]) -> list[Block]:
    """Unit-wise blocks right after a stack move into its branches."""
    result: list[Block] = []
    for part in chain:
        before = result[-1] if result else None
        if isinstance(before, Stack) and isinstance(part, Leaf) and _is_unit_wise(part):
            branches = tuple(_extended(branch, _narrowed(part, branch.rows, place))
                             for place, branch in enumerate(before.parts))
            result[-1] = replace(before, parts=branches, label=label_of_branches("stack", branches))
        elif isinstance(before, Indexed) and before.kind == "stack" and isinstance(part, Leaf) and _is_unit_wise(part):
            body = _extended(before.body, _narrowed(part, before.body.rows, 0))
            result[-1] = replace(before, body=body, label=label_of_indexed(before, body))
        else:
            result.append(part)
    return result


def _is_unit_wise(leaf: Leaf) -> bool:
    """A diagonal that may be cut into parts; one draw of noise that is used elsewhere too stays whole."""
    return is_diagonal(leaf) and not is_scalar(leaf) and not (leaf.shared and leaf.rule.depends_on == "noise")


def _narrowed(leaf: Leaf, width: Expression, place: int) -> Leaf:
    """The part of a unit-wise leaf that acts on one branch; the noise of different branches is independent."""
    return replace(leaf, rows=width, columns=width, identity=on_branch(leaf.identity, place),
                   arguments={**leaf.arguments, "fan_in": width, "fan_out": width})


def _extended(branch: Block, leaf: Leaf) -> Block:
    """branch >> leaf."""
    span = branch.span.to(leaf.span) if branch.span.source is leaf.span.source else branch.span
    origin = Serial((branch, leaf), leaf.rows, branch.columns, f"{branch.label} >> {leaf.label}", span)
    return make_serial(origin.parts, origin)


def _is_measured(block: Block) -> bool:
    """Whether statistics of what it is applied to are in it."""
    return any(leaf.rule.depends_on == "statistics" for leaf in leaves(block))


def _merge_runs(chain: list[Block]) -> list[Block]:
    """Adjacent diagonals as one commuting block; scalars move out of their way.

    A normalisation stays behind a diagonal: what it measures is what that puts out.
    """
    result: list[Block] = []
    run_here: list[Block] = []
    scalars: list[Block] = []
    behind: list[Block] = []

    def close() -> None:
        result.extend(scalars)
        scalars.clear()
        if len(run_here) == 1:
            result.append(run_here[0])
        elif run_here:
            first = run_here[0]
            label = " >> ".join(part.label for part in run_here)
            result.append(Commuting(tuple(run_here), first.rows, first.columns, label, first.span))
        run_here.clear()
        result.extend(behind)
        behind.clear()

    for part in chain:
        if is_scalar(part):
            (behind if run_here and _is_measured(part) else scalars).append(part)
        elif is_diagonal(part):
            run_here.append(part)
        else:
            close()
            result.append(part)
    close()
    return result
