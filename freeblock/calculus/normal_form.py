"""The normal form of a resolved tree: the rewritings of theory that no theorem's hypothesis needs.

Chains are flattened; scalars are merged; adjacent diagonals are merged (they commute); common prefixes are
factored, `(P>>A)+(P>>B) = P>>(A+B)`, where P is the same map of the same input; unit-wise blocks are
distributed over a stack, `(A|B)>>relu = (A>>relu)|(B>>relu)`; a repeated body that begins and ends with a
diagonal is rotated so that the two meet; `relu>>relu` is `relu`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from freeblock.formula.expression import ONE, Expression
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.sums import total
from freeblock.language.formulas import names_in
from freeblock.language.nodes import Node, Number
from freeblock.language.walk import Pass, run
from freeblock.network.identity import identity
from freeblock.network.nodes import (
    Block,
    Commuting,
    Indexed,
    Leaf,
    Repeat,
    Scale,
    Serial,
    Stack,
    Sum,
)

_BRANCHES = 1_000_003
"""A factor that keeps the identities of a leaf's parts on different branches apart from all others."""


def normal_form(block: Block) -> Block:
    """The tree the theorems are applied to; it describes the same random matrix."""
    return run(_normal(block))


def _normal(block: Block) -> Pass[Block]:
    if isinstance(block, Leaf):
        return block
    if isinstance(block, Serial):
        parts = []
        for part in block.parts:
            parts.append((yield _normal(part)))
        return make_serial(parts, block)
    if isinstance(block, (Sum, Stack)):
        parts = []
        for part in block.parts:
            parts.append((yield _normal(part)))
        return _make_parallel(parts, block)
    if isinstance(block, Scale):
        inner = yield _normal(block.block)
        return _make_scale(block.factor, inner, block)
    if isinstance(block, Repeat):
        inner = yield _normal(block.block)
        return _make_repeat(inner, block)
    if isinstance(block, Indexed):
        body = yield _normal(block.body)
        return replace(block, body=body)
    return block


def is_scalar(block: Block) -> bool:
    """Whether J = cI with c non-random and known."""
    return _all_leaves(block, lambda leaf: "scalar" in leaf.traits and leaf.jacobian.moments is not None,
                       (Scale, Repeat, Sum))


def is_diagonal(block: Block) -> bool:
    """Whether J is diagonal with known moments: a unit-wise block, products of such, sums of non-negative ones."""
    return _all_leaves(block, lambda leaf: leaf.jacobian.moments is not None
                       and not leaf.traits.isdisjoint(("diagonal", "scalar")), (Scale, Repeat, Sum, Commuting))


def _all_leaves(block: Block, holds: Callable[[Leaf], bool], kinds: tuple[type, ...]) -> bool:
    """Whether a block is made of such leaves by such kinds only; sums need to know the odd moments too."""
    waiting: list[tuple[Block, bool]] = [(block, False)]
    while waiting:
        here, signed = waiting.pop()
        if isinstance(here, Leaf):
            if not holds(here) or (signed and "nonnegative" not in here.traits):
                return False
        elif not isinstance(here, kinds):
            return False
        elif isinstance(here, (Scale, Repeat)):
            waiting.append((here.block, signed))
        elif not isinstance(here, Indexed):
            waiting.extend((part, signed or isinstance(here, Sum)) for part in here.parts)
    return True


def _make_scale(factor: Expression, inner: Block, origin: Scale) -> Block:
    if factor.is_one:
        return inner
    if isinstance(inner, Scale):
        return replace(origin, factor=factor * inner.factor, block=inner.block)
    return replace(origin, factor=factor, block=inner)


def make_serial(parts: Sequence[Block], origin: Block) -> Block:
    """A chain in normal form from parts in normal form, parts[0] acting first."""
    factor, chain = _flatten(parts)
    chain = _merge_runs(_distribute(chain)) or [identity(origin.columns, origin.span)]
    result: Block = chain[0] if len(chain) == 1 else Serial(
        tuple(chain), origin.rows, origin.columns, origin.label, origin.span)
    return result if factor.is_one else replace_scale(factor, result, origin)


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
        if _is_zero_one_of_sign(part):
            assert isinstance(part, Leaf)
            key = (part.rule.name, frozenset(part.arguments.items()))
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
        elif isinstance(part, Scale) and _is_identity(part.block):
            opened.append(part)
        elif isinstance(part, Scale):
            waiting.append(replace_scale(part.factor, identity(part.rows, part.span), part))
            waiting.append(part.block)
        elif not _is_identity(part):
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
            looking |= _looks_at(part)
            kept.append(part)
        elif _may_leave(part.factor, looking):
            factor = factor * part.factor
        else:
            kept.append(part)
    return factor, kept[::-1]


