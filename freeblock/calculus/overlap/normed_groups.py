"""Chains of stacks behind batch norm: each group of features is divided by a deviation of its own, and keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from freeblock.calculus.filling import looks_at_two_inputs
from freeblock.calculus.law import Law
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.calculus.overlap.chain import Branch, are_alike, branch_of
from freeblock.calculus.overlap.stacks import Groups, sizes_of
from freeblock.calculus.states import State, value_of
from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.network.nodes import Block, Leaf, Scale


def is_normed(blocks: Sequence[Block]) -> bool:
    """Whether every block is an identity beside one branch behind a batch norm, of which the slope is one of signs."""
    branches = [branch_of(block) for block in blocks]
    return all(branch is not None and branch.norm is not None and looks_at_two_inputs(branch.norm) and branch.on_sides
               and are_alike(branches[0], branch) for branch in branches)


def norms_of(blocks: Sequence[Block]) -> frozenset[Block]:
    """The norms of a chain."""
    branches = [branch_of(block) for block in blocks]
    return frozenset(branch.norm for branch in branches if branch is not None and branch.norm is not None)


def normed_groups(
    blocks: Sequence[Block], laws: Mapping[Block, Law], width: Expression, q: Expression, c: Expression
) -> Groups | None:
    """The chain for an input of mean square q and correlation c; None where something in it has no formula."""
    sizes, branches = sizes_of(blocks, width), [branch for block in blocks if (branch := branch_of(block)) is not None]
    first = branches[0]
    if sizes is None or first.norm is None:
        return None
    before = State(q, product(((q, 1), (c, 1))))
    passed, gains = [_through(first.norm, before)], []
    for place, branch in enumerate(branches):
        behind = _behind(branch, [state for state, _ in passed], sizes[: place + 1])
        passed.append(_through(first.norm, behind))
        known = [laws[part].phi for part in (branch.activation, branch.norm) if part is not None]
        gains.append(product(((laws[branch.part].phi, 1), *[(phi, -1) for phi in known])))
    pattern = laws[first.activation]
    return Groups(tuple(sizes), tuple(gains), tuple(product(((pattern.phi, 1), (scale, 1))) for _, scale in passed),
                  tuple(product(((pattern.moment(2), 1), (scale, 2))) for _, scale in passed))


def _through(norm: Leaf, state: State) -> tuple[State, Expression]:
    """One group behind the norm, and the square of what the norm multiplies it by. Raises ValueError."""
    forward = norm.rule.forward
    assert forward is not None
    arguments = dict(norm.arguments)
    for name, node in forward.statistics.items():
        arguments[name] = _known(value_of(node, arguments, state))
        if arguments[name].is_zero:
            raise ValueError("the units do not vary")
    after = State(value_of(forward.mean_square, arguments, state), value_of(forward.covariance, arguments, state),
                  value_of(forward.mean, arguments, state))
    return after, leaf_law(replace(norm, arguments=arguments), 1).phi


def _behind(branch: Branch, states: Sequence[State], sizes: Sequence[Fraction]) -> State:
    """The new group: a dense layer behind the activation of all groups before it. Raises ValueError."""
    whole = sum(sizes, Fraction(0))
    squares, products = [], []
    for state, size in zip(states, sizes, strict=True):
        if not _known(state.covariance).is_zero:
            raise ValueError("two inputs are correlated behind the norm")
        square, mean = branch.unit.mean_square(_known(state.q)), branch.unit.mean(_known(state.q))
        if square.error is not None or mean.error is not None:
            raise ValueError("a mean has no closed form")
        share = number(size / whole)
        squares.append(product(((share, 1), (square.value, 1))))
        products.append(product(((share, 1), (mean.value, 2))))
    forward, arguments = branch.rest[0].rule.forward, branch.rest[0].arguments
    assert forward is not None
    met = State(multiply_out(total(squares)), multiply_out(total(products)), ZERO)
    factor = power(branch.part.factor, 2) if isinstance(branch.part, Scale) else ONE
    q, covariance = (multiply_out(product(((_known(value_of(forward.mean_square, arguments, met, crossed=crossed)), 1),
                                           (factor, 1)))) for crossed in (False, True))
    return State(q, covariance)


def _known(value: Expression | None) -> Expression:
    if value is None:
        raise ValueError("a mean square is not known")
    return value
