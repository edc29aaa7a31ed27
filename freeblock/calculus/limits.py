"""The limit of infinite depth where the depth scales a branch: (1 + c/L)^L → e^c."""

from __future__ import annotations

from fractions import Fraction

from freeblock.formula.content import split_content
from freeblock.formula.expression import ONE, ONE_MONOMIAL, ZERO, Expression, symbol
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import symbols
from freeblock.language.records import record


@record
class Limits:
    """What φ, ϕ and κ tend to as `depth` → ∞; None where κ has no finite limit."""

    depth: str
    phi: Expression
    kappa: Expression | None

    @property
    def variance(self) -> Expression | None:
        """The limit of ϕ = κφ²."""
        return None if self.kappa is None else product(((self.kappa, 1), (self.phi, 2)))


def depth_limits(phi: Expression, kappa: Expression | None) -> Limits | None:
    """The limits in the symbol that is both an exponent and a part of its base; None where there is none."""
    for depth in sorted(_exponent_symbols(phi)):
        limit = _power_limit(phi, depth)
        if limit is not None:
            return Limits(depth, limit, None if kappa is None else _rational_limit(kappa, depth))
    return None


def _exponent_symbols(phi: Expression) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for exponent in {exponent for monomial in phi.terms for _, exponent in monomial}:
        if isinstance(exponent, Expression):
            found |= symbols(exponent)
    return found


def _power_limit(phi: Expression, depth: str) -> Expression | None:
    """The limit of a product of (1 + c/L + o(1/L))^(aL) and factors without L."""
    if len(phi.terms) != 1:
        return None
    ((monomial, coefficient),) = phi.terms.items()
    still = [Expression({ONE_MONOMIAL: coefficient})]
    groups: dict[Expression, list[Expression]] = {}
    for base, exponent in monomial:
        factor = Expression({frozenset(((base, exponent),)): 1})
        if depth not in symbols(factor):
            still.append(factor)
        elif isinstance(exponent, Expression) and len(exponent.terms) == 1:
            rate = exponent / symbol(depth)
            if depth in symbols(rate):
                return None
            number_part, shared, _ = split_content(rate + ZERO) if len(rate.terms) > 1 else (
                next(iter(rate.terms.values())), next(iter(rate.terms)), ONE)
            inner = power(Expression({frozenset(((base, 1),)): 1}), Fraction(number_part))
            groups.setdefault(Expression({shared: 1}), []).append(inner)
        else:
            return None
    if not any(depth in symbols(inner) for members in groups.values() for inner in members):
        return None
    for rate, members in groups.items():
        growth = _first_order(product((inner, 1) for inner in members), depth)
        if growth is None:
            return None
        still.append(power(symbol("e"), growth * rate))
    return product((factor, 1) for factor in still)


def _first_order(inner: Expression, depth: str) -> Expression | None:
    """c where inner = 1 + c/L + o(1/L); None otherwise."""
    opened = multiply_out(total((inner, ZERO, ZERO)))
    first = ZERO
    constant = ZERO
    for monomial, coefficient in opened.terms.items():
        degree, rest = _degree(monomial, depth)
        term = Expression({rest: coefficient})
        if degree is None or depth in symbols(term):
            return None
        if degree == 0:
            constant = constant + term
        elif degree == -1:
            first = first + term
        elif degree > -1:
            return None
    return first if constant.is_one else None


def _degree(monomial: frozenset, depth: str) -> tuple[Fraction | int | None, frozenset]:  # type: ignore[type-arg]
    for item in monomial:
        if item[0] == depth:
            if isinstance(item[1], Expression):
                return None, monomial
            return item[1], monomial - {item}
    return 0, monomial


def _rational_limit(value: Expression, depth: str) -> Expression | None:
    """The limit of a sum of terms, each a power of L times powers of sums that are polynomials in L."""
    parts = []
    for monomial, coefficient in multiply_out(value).terms.items():
        degree: Fraction | int = 0
        factors = [(Expression({ONE_MONOMIAL: coefficient}), 1)]
        for base, exponent in monomial:
            factor = Expression({frozenset(((base, exponent),)): 1})
            if depth not in symbols(factor):
                factors.append((factor, 1))
                continue
            if isinstance(exponent, Expression):
                return None
            leading = _leading(base, depth)
            if leading is None:
                return None
            degree += leading[0] * exponent
            factors.append((power(leading[1], exponent), 1))
        if degree > 0:
            return None
        if degree == 0:
            parts.append(product(factors))
    return total(parts) if parts else ZERO


def _leading(base: object, depth: str) -> tuple[Fraction | int, Expression] | None:
    """The leading power of L in a base, with its coefficient."""
    if base == depth:
        return 1, ONE
    if not isinstance(base, Expression):
        return None
    best: tuple[Fraction | int, list[Expression]] | None = None
    for monomial, coefficient in base.terms.items():
        degree, rest = _degree(monomial, depth)
        term = Expression({rest: coefficient})
        if degree is None or depth in symbols(term):
            return None
        if best is None or degree > best[0]:
            best = (degree, [term])
        elif degree == best[0]:
            best[1].append(term)
    assert best is not None
    return best[0], total(best[1])