def _may_leave(factor: Expression, looking: set[str]) -> bool:
    return not looking or (looking == {"sign"} and is_manifestly_positive(factor))


def _looks_at(block: Block) -> set[str]:
    """What the data-dependent diagonals inside look at: signs, values, or nothing."""
    found: set[str] = set()
    waiting: list[Block] = [block]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Leaf):
            found |= {here.rule.depends_on} & {"sign", "value"}
        elif isinstance(here, (Scale, Repeat)):
            waiting.append(here.block)
        elif isinstance(here, Indexed):
            waiting.append(here.body)
        else:
            waiting.extend(here.parts)
    return found


def _is_zero_one_of_sign(block: Block) -> bool:
    """A function of the sign, nowhere falling, whose moments do not depend on their order: f' is 0 or 1."""
    if not isinstance(block, Leaf) or block.rule.depends_on != "sign" or block.jacobian.moments is None:
        return False
    return "nonnegative" in block.traits and not _speaks_of_order(block.jacobian.moments)


@lru_cache(maxsize=256)
def _speaks_of_order(moments: Node) -> bool:
    return any(name.name == "k" for name in names_in(moments))


def _is_identity(block: Block) -> bool:
    """Whether J = I: a scalar without randomness whose every moment is written as 1."""
    return (isinstance(block, Leaf) and "scalar" in block.traits and block.rule.depends_on == "nothing"
            and isinstance(block.jacobian.moments, Number) and block.jacobian.moments.value == 1)


def _distribute(chain: list[Block]) -> list[Block]:
    """Unit-wise blocks right after a stack move into its branches."""
    result: list[Block] = []
    for part in chain:
        before = result[-1] if result else None
        if isinstance(before, Stack) and isinstance(part, Leaf) and _is_unit_wise(part):
            branches = tuple(_extended(branch, _narrowed(part, branch.rows, place))
                             for place, branch in enumerate(before.parts))
            result[-1] = replace(before, parts=branches)
        else:
            result.append(part)
    return result


def _is_unit_wise(leaf: Leaf) -> bool:
    """A diagonal that may be cut into parts; one draw of noise that is used elsewhere too stays whole."""
    return is_diagonal(leaf) and not is_scalar(leaf) and not (leaf.shared and leaf.rule.depends_on == "noise")


def _narrowed(leaf: Leaf, width: Expression, place: int) -> Leaf:
    """The part of a unit-wise leaf that acts on one branch; the noise of different branches is independent."""
    return replace(leaf, rows=width, columns=width, identity=leaf.identity * _BRANCHES + place + 1,
                   arguments={**leaf.arguments, "fan_in": width, "fan_out": width})


def _extended(branch: Block, leaf: Leaf) -> Block:
    """branch >> leaf."""
    span = branch.span.to(leaf.span) if branch.span.source is leaf.span.source else branch.span
    origin = Serial((branch, leaf), leaf.rows, branch.columns, f"{branch.label} >> {leaf.label}", span)
    return make_serial(origin.parts, origin)


def _merge_runs(chain: list[Block]) -> list[Block]:
    """Adjacent diagonals as one commuting block; scalars move out of their way."""
    result: list[Block] = []
    run_here: list[Block] = []
    scalars: list[Block] = []

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

    for part in chain:
        if is_scalar(part):
            scalars.append(part)
        elif is_diagonal(part):
            run_here.append(part)
        else:
            close()
            result.append(part)
    close()
    return result


def _make_parallel(parts: Sequence[Block], origin: Sum | Stack) -> Block:
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
    identities = [part for part in parts if _is_identity(part.block if isinstance(part, Scale) else part)]
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
        key = _map_of(_first(part))
        groups.setdefault(part if key is None else key, []).append(part)
    return [group[0] if len(group) == 1 else _behind(_first(group[0]), group, origin) for group in groups.values()]


