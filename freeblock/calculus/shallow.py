"""The shallow network trick (Chen et al. 2020, proposition 5.8): φ of blocks ω + τφ̃ by how many branches are passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import factorial
from typing import Any

import mpmath

from freeblock.calculus.branch_terms import MOST, BranchTerms, value_of
from freeblock.calculus.claims import verdict_on
from freeblock.calculus.constraints import constraints_of
from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.refusals import refusal
from freeblock.errors import DomainError, LimitError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression, number
from freeblock.formula.functions import facts_known
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import total
from freeblock.formula.traversal import symbols
from freeblock.language.walk import Pass, run
from freeblock.network.nodes import Block, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum

WRITTEN = 12
"""Different blocks whose symbolic sum is written out; the number of branches it is written out to."""


@dataclass(frozen=True, slots=True)
class Factor:
    """`count` blocks with φ = omega + tau·branch."""

    omega: Expression
    tau: Expression
    branch: Expression
    count: Expression

    @property
    def inner(self) -> Expression:
        """τφ̃, what the branch adds."""
        return product(((self.tau, 1), (self.branch, 1)))


@dataclass(frozen=True, slots=True)
class Truncation:
    """φ = prefactor·Π(ω + τφ̃), and the sum over at most `branches` branches with what it leaves out at most.

    `truncated` and `bound` are formulas, None where different blocks are taken as numbers. The numbers are those of
    mpmath, `terms` from 0 branches to `branches`; None where symbols are left.
    """

    factors: tuple[Factor, ...]
    prefactor: Expression
    phi: Expression
    depth: Expression
    branches: int
    truncated: Expression | None
    bound: Expression | None
    terms: tuple[Any, ...] | None
    whole: Any
    bounded: Any

    @property
    def kept(self) -> Any:
        """The truncated sum as a number, None where symbols are left."""
        return None if self.terms is None else mpmath.fsum(self.terms)

    @property
    def rest(self) -> Any:
        """What is left out as a number, None where symbols are left."""
        if self.terms is None:
            return None
        return mpmath.mpf(0) if self.depth.number() == self.branches else self.whole - self.kept


def truncate(derivation: Derivation, branches: int | None, cover: Fraction | None) -> Truncation:
    """The sum over at most so many branches, or over as few as cover a part of φ, 0 < cover < 1.

    Raises RefusedError (φ is refused, or no block has a skip), DomainError and LimitError.
    """
    if derivation.phi is None:
        raise refusal(derivation, 1)
    if derivation.phi.is_zero:
        raise RefusedError("φ of this network is 0", hint="there is no part of it to be covered")
    with facts_known(derivation.network.facts, derivation.network.whole):
        prefactor, found = run(_parts(derivation.network.block, derivation))
        factors = _collected(found)
        if not factors:
            raise RefusedError("no block of this network is a skip beside a branch",
                               hint="such a block is `id + tau*branch` or `id | branch`")
        _check(derivation, prefactor, factors)
        return _truncation(derivation, prefactor, factors, branches, cover)


Parts = tuple[Expression, list[Factor]]


def _parts(block: Block, derivation: Derivation) -> Pass[Parts]:
    """φ of what is no skip block, and the skip blocks, along a chain."""
    if isinstance(block, (Sum, Stack)):
        return ONE, [_skip_block(block, derivation)]
    if isinstance(block, Scale) and isinstance(block.block, (Scale, Sum, Stack, Repeat, Serial)):
        prefactor, factors = yield _parts(block.block, derivation)
        square = power(block.factor, 2)
        if len(factors) == 1 and factors[0].count.is_one and prefactor.is_one:
            (one,) = factors
            return ONE, [replace(one, omega=one.omega * square, tau=one.tau * square)]
        return prefactor * square, factors
    if isinstance(block, Serial):
        prefactor, factors = ONE, []
        for part in block.parts:
            outside, inside = yield _parts(part, derivation)
            prefactor = product(((prefactor, 1), (outside, 1)))
            factors += inside
        return prefactor, factors
    if isinstance(block, Repeat):
        prefactor, factors = yield _parts(block.block, derivation)
        exponent = block.count.number()
        return power(prefactor, block.count if exponent is None else exponent), [
            replace(one, count=one.count * block.count) for one in factors]
    if isinstance(block, Indexed):
        raise RefusedError(f"the blocks of `{block.label}` differ from index to index", block.span,
                           "give the bounds numbers with --set: up to 1000 blocks are then written out")
    return _phi(block, derivation), []


def _skip_block(block: Sum | Stack, derivation: Derivation) -> Factor:
    """ω + τφ̃ of an identity beside branches, each in its share of the outputs where they are stacked."""
    skips = [part for part in block.parts if _is_identity(part)]
    others = [part for part in block.parts if not _is_identity(part)]
    if len(skips) != 1 or not others:
        what = "no identity" if not skips else "several identities" if others else "identities only"
        raise RefusedError(f"`{block.label}` is no skip beside a branch: {what}", block.span,
                           "such a block is `id + tau*branch` or `id | branch`")
    shares = [part.rows / block.rows if isinstance(block, Stack) else ONE for part in (*skips, *others)]
    omega = product(((shares[0], 1), (_scale(skips[0])[0], 2)))
    if omega.is_zero:
        raise RefusedError(f"the skip of `{block.label}` is 0", block.span,
                           "without a skip every path passes the branch")
    if len(others) == 1:
        factor, inside = _scale(others[0])
        return Factor(omega, product(((shares[1], 1), (factor, 2))), _phi(inside, derivation), ONE)
    inner = total(product(((share, 1), (_phi(part, derivation), 1)))
                  for share, part in zip(shares[1:], others, strict=True))
    return Factor(omega, ONE, inner, ONE)


def _scale(block: Block) -> tuple[Expression, Block]:
    return (block.factor, block.block) if isinstance(block, Scale) else (ONE, block)


def _is_identity(block: Block) -> bool:
    inside = _scale(block)[1]
    return isinstance(inside, Leaf) and inside.rule.name == "id"


def _phi(block: Block, derivation: Derivation) -> Expression:
    found = derive(replace(derivation.network, block=block), order=1)
    return found.law.phi


def _collected(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """Equal blocks together, in the order of the first of them."""
    counts: dict[Factor, list[Expression]] = {}
    for one in factors:
        counts.setdefault(replace(one, count=ONE), []).append(one.count)
    return tuple(replace(one, count=total(found)) for one, found in counts.items())


def _check(derivation: Derivation, prefactor: Expression, factors: Sequence[Factor]) -> None:
    """The product is what was derived: the copies have one φ each, whatever stands beside them."""
    assert derivation.phi is not None
    whole = product(((prefactor, 1), *((_power(one.omega + one.inner, one.count), 1) for one in factors)))
    if verdict_on("phi", derivation.phi, whole, constraints_of(derivation)).standing != "equal":
        raise RefusedError("φ of this network is not the product of ω + τφ̃ over its blocks",
                           hint="`freeblock derive` shows what it is")


def _power(base: Expression, exponent: Expression) -> Expression:
    plain = exponent.number()
    return power(base, exponent if plain is None else plain)


def _truncation(
    derivation: Derivation, prefactor: Expression, factors: tuple[Factor, ...], branches: int | None,
    cover: Fraction | None,
) -> Truncation:
    assert derivation.phi is not None
    depth = total(one.count for one in factors)
    known = {name: Fraction(value.number() or 0) for name, value in derivation.network.constants.items()}
    parts = [prefactor, *(value for one in factors for value in (one.omega, one.inner, one.count))]
    left = sorted(frozenset().union(*map(symbols, parts)) - known.keys())
    named = ", ".join(f"`{name}`" for name in left)
    if cover is not None and left:
        raise DomainError("what a number of branches covers depends on the values of symbols",
                          hint=f"give a value to {named} with --set, or say --branches")
    terms = whole = None
    most = 3 if branches is None else branches
    if most > MOST:
        raise LimitError(f"at most {MOST} branches are counted", hint=f"ask for --branches {MOST} or fewer")
    if not left:
        values = BranchTerms(prefactor, [(one.omega, one.inner, int(one.count.number() or 0)) for one in factors],
                             known)
        whole = values.whole
        most = min(most, values.depth) if cover is None else values.least(cover)
        terms = tuple(values.terms(most))
    written = len(factors) == 1 or (depth.number() or WRITTEN + 1) <= WRITTEN
    if not written and left and depth.number() is None:
        raise LimitError("different blocks, each in a number that is a symbol, are not summed",
                         hint=f"give a value to {named} with --set")
    if not written and left:
        raise LimitError(f"the sum over more than {WRITTEN} different blocks is worked out for numbers only",
                         hint=f"give a value to {named} with --set")
    written = written and most <= WRITTEN
    if not written and left:
        raise LimitError(f"a sum with symbols is written out to {WRITTEN} branches at most",
                         hint=f"ask for --branches {WRITTEN}, or give a value to {named} with --set")
    bound = _bound(prefactor, factors, depth, most)
    return Truncation(factors, prefactor, derivation.phi, depth, most,
                      _written(prefactor, factors, depth, most) if written else None, bound if written else None,
                      terms, whole, None if left else value_of(bound, known))


def _choices(depth: Expression, count: int) -> Expression:
    """C(depth, count) as a polynomial in the depth."""
    return product(((number(Fraction(1, factorial(count))), 1), *((depth - number(k), 1) for k in range(count))))


def _written(prefactor: Expression, factors: Sequence[Factor], depth: Expression, most: int) -> Expression:
    """Σ_{k ≤ most} of the terms with k branches."""
    if len(factors) == 1:
        (one,) = factors
        return product(((prefactor, 1), (total(
            product(((_choices(depth, k), 1), (_power(one.omega, depth - number(k)), 1), (one.inner, k)))
            for k in range(most + 1)), 1)))
    sums = [ONE, *[ZERO] * most]
    for one in factors:
        for _ in range(int(one.count.number() or 0)):
            sums = [total((product(((value, 1), (one.omega, 1))),
                           product(((sums[k - 1], 1), (one.inner, 1))) if k else ZERO))
                    for k, value in enumerate(sums)]
    return product(((prefactor, 1), (total(sums), 1)))


def _bound(prefactor: Expression, factors: Sequence[Factor], depth: Expression, most: int) -> Expression:
    """Πω·C(L, λ+1)·y^(λ+1)·(1 + y)^(L−λ−1) with y the mean of τφ̃/ω: at least the sum of all terms beyond λ.

    By Maclaurin e_k ≤ C(L, k)·y^k, and C(L, k) ≤ C(L, λ+1)·C(L−λ−1, k−λ−1) for k > λ.
    """
    first = most + 1
    rest = depth - number(first)
    outside = (_choices(depth, first), 1)
    if (rest.number() or 0) < 0:
        return ZERO
    if len(factors) == 1:
        (one,) = factors
        return product(((prefactor, 1), outside, (one.inner, first), (_power(one.omega + one.inner, rest), 1)))
    mean = product(((total(product(((one.count, 1), (one.inner, 1), (one.omega, -1))) for one in factors), 1),
                    (depth, -1)))
    return product(((prefactor, 1), outside, (mean, first), (_power(ONE + mean, rest), 1),
                    *((_power(one.omega, one.count), 1) for one in factors)))
