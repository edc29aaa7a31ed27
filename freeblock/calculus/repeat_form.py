"""Repeats in normal form: factors taken out, and diagonals at both ends of the body rotated together."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from freeblock.calculus.diagonals import is_diagonal, is_zero_one_of_sign, looks_at
from freeblock.calculus.draws import redrawn
from freeblock.calculus.scaling import may_leave, scaled
from freeblock.calculus.serial_form import make_serial
from freeblock.formula.expression import ONE
from freeblock.formula.powers import power
from freeblock.network.nodes import Block, Repeat, Scale, Serial


def make_repeat(inner: Block, origin: Repeat) -> Block:
    """A repeat in normal form of a body in normal form."""
    if origin.count.is_one:
        return inner
    if isinstance(inner, Scale) and may_leave(inner.factor, looks_at(inner.block)):
        factor = power(inner.factor, origin.count, whole_exponent=True)
        return scaled(factor, make_repeat(inner.block, origin), origin)
    if is_zero_one_of_sign(inner):
        return inner
    ends = (inner.parts[0], inner.parts[-1]) if isinstance(inner, Serial) else ()
    if isinstance(inner, Serial) and all(map(is_diagonal, ends)) and not all(map(is_diagonal, inner.parts)):
        return _rotated(inner, origin)
    return replace(origin, block=inner)


def _rotated(body: Serial, origin: Repeat) -> Block:
    """(D>>A>>E)^L = D >> (A>>E>>D)^(L−1) >> A >> E for diagonals D, E; here L ≥ 2."""
    leading = list(takewhile(is_diagonal, body.parts))
    rest = body.parts[len(leading):]
    turned = make_serial([*rest, *leading], origin)
    repeated = replace(origin, block=turned, count=origin.count - ONE)
    copy: Block = repeated if not repeated.count.is_one else redrawn(turned)
    return make_serial([*leading, copy, *rest], origin)