def _behind(prefix: Block, group: Sequence[Block], origin: Sum | Stack) -> Block:
    rests = [_without_first(member) for member in group]
    rows = group[0].rows if isinstance(origin, Sum) else total(rest.rows for rest in rests)
    sign = " + " if isinstance(origin, Sum) else " | "
    label = sign.join(_bracketed(rest.label) for rest in rests)
    inner = replace(origin, parts=tuple(rests), rows=rows, columns=prefix.rows, label=label)
    outer = replace(origin, rows=rows, label=f"{prefix.label} >> ({label})")
    return make_serial([prefix, _make_parallel(rests, inner)], outer)


def _bracketed(label: str) -> str:
    return f"({label})" if any(sign in label for sign in (">>", " + ", " | ")) else label


def _first(block: Block) -> Block:
    while isinstance(block, (Scale, Serial, Commuting)):
        block = block.block if isinstance(block, Scale) else block.parts[0]
    return block


def _map_of(block: Block) -> object:
    """A key that two leaves on one input share if they are the same matrix; None for what is drawn anew.

    The same matrix is one shared draw, or one function of the input.
    """
    if not isinstance(block, Leaf) or _is_identity(block):
        return None
    if block.rule.depends_on in {"weights", "noise"}:
        return (id(block.rule), block.identity) if block.shared else None
    return (id(block.rule), frozenset(block.arguments.items()))


def _without_first(block: Block) -> Block:
    """What is left of a chain behind its first leaf."""
    if isinstance(block, Scale):
        return replace(block, block=_without_first(block.block), columns=_first(block).rows)
    if isinstance(block, (Serial, Commuting)):
        head, *tail = block.parts
        parts = tail if isinstance(head, Leaf) else [_without_first(head), *tail]
        rest = replace(block, parts=tuple(parts), columns=parts[0].columns,
                       label=" >> ".join(part.label for part in parts))
        return parts[0] if len(parts) == 1 else rest
    return identity(block.rows, block.span)


def _make_repeat(inner: Block, origin: Repeat) -> Block:
    if origin.count.is_one:
        return inner
    if isinstance(inner, Scale) and _may_leave(inner.factor, _looks_at(inner.block)):
        factor = power(inner.factor, origin.count, whole_exponent=True)
        return replace_scale(factor, _make_repeat(inner.block, origin), origin)
    if _is_zero_one_of_sign(inner):
        return inner
    ends = (inner.parts[0], inner.parts[-1]) if isinstance(inner, Serial) else ()
    if isinstance(inner, Serial) and all(map(is_diagonal, ends)) and not all(map(is_diagonal, inner.parts)):
        return _rotated(inner, origin)
    return replace(origin, block=inner)


def replace_scale(factor: Expression, block: Block, origin: Block) -> Scale:
    """factor · block in the place of `origin`."""
    return Scale(factor, block, origin.rows, origin.columns, origin.label, origin.span)


def _rotated(body: Serial, origin: Repeat) -> Block:
    """(D>>A>>E)^L = D >> (A>>E>>D)^(L−1) >> A >> E for diagonals D, E; here L ≥ 2."""
    leading = list(takewhile(is_diagonal, body.parts))
    rest = body.parts[len(leading):]
    turned = make_serial([*rest, *leading], origin)
    repeated = replace(origin, block=turned, count=origin.count - ONE)
    copy: Block = repeated if not repeated.count.is_one else run(_redrawn(turned))
    return make_serial([*leading, copy, *rest], origin)


def _redrawn(block: Block) -> Pass[Block]:
    """The same block with fresh weights and noise; what is drawn by `let` stays."""
    if isinstance(block, Leaf):
        return block if block.shared else replace(block, identity=(block.identity + 1) * _BRANCHES - 1)
    if isinstance(block, (Scale, Repeat)):
        return replace(block, block=(yield _redrawn(block.block)))
    if isinstance(block, Indexed):
        return replace(block, body=(yield _redrawn(block.body)))
    parts = []
    for part in block.parts:
        parts.append((yield _redrawn(part)))
    return replace(block, parts=tuple(parts))
