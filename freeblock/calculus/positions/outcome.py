"""The law of a network on images where borders, strides or pools make positions differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from operator import is_
from typing import NamedTuple

from freeblock.calculus.law import Law
from freeblock.calculus.positions.grid import TooMuch
from freeblock.calculus.positions.profile import MOST_FORMULAS
from freeblock.calculus.positions.program import Instruction, NoProgram, program_of
from freeblock.calculus.positions.walk import Walk
from freeblock.calculus.reach import BORDERS_NEGLECTED, INDEPENDENT_POSITIONS, Reach
from freeblock.calculus.steps import Steps
from freeblock.calculus.traits import INFINITE
from freeblock.formula.expression import ONE, ZERO, Expression, symbol
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.language.walk import Pass, run
from freeblock.network.image import Geometry, Image
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale
from freeblock.network.tree import children_first, parts_of
from freeblock.network.windows import border_free, in_bounds
from freeblock.rules.rule import Jacobian

POSITIONS = Reach(2, "", "every block sends energies at positions to energies at positions", ())
ALIKE = Reach(INFINITE, "", "all positions are alike, and the kernels they share are free as the channels grow", ())
PRECISE = 10**12
_EXPONENTS = 1000  # of two, within those of a float


class Outcome(NamedTuple):
    """The law, the law without borders where that is another one, and the numbers that stand in the law by name."""

    law: Law
    border_free: Law | None
    numbers: dict[str, Fraction]
    positions_alike: bool = False
    """The law is that of the theorems for vectors."""


def positional(
    root: Block, known: Steps, order: int, free_name: Callable[[str], str] | None = None
) -> Outcome | None:
    """The law of a block on images; None of a component alone, or where there is no component for images.

    Without `free_name`, which makes a stem a name that nothing else has, numbers stand in the law as they are.
    """
    found = _on_images(root)
    if not found:
        return None
    if not any(map(_matters, found)):
        alike = replace(known.laws[root], reach=(ALIKE._replace(blocks=(root.label,)),))
        return Outcome(alike, None, {}, positions_alike=True)
    bordered = any(map(_has_border, found))
    image = _geometry(found[0]).before
    exact = _walked(root, known.laws, order, image, ring=False) if bordered else None
    if bordered and exact is None:
        return _fallback(root, known, found, order, "the energies at its positions have no closed form")
    plain = _walked(root, known.laws, order, image, ring=True)
    if exact is None or plain is None:
        law = exact or plain
        return _fallback(root, known, found, order, None) if law is None else Outcome(law, None, {})
    if free_name is None:
        return Outcome(exact, plain, {})
    numbers: dict[str, Fraction] = {}
    phi = _named(exact.phi, plain.phi, free_name("B"), numbers)
    state = exact.state
    if state:
        state = (_named(state[0], plain.state[0], free_name("R"), numbers), *state[1:])
    return Outcome(replace(exact, phi=phi, state=state), plain, numbers)


def positions_differ(root: Block) -> bool:
    """Whether some component of a block treats positions differently, or mixes them."""
    return any(map(_matters, _on_images(root)))


def _on_images(root: Block) -> list[Leaf]:
    """The components of a block that act on images; none of a component alone."""
    if isinstance(root, Leaf):
        return []
    return [block for block in children_first(root) if isinstance(block, Leaf) and block.geometry is not None]


def _walked(root: Block, laws: Mapping[Block, Law], order: int, image: Image, *, ring: bool) -> Law | None:
    """The law by a walk over the positions; None where there is none in closed form."""
    try:
        program = program_of(root)
        if _least_formulas(program, laws) > MOST_FORMULAS:
            return None
        walk = Walk(program, laws, _size(image, program, ring=ring), ring=ring)
        phi = walk.forward().mean()
        state: tuple[Expression, ...] = (ZERO,) * (order - 1)
        if state and not phi.is_zero:
            state = (_kappa(walk.second_moment(root, image), phi), *state[1:])
    except (NoProgram, TooMuch):
        return None
    reach = (POSITIONS._replace(blocks=(root.label,)), *dict.fromkeys(walk.limits))
    return Law(root.rows, root.columns, phi, state, reach=reach)


def _least_formulas(program: Sequence[Instruction], laws: Mapping[Block, Law]) -> int:
    """So many formulas stand in the energies at the end, at least.

    Branches that differ by more than a number make a set S of monomials at least one larger, as |S·A| ≥ |S| + |A| − 1.
    """
    depth, found = 0, 1
    differ: dict[int, bool] = {}
    for kind, block in program:
        if kind == "fork":
            depth += 1
        elif kind == "join":
            depth -= 1
            if not depth:
                if id(block) not in differ:
                    gains = [laws[part].phi.terms for part in parts_of(block)]
                    differ[id(block)] = len({monomial for terms in gains if len(terms) == 1 for monomial in terms}) > 1
                found += differ[id(block)]
    return found


def _kappa(second: Expression, phi: Expression) -> Expression:
    """φ_2/φ² − 1."""
    if len(phi.terms) == 1:
        return total(product(((Expression({monomial: value}), 1), (phi, -2)))
                     for monomial, value in second.terms.items()) - ONE
    return product(((multiply_out(second - product(((phi, 2),))), 1), (phi, -2)))


def _named(value: Expression, free: Expression, stem: str, numbers: dict[str, Fraction]) -> Expression:
    """The formula with the factors by which it differs from the one without borders under names."""
    result = ZERO
    changed = [(monomial, number_here) for monomial, number_here in value.terms.items()
               if free.terms.get(monomial) != number_here]
    for monomial, coefficient in value.terms.items():
        term = Expression({monomial: coefficient})
        base = free.terms.get(monomial, 1)
        ratio = Fraction(coefficient) / Fraction(base) if base else Fraction(0)
        if base != coefficient and _is_a_float(ratio):
            name = stem if len(changed) == 1 else f"{stem}{1 + len([key for key in numbers if key.startswith(stem)])}"
            numbers[name] = ratio if ratio.denominator < PRECISE else Fraction(float(ratio))
            term = product(((Expression({monomial: base}), 1), (symbol(name), 1)))
        result = result + term
    return result


def _is_a_float(ratio: Fraction) -> bool:
    """Numbers of thousands of digits are kept as several factors, the two of them not alike: such terms stay exact."""
    return abs(ratio.numerator.bit_length() - ratio.denominator.bit_length()) < _EXPONENTS


def _geometry(leaf: Block) -> Geometry:
    assert isinstance(leaf, Leaf) and leaf.geometry is not None
    return leaf.geometry


def _matters(leaf: Leaf) -> bool:
    """Whether a component treats positions differently, or mixes them."""
    geometry = _geometry(leaf)
    if geometry.axes is None:
        return not geometry.enlarge.is_one
    if geometry.over == "one" or not geometry.even or "balanced" in leaf.traits:
        return True
    still = all(axis.kernel.is_one and axis.stride.is_one for axis in geometry.axes)
    return "spatial" in leaf.traits and not still


def _has_border(leaf: Leaf) -> bool:
    """Whether the counts on this image are not those far from borders."""
    geometry = _geometry(leaf)
    for axis in geometry.axes or ():
        here, free = in_bounds(axis), border_free(axis)
        if (here.taps, here.reads_squared, here.shrink) != (free.taps, free.reads_squared, free.shrink):
            return True
    return False


def _size(image: Image, program: list[Instruction], *, ring: bool) -> tuple[int, int]:
    """How many positions the walk starts with: those of the image, or as many as all strides together skip."""
    found = []
    for place, size in enumerate((image.height, image.width)):
        known = None if size is None or ring else size.number()
        found.append(known if isinstance(known, int) else _period(program, place))
    return found[0], found[1]


def _period(program: list[Instruction], place: int) -> int:
    here, stack = 1, []
    for kind, block in program:
        if kind == "leaf":
            assert isinstance(block, Leaf)
            axes = None if block.geometry is None else block.geometry.axes
            steps = None if axes is None or axes[place].is_whole else axes[place].steps
            here *= 1 if steps is None else steps[1]
        elif kind == "fork":
            stack.append((here, [here]))
        elif kind in ("next", "join"):
            before, ends = stack[-1]
            ends.append(here)
            here = before
            if kind == "join":
                here = lcm(*ends)
                stack.pop()
    return here


def _fallback(
    root: Block, known: Steps, found: list[Leaf], order: int, why: str | None
) -> Outcome:
    """The law without borders, by the theorems for vectors, and what it takes for granted."""
    plain = run(_borderless(root))
    law = Steps(plain, order, after=known).laws[plain]
    reach = [POSITIONS._replace(blocks=(root.label,))]
    reach += [] if why is None else [Reach(0, BORDERS_NEGLECTED, f"{why}; without borders it would be what is printed",
                                          (root.label,))]
    reach += _limits(root, known.laws, found)
    law = replace(law, rows=root.rows, columns=root.columns, reach=tuple(dict.fromkeys(reach)))
    return Outcome(law, None, {})


def _limits(root: Block, laws: Mapping[Block, Law], found: list[Leaf]) -> list[Reach]:
    """How far the theorems for vectors reach without borders."""
    why = "its stride reads positions unequally often, or its channels have kernels of their own"
    uneven = [Reach(1, INDEPENDENT_POSITIONS, why, (leaf.label,))
              for leaf in found if leaf.rule.depends_on == "weights"
              and not ("left" in leaf.traits and all(border_free(axis).even for axis in _geometry(leaf).axes or ()))]
    try:
        program = program_of(root)
    except NoProgram:
        return uneven + [_limit_of(leaf) for leaf in found if _matters(leaf) and leaf.rule.depends_on != "weights"]
    walk = Walk(program, laws, _size(_geometry(found[0]).before, program, ring=True), ring=True,
                gains=False)
    walk.forward()
    return uneven + walk.limits


def _limit_of(leaf: Leaf) -> Reach:
    """Of a component in a network that cannot be walked through."""
    geometry = _geometry(leaf)
    overlapping = any(axis.steps is None or axis.steps[0] > axis.steps[1]
                      for axis in geometry.axes or () if not axis.is_whole)
    if overlapping or not geometry.enlarge.is_one:
        return Reach(0, INDEPENDENT_POSITIONS, "it makes positions alike", (leaf.label,))
    return Reach(1, INDEPENDENT_POSITIONS, "it treats positions differently", (leaf.label,))


def _borderless(block: Block) -> Pass[Block]:
    """The tree with the counts that windows have far from borders; what has none keeps its laws."""
    if isinstance(block, Leaf):
        return _borderless_leaf(block)
    if isinstance(block, (Scale, Repeat)):
        inner = yield _borderless(block.block)
        return block if inner is block.block else replace(block, block=inner)
    if isinstance(block, Indexed):
        inner = yield _borderless(block.body)
        return block if inner is block.body else replace(block, body=inner)
    parts = []
    for part in block.parts:
        parts.append((yield _borderless(part)))
    return block if all(map(is_, parts, block.parts)) else replace(block, parts=tuple(parts))


def _borderless_leaf(leaf: Leaf) -> Leaf:
    if leaf.geometry is None or not leaf.geometry.free:
        return leaf
    jacobian = _plain(leaf)
    if jacobian is leaf.jacobian and all(leaf.arguments.get(name) == one for name, one in leaf.geometry.free.items()):
        return leaf
    return replace(leaf, arguments={**leaf.arguments, **leaf.geometry.free}, jacobian=jacobian)


def _plain(leaf: Leaf) -> Jacobian:
    """The law for even taps, where far from borders they are."""
    geometry = _geometry(leaf)
    assert geometry.axes is not None
    even = all(border_free(axis).even for axis in geometry.axes)
    return leaf.rule.jacobian if even or leaf.jacobian is leaf.rule.jacobian else leaf.jacobian
