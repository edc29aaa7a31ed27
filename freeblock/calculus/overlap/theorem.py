"""Applies the overlap theorem to a network whose ϕ the serial theorem refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from freeblock.calculus.filling import gaussian_input
from freeblock.calculus.forward import check_leaf
from freeblock.calculus.law import Law
from freeblock.calculus.overlap.chain import Residual, blocks_of, residuals
from freeblock.calculus.overlap.normed_groups import is_normed, normed_groups, norms_of
from freeblock.calculus.overlap.pairs import EXPLICIT, Found, at_distances, even, even_over, written_out
from freeblock.calculus.overlap.quadrature import added_number
from freeblock.calculus.overlap.stacks import Groups, exact_moments, groups_of, moments_in_floats
from freeblock.errors import RefusedError
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.traversal import symbols
from freeblock.language.records import record
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Indexed, Repeat, Stack
from freeblock.network.tree import leaves

if TYPE_CHECKING:
    from freeblock.calculus.overlap.proof import Theorem

TOLD_APART = 30
"""Blocks of which the pairs are summed by the report; of more, here and once."""
_DIGITS = 12
_MEANINGS = {"overlap": "part of kappa that comes of patterns that look at one stream",
             "phi_stack": "mean by the recursion", "kappa_stack": "kappa of independent patterns by the recursion"}


@record
class Overlap:
    """The law of the whole by the theorem, and what it rests on."""

    law: Law
    plain: Law
    """With patterns that are independent."""
    added: Expression
    """κ of the law less that of the plain one."""
    pairs: Expression
    """Their number."""
    network: Network
    """With the numbers that were worked out."""
    kind: Literal["residual", "dense"]
    of_signs: bool
    """Whether slopes are functions of the sign, so that pairs add arc sines of correlations."""
    settled: frozenset[Block] = frozenset()
    """Components whose premises the theorem does without."""


def overlapped(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
    """The theorem at a whole network in normal form, filled in; None where it is not for it, or has no formula."""
    if laws[root].kappa is None:
        return None
    try:
        if isinstance(root, Indexed):
            return _over_index(network, root, laws)
        blocks = blocks_of(root)
        if blocks is not None and isinstance(blocks[0], Stack):
            return _of_groups(network, root, groups_of(blocks, laws, root.columns), laws[root].phi)
        alike = _alike(network, root, laws) if blocks is None or len(blocks) > EXPLICIT else None
        return _of_blocks(network, root, blocks, laws) if alike is None and blocks is not None else alike
    except (ArithmeticError, ValueError, RefusedError):
        # No root, no quotient or no mean that is certain: ϕ stays refused.
        return None


def _alike(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
    """Equal copies, which multiply the variance of the stream by one factor."""
    if not isinstance(root, Repeat):
        return None
    found = residuals(network, [root.block, root.block], laws)
    if found is None or found[0].branch.norm is not None or not found[0].branch.on_sides:
        return None
    plain = laws[root]
    assert plain.kappa is not None
    added = at_distances(found[0], found[1].size, root.count, _unused(network, "d"))
    return _outcome(network, plain, Found(plain.phi, plain.kappa, added), root.count, found[0])


def _of_blocks(
    network: Network, root: Block, blocks: Sequence[Block], laws: Mapping[Block, Law]
) -> Overlap | None:
    """Blocks one by one: pairs written out, over two indices, or as a number."""
    found, plain, count = residuals(network, blocks, laws), laws[root], number(len(blocks))
    if found is None or len(found) < 2 or plain.kappa is None:
        return None
    known = _values(network)
    closed = found[0].branch.on_sides
    if closed and len(found) <= EXPLICIT:
        return _outcome(network, plain, Found(plain.phi, plain.kappa, written_out(found)), count, found[0])
    used = frozenset().union(*[symbols(value) for block in found for value in block[1:]])
    wanted = closed and not used & known.keys() and (used or len(found) <= TOLD_APART)
    chain = even(found) if wanted else None
    if chain is not None:
        return _outcome(network, plain, chain.found(count, *_indices(network)), count, found[0])
    worked_out = added_number(found, known)
    if worked_out is None:
        return None
    value, error = worked_out
    network, added = _with_number(network, "overlap", value, None if closed else error)
    return _outcome(network, plain, Found(plain.phi, plain.kappa, added), count, found[0])


def _over_index(network: Network, root: Indexed, laws: Mapping[Block, Law]) -> Overlap | None:
    if root.kind != "serial" or not root.lower.is_one:
        return None
    found = residuals(network, [root.body], laws)
    if found is None or not found[0].branch.on_sides or found[0].branch.norm is None:
        return None
    chain = even_over(found[0], root.index)
    return None if chain is None else _outcome(
        network, laws[root], chain.found(root.upper, *_indices(network)), root.upper, found[0])


def normed_stacks(network: Network, q: Expression, c: Expression) -> tuple[Network, Theorem] | None:
    """A chain of stacks behind batch norm at an input, and the theorem that knows each group's own deviation.

    No deviation can be filled in for all units. None for a network of another form; raises RefusedError for one with
    a component of which no rule says what it does to a signal.
    """
    blocks = None if network.on_images else blocks_of(network.block)
    if blocks is None or len(blocks) < 2 or not is_normed(blocks):
        return None
    for leaf in leaves(network.block):
        check_leaf(leaf)

    def theorem(network: Network, root: Block, laws: Mapping[Block, Law]) -> Overlap | None:
        found = blocks_of(root)
        if found is None or not is_normed(found) or laws[root].kappa is None:
            return None
        try:
            groups = normed_groups(found, laws, root.columns, q, c)
            return _of_groups(network, root, groups, settled=norms_of(found))
        except (ArithmeticError, ValueError, RefusedError):
            return None

    kept = [one for one in network.assumptions if one.name != "equal-copies"]
    return replace(network, assumptions=(*kept, gaussian_input(q, c))), theorem


def _of_groups(
    network: Network, root: Block, groups: Groups | None, phi: Expression | None = None,
    settled: frozenset[Block] = frozenset(),
) -> Overlap | None:
    """Groups of features that keep their patterns, in formulas or as numbers; `phi` is known where no norm stands."""
    if groups is None:
        return None
    exact = exact_moments(groups)
    if exact is not None:
        kappa, added = (product(((value, 1), (phi or exact.phi, -2))) for value in (exact.variance, exact.added))
        found = Found(phi or exact.phi, kappa, added)
    else:
        numbers = moments_in_floats(groups, _values(network))
        if numbers is None:
            return None
        square = numbers.phi**2
        network, added = _with_number(network, "overlap", numbers.added / square)
        network, kappa = _with_number(network, "kappa_stack", numbers.variance / square)
        if phi is None:
            network, phi = _with_number(network, "phi_stack", numbers.phi)
        found = Found(phi, kappa, added)
    return _outcome(network, Law(root.rows, root.columns, found.phi, (kappa,)), found, number(len(groups.gains)), None,
                    settled)


def _outcome(
    network: Network, plain: Law, found: Found, count: Expression, block: Residual | None,
    settled: frozenset[Block] = frozenset(),
) -> Overlap:
    law = Law(plain.rows, plain.columns, found.phi, (found.plain + found.added, *plain.state[1:]))
    pairs = product(((number(Fraction(1, 2)), 1), (count, 1), (count - ONE, 1)))
    beside = Law(plain.rows, plain.columns, found.phi, (found.plain, *plain.state[1:]))
    return Overlap(law, beside, found.added, pairs, network, "dense" if block is None else "residual",
                   block is None or block.branch.on_sides, settled)


def _indices(network: Network) -> tuple[str, str]:
    return _unused(network, "l"), _unused(network, "j")


def _unused(network: Network, name: str) -> str:
    """A name that stands for nothing else."""
    while name in network.mentioned | network.constants.keys() | network.meanings.keys():
        name += "_"
    return name


def _values(network: Network) -> dict[str, Fraction]:
    """The numbers that symbols stand for."""
    return {name: Fraction(value.number() or 0) for name, value in network.constants.items()}


def _with_number(network: Network, stem: str, value: float, error: float | None = None) -> tuple[Network, Expression]:
    """A number that was worked out as a constant of the network; with the error of a quadrature."""
    name = _unused(network, stem)
    size = Fraction(f"{value:.{_DIGITS}e}")
    meaning = f"{_MEANINGS[stem]}, {float(size)!r}"
    if error is not None:
        meaning += f" (by quadrature; error below {error:.0e})"
    errors = {} if error is None else {name: Fraction(f"{error:.1e}")}
    network = replace(network, constants={**network.constants, name: number(abs(size))},
                      errors={**network.errors, **errors}, meanings={**network.meanings, name: meaning})
    return network, symbol(name) if size > 0 else -symbol(name)
