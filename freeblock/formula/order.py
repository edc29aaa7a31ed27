"""What is certain about signs: comparisons decided from positivity, stated facts and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from freeblock.formula.content import split_content
from freeblock.formula.expression import ONE_MONOMIAL, Expression, number
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.rational import Rational, divide
from freeblock.formula.structure import symbol_name
from freeblock.formula.sums import multiply_out


@dataclass(frozen=True)
class Fact:
    """A stated inequality: `difference` ≥ 0, or > 0 where `strict`."""

    difference: Expression
    strict: bool


def is_at_least(
    first: Expression, second: Expression, facts: Sequence[Fact] = (), whole: AbstractSet[str] = frozenset()
) -> bool:
    """Whether first ≥ second is certain for positive symbols (those in `whole` are at least 1)."""
    return _seen(first, second, whole, strict=False) or first == second or _is_certain(
        first - second, facts, whole, strict=False)


def is_greater(
    first: Expression, second: Expression, facts: Sequence[Fact] = (), whole: AbstractSet[str] = frozenset()
) -> bool:
    """Whether first > second is certain for positive symbols (those in `whole` are at least 1)."""
    return _seen(first, second, whole, strict=True) or _is_certain(first - second, facts, whole, strict=True)


def _seen(first: Expression, second: Expression, whole: AbstractSet[str], *, strict: bool) -> bool:
    """The everyday cases, without a difference: two numbers, a positive formula beside a number ≤ 0, a width and 1."""
    value = second.number()
    if value is None:
        return False
    known = first.number()
    if known is not None:
        return known > value if strict else known >= value
    if value <= 0:
        return is_manifestly_positive(first)
    return value <= 1 and whole_symbol(first, whole) and (value < 1 or not strict)


def whole_symbol(expression: Expression, whole: AbstractSet[str]) -> bool:
    """Whether the formula is one symbol that is whole, and nothing else."""
    return bool(whole) and symbol_name(expression) in whole


def _is_certain(difference: Expression, facts: Sequence[Fact], whole: AbstractSet[str], *, strict: bool) -> bool:
    difference = _without_positive_factor(multiply_out(difference))
    if _plain(difference, whole, strict=strict) or (facts and _positive_by_facts(difference, facts, whole)):
        return True
    for fact in facts:
        known = _without_positive_factor(multiply_out(fact.difference))
        for monomial, coefficient in known.terms.items():
            here = difference.terms.get(monomial)
            if here is None or (here > 0) != (coefficient > 0):
                continue
            # first − second = c·fact + rest with c > 0: certain when the rest is.
            rest = difference - known * number(divide(here, coefficient))
            if _plain(rest, whole, strict=strict and not fact.strict):
                return True
    return False


def _without_positive_factor(difference: Expression) -> Expression:
    """The sign of n/k − 1 is that of n − k: a factor made of symbols is positive."""
    if len(difference.terms) < 2:
        return difference
    content, shared, primitive = split_content(difference)
    if not all(isinstance(base, str) for base, _ in shared):
        return difference
    return primitive if content > 0 else -primitive


def _plain(difference: Expression, whole: AbstractSet[str], *, strict: bool) -> bool:
    if difference.is_zero:
        return not strict
    value = difference.number()
    if value is not None:
        return value > 0
    if is_manifestly_positive(difference):
        return True
    return bool(whole) and _with_whole_symbols(difference, whole, strict=strict)


def _with_whole_symbols(difference: Expression, whole: AbstractSet[str], *, strict: bool) -> bool:
    """Each positive term's whole symbols are at least 1, so a negative constant may be covered by it."""
    negative = [(key, value) for key, value in difference.terms.items() if value < 0]
    if len(negative) != 1 or negative[0][0] != ONE_MONOMIAL:
        return False
    least: Rational = 0
    more = False
    for monomial, coefficient in difference.terms.items():
        if coefficient > 0 and all(base in whole and type(power) is int and power > 0 for base, power in monomial):
            least += coefficient
        elif coefficient > 0:
            more = True
            if not is_manifestly_positive(Expression({monomial: coefficient})):
                return False
    bound = least + negative[0][1]
    return bound > 0 or (bound == 0 and (more or not strict))


def _positive_by_facts(difference: Expression, facts: Sequence[Fact], whole: AbstractSet[str]) -> bool:
    """Positive coefficients, and every sum that is a factor is stated (or seen) to be positive."""
    known = {_without_positive_factor(multiply_out(fact.difference)) for fact in facts if fact.strict}
    for monomial, coefficient in difference.terms.items():
        if coefficient < 0:
            return False
        for base, _ in monomial:
            if isinstance(base, Expression):
                if base not in known and not _plain(base, whole, strict=True):
                    return False
            elif not (isinstance(base, str) or (isinstance(base, int) and base > 0)):
                return False
    return bool(difference.terms)
