"""φ and GSC² of L residual blocks in closed form: a power, or a quotient of gamma functions.

A block adds a branch ρ of fixed mean square q_ρ to a stream, whose mean square and covariance of two inputs then grow
by the same amount per block. Where φ_ρ of block b is K/ℓ_b with ℓ_b linear in them (a normalisation divides by it),
φ of L blocks is Π (ℓ_b + K)/ℓ_b. Where there is no normalisation, each block multiplies q and φ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from freeblock.calculus.derivation import Derivation, derive
from freeblock.calculus.filling import filled_with_output
from freeblock.calculus.premises import Premises
from freeblock.errors import LimitError, RefusedError
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Expression, number, symbol
from freeblock.formula.functions import apply, facts_known
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.network import Network
from freeblock.network.nodes import Block, Repeat, Sum
from freeblock.network.tree import is_skip

_Q, _C = "mean square of the stream", "covariance of the stream"
"""Symbols that no text can name."""
_STREAM = frozenset({_Q, _C})
_PLACES = ("b", "l", "j", "place")


@dataclass(frozen=True, slots=True)
class ResidualProduct:
    """Blocks b = 1 … L of a skip and branches: k², R and GSC² of block b, and the product over all of them.

    Formulas of the whole are in L and the names in `definitions`; those of a block are in b.
    """

    derivation: Derivation
    """Of the network, whose constants are those that stand in the formulas."""
    place: str
    """The symbol that b is here."""
    depth: str
    """The symbol that L is here."""
    count: Expression
    k_squared: Expression
    branch: Expression
    """R of the branches; that of the skip is 1."""
    block: Expression
    """GSC² of block b."""
    q: Expression
    """Behind the last block."""
    c: Expression | None
    phi: Expression
    squared: Expression
    definitions: Mapping[str, Expression]
    """What stands in the arguments of the gamma functions, by name."""
    exponent: Expression | None
    """GSC² ~ scale·L^exponent for many blocks; None for a power."""
    scale: Expression | None

    def at_depth(self, formula: Expression) -> Expression:
        """A formula of the whole for the depth that the network has."""
        return substitute(formula, {self.depth: self.count})


class _Part(NamedTuple):
    """What a branch does, in the symbols of the stream it meets."""

    phi: Expression
    q: Expression
    covariance: Expression | None
    fresh: bool


class _Fraction(NamedTuple):
    """K/(a·Q + b·C + d)."""

    top: Expression
    square: Expression
    covariance: Expression
    rest: Expression


def residual_product(network: Network, q: Expression, c: Expression, premises: Premises) -> ResidualProduct | None:
    """The closed form of a network that is one repeated residual block, None where it has none.

    `q` and `c` are of the input. Raises RefusedError where φ of the network is refused.
    """
    block = network.block
    if not isinstance(block, Repeat) or not isinstance(block.block, Sum):
        return None
    branches = [part for part in block.block.parts if not is_skip(part)]
    if len(block.block.parts) != len(branches) + 1 or not branches:
        return None
    try:
        (skip,) = _parts(network, [part for part in block.block.parts if is_skip(part)], premises)[0]
        found, known = _parts(network, branches, premises)
    except (RefusedError, LimitError):
        return None
    if not (_is(skip.phi, ONE) and _is(skip.q, symbol(_Q)) and all(part.fresh for part in found)):
        return None
    derivation = derive(network, order=1, premises=premises)
    if derivation.given < 1:
        return None
    # Each copy has statistics of its own in the formulas, so that it is not assumed that they are equal.
    derivation = replace(derivation, network=known, hypotheses=tuple(
        [one for one in derivation.hypotheses if one.name != "equal-copies"]))
    taken = frozenset().union(*(symbols(one) for part in found for one in (part.phi, part.q, q)))
    blocks = _Blocks(derivation, block.count, q, product(((q, 1), (c, 1))), taken)
    with facts_known(network.facts, network.whole):
        return blocks.power(found) or blocks.gamma(found)


def _parts(network: Network, blocks: list[Block], premises: Premises) -> tuple[list[_Part], Network]:
    """Each branch on a stream of any mean square and covariance. Raises RefusedError, LimitError."""
    found: list[_Part] = []
    constants, errors, meanings = dict(network.constants), dict(network.errors), dict(network.meanings)
    for block in blocks:
        alone = replace(network, block=block, assumptions=())
        filled, after = filled_with_output(alone, symbol(_Q), symbol(_C) / symbol(_Q))
        phi = derive(filled, order=1, premises=premises).phi
        if phi is None or after.q is None or any(
                constants.get(name, value) != value for name, value in filled.constants.items()):
            raise RefusedError("no closed form")
        constants.update(filled.constants)
        errors.update(filled.errors)
        meanings.update(filled.meanings)
        found.append(_Part(multiply_out(phi), multiply_out(after.q), after.covariance, not after.forks))
    return found, replace(network, constants=constants, errors=errors, meanings=meanings)


class _Blocks:
    """The recursion over the blocks of one network."""

    def __init__(
        self, derivation: Derivation, count: Expression, q: Expression, covariance: Expression, taken: frozenset[str]
    ) -> None:
        """`taken` are the symbols of the network."""
        self._derivation, self._count, self._start, self._shared = derivation, count, q, covariance
        depth = next((name for name in symbols(count) if count == symbol(name)), None)
        taken |= symbols(count) | derivation.network.constants.keys() | CONSTANTS
        self._place, self._depth, *self._names = (next(name for name in (letter, f"{letter}_1", f"{letter}_block")
                                                       if name not in taken) for letter in "bLuvw")
        self._depth = depth or self._depth

    def power(self, parts: list[_Part]) -> ResidualProduct | None:
        """Where each block multiplies the mean square, and φ, by one number."""
        share = multiply_out(total([part.q for part in parts]) / symbol(_Q))
        phi = total([part.phi for part in parts])
        if (symbols(share) | symbols(phi)) & _STREAM:
            return None
        squared = (ONE + phi) / (ONE + share)
        return ResidualProduct(
            self._derivation, self._place, self._depth, self._count, share ** -1, phi / share, squared,
            product(((self._start, 1), (self._raised(ONE + share), 1))), None, self._raised(ONE + phi),
            self._raised(squared), {}, None, None)

    def gamma(self, parts: list[_Part]) -> ResidualProduct | None:
        """Where the mean square grows by the same amount in each block."""
        added = total([part.q for part in parts])
        shared = None if any(part.covariance is None for part in parts) else multiply_out(
            total([part.covariance for part in parts if part.covariance is not None]))
        if shared is not None and symbols(shared) & _STREAM:
            shared = None
        fraction = _fraction(total([part.phi for part in parts]))
        if symbols(added) & _STREAM or fraction is None or (shared is None and not fraction.covariance.is_zero):
            return None
        first = multiply_out(fraction.square * self._start + fraction.covariance * self._shared + fraction.rest)
        step = multiply_out(fraction.square * added + fraction.covariance * (shared or ZERO))
        if first.is_zero or step.is_zero:
            return None
        return self._of_gamma(added, shared, (first / step - ONE, fraction.top / step, self._start / added - ONE))

    def _of_gamma(
        self, added: Expression, shared: Expression | None, values: tuple[Expression, Expression, Expression]
    ) -> ResidualProduct:
        """Block b has φ = 1 + v/(b + u) and k² = b + w, for `values` u, v, w."""
        (u, v, w), definitions = self._named([multiply_out(value) for value in values])
        place, depth = symbol(self._place), symbol(self._depth)
        k_squared, last = place + w, self._start + depth * added
        phi = _gammas((ONE + depth + u + v, ONE + u), (ONE + u + v, ONE + depth + u))
        return ResidualProduct(
            self._derivation, self._place, self._depth, self._count, k_squared,
            product(((v, 1), (k_squared, 1), (place + u, -1))),
            product(((place + u + v, 1), (k_squared, 1), (place + u, -1), (k_squared + ONE, -1))), last,
            None if shared is None else (self._shared + depth * shared) / last, phi,
            product(((phi, 1), (ONE + w, 1), (ONE + depth + w, -1))), definitions, v - ONE,
            product(((_gammas((ONE + u,), (ONE + u + v,)), 1), (ONE + w, 1))))

    def _named(self, values: list[Expression]) -> tuple[list[Expression], dict[str, Expression]]:
        """The values, or names for those that are no number; equal ones have one name."""
        shown: list[Expression] = []
        definitions: dict[str, Expression] = {}
        for name, value in zip(self._names, values, strict=True):
            known = next((each for each, other in definitions.items() if _is(other, value)), None)
            if value.number() is None and known is None:
                definitions[name] = value
            shown.append(value if value.number() is not None else symbol(known or name))
        return shown, definitions

    def _raised(self, base: Expression) -> Expression:
        return power(base, symbol(self._depth), whole_exponent=True)


def _fraction(phi: Expression) -> _Fraction | None:
    """φ over one denominator that is linear in the state of the stream, to the power −1; None for any other."""
    tops: list[Expression] = []
    bottoms: set[Expression] = set()
    for monomial, coefficient in phi.terms.items():
        # A factor of the monomial is a formula of its own.
        factors = [Expression({frozenset((factor,)): 1}) for factor in monomial]
        kept = [not symbols(formula) & _STREAM for formula in factors]
        tops.append(product([(number(coefficient), 1), *(
            (formula, 1) for formula, keep in zip(factors, kept, strict=True) if keep)]))
        moved = [product(((formula, -1),)) for formula, keep in zip(factors, kept, strict=True) if not keep]
        if len(moved) != 1:
            return None
        bottoms.add(moved[0])
    if len(bottoms) != 1:
        return None
    (bottom,) = bottoms
    if not _is_linear(bottom):
        return None
    rest, square, covariance = (multiply_out(substitute(bottom, {_Q: number(q), _C: number(c)}))
                                for q, c in ((0, 0), (1, 0), (0, 1)))
    return _Fraction(total(tops), multiply_out(square - rest), multiply_out(covariance - rest), rest)


def _is_linear(formula: Expression) -> bool:
    """Whether each term has the state of the stream once at most, to the power 1."""
    for monomial in formula.terms:
        moved = [(base, exponent) for base, exponent in monomial
                 if symbols(Expression({frozenset(((base, exponent),)): 1})) & _STREAM]
        if moved and moved not in ([(_Q, 1)], [(_C, 1)]):
            return False
    return True


def _gammas(above: tuple[Expression, ...], below: tuple[Expression, ...]) -> Expression:
    return product([(apply("gamma", [one]), sign) for sign, many in ((1, above), (-1, below)) for one in many])


def _is(first: Expression, second: Expression) -> bool:
    return multiply_out(first - second).is_zero
