"""Products and sums over an index in closed form, by named rules; what no rule covers stays an explicit ∏ or Σ.

Rules: a constant factor; l^a; a linear factor a·l + b by the gamma function; c^(…l…); Σ l^d by Faulhaber;
Σ 1/l by harmonic numbers; Σ c^l for a number c. Each is an identity for every integer upper ≥ lower.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb

from freeblock.formula.content import split_content
from freeblock.formula.expression import ONE, ZERO, Base, Exponent, Expression, Monomial, function, number, symbol
from freeblock.formula.functions import apply
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols

FAULHABER_DEGREE = 12


def product_over(index: str, body: Expression, lower: Expression, upper: Expression) -> Expression:
    """∏_{index=lower}^{upper} body."""
    if index not in symbols(body):
        return power(body, upper - lower + ONE, whole_exponent=True)
    if len(body.terms) > 1:
        coefficient, shared, primitive = split_content(body)
        monomial: Monomial = shared | {(primitive, 1)}
    else:
        ((monomial, coefficient),) = body.terms.items()
    count = upper - lower + ONE
    constant = [power(number(coefficient), count, whole_exponent=True)]
    closed: list[Expression] = []
    varying: list[Expression] = []
    explicit = False
    for base, exponent in monomial:
        factor = _single(base, exponent)
        if index not in symbols(factor):
            constant.append(power(factor, count, whole_exponent=True))
            continue
        found = _product_of_power(index, base, exponent, lower, upper)
        varying.append(factor)
        explicit = explicit or found is None
        closed.append(found or ONE)
    if explicit:
        # One factor without a closed form keeps the whole product in the form it was written.
        rest = multiply_out(product((factor, 1) for factor in varying))
        closed = [function("product", (symbol(index), rest, lower, upper))]
    return product((factor, 1) for factor in (*constant, *closed))


def _single(base: Base, exponent: Exponent) -> Expression:
    return Expression({frozenset(((base, exponent),)): 1})


def _product_of_power(
    index: str, base: Base, exponent: Exponent, lower: Expression, upper: Expression
) -> Expression | None:
    in_base = index in symbols(_single(base, 1))
    in_exponent = isinstance(exponent, Expression) and index in symbols(exponent)
    if in_base and in_exponent:
        return None
    if not in_base:
        assert isinstance(exponent, Expression)
        summed = sum_over(index, exponent, lower, upper)
        return None if _is_explicit(summed) else power(_single(base, 1), summed, whole_exponent=True)
    gamma = _product_of_linear(index, base, lower, upper)
    return None if gamma is None else power(gamma, exponent, whole_exponent=True)


def _is_explicit(expression: Expression) -> bool:
    return any(getattr(base, "name", None) == "sum" for monomial in expression.terms for base, _ in monomial)


def _product_of_linear(index: str, base: Base, lower: Expression, upper: Expression) -> Expression | None:
    """∏ (a·l + b) = a^N·Γ(upper + 1 + b/a)/Γ(lower + b/a), where a·lower + b > 0 is certain."""
    if base == index:
        slope, constant = ONE, ZERO
    elif isinstance(base, Expression):
        parts = _linear(index, base)
        if parts is None:
            return None
        slope, constant = parts
    else:
        return None
    shift = multiply_out(constant / slope)
    start = lower + shift
    if not (is_manifestly_positive(start) and is_manifestly_positive(slope)):
        return None
    ends = apply("gamma", [upper + ONE + shift]) / apply("gamma", [start])
    return power(slope, upper - lower + ONE, whole_exponent=True) * ends


def _linear(index: str, expression: Expression) -> tuple[Expression, Expression] | None:
    """(a, b) with expression = a·index + b and both free of the index."""
    slopes, constants = [], []
    for monomial, coefficient in expression.terms.items():
        term = Expression({monomial: coefficient})
        if (index, 1) in monomial:
            rest = Expression({monomial - {(index, 1)}: coefficient})
            if index in symbols(rest):
                return None
            slopes.append(rest)
        elif index in symbols(term):
            return None
        else:
            constants.append(term)
    return (total(slopes), total(constants)) if slopes else None


def sum_over(index: str, body: Expression, lower: Expression, upper: Expression) -> Expression:
    """Σ_{index=lower}^{upper} body."""
    if index not in symbols(body):
        return body * (upper - lower + ONE)
    if len(body.terms) == 1:
        ((monomial, coefficient),) = body.terms.items()
        outside = _free_part(index, monomial)
        inside = Expression({monomial - outside: 1})
        summed = _sum_of_terms(index, multiply_out(inside), lower, upper)
        if summed is None:
            summed = function("sum", (symbol(index), total((inside, ZERO, ZERO)), lower, upper))
        return product(((Expression({outside: coefficient}), 1), (summed, 1)))
    found = _sum_of_terms(index, body, lower, upper) or _sum_of_terms(index, multiply_out(body), lower, upper)
    return function("sum", (symbol(index), body, lower, upper)) if found is None else found


def _free_part(index: str, monomial: Monomial) -> Monomial:
    return frozenset(item for item in monomial if index not in symbols(_single(*item)))


def _sum_of_terms(index: str, body: Expression, lower: Expression, upper: Expression) -> Expression | None:
    """The sum term by term; what has no closed form stays one Σ. None where no term has one."""
    closed: list[Expression] = []
    left: list[Expression] = []
    for monomial, coefficient in body.terms.items():
        outside = _free_part(index, monomial)
        found = _sum_of_monomial(index, monomial - outside, lower, upper)
        if found is None:
            left.append(Expression({monomial: coefficient}))
        else:
            closed.append(product(((Expression({outside: coefficient}), 1), (found, 1))))
    if not closed:
        return None
    if left:
        closed.append(function("sum", (symbol(index), total(left), lower, upper)))
    return total(closed)


def _sum_of_monomial(index: str, inside: Monomial, lower: Expression, upper: Expression) -> Expression | None:
    if not inside:
        return upper - lower + ONE
    geometric = _geometric(index, inside, lower, upper)
    if geometric is not None or len(inside) != 1:
        return geometric
    ((base, exponent),) = inside
    if base == index and type(exponent) is int:
        if 0 < exponent <= FAULHABER_DEGREE:
            return _power_sum(exponent, upper) - _power_sum(exponent, lower - ONE)
        if exponent == -1:
            before = lower - ONE
            start = ZERO if before.is_zero else apply("harmonic", [before])
            return apply("harmonic", [upper]) - start
    return None


def _geometric(index: str, inside: Monomial, lower: Expression, upper: Expression) -> Expression | None:
    """Σ c·r^l with numbers c^l: (c·r^(upper+1) − c·r^lower)/(r − 1), for a ratio r ≠ 1 that is a number."""
    ratio = ONE
    for base, exponent in inside:
        parts = _linear(index, exponent) if isinstance(exponent, Expression) else None
        if type(base) is not int or parts is None or parts[0].number() is None:
            return None
        ratio = ratio * power(number(base), parts[0])
    if ratio.is_one:
        return None
    term = Expression({inside: 1})
    last = substitute(term, {index: upper + ONE})
    return (last - substitute(term, {index: lower})) / (ratio - ONE)


def _power_sum(degree: int, upper: Expression) -> Expression:
    """Σ_{l=1}^{upper} l^degree as a polynomial (Faulhaber)."""
    return multiply_out(total(product(((number(coefficient), 1), (upper, exponent)))
                              for exponent, coefficient in _faulhaber(degree)))


@lru_cache(maxsize=FAULHABER_DEGREE + 1)
def _faulhaber(degree: int) -> tuple[tuple[int, Fraction], ...]:
    bernoulli = [Fraction(1)]
    for m in range(1, degree + 1):
        bernoulli.append(-sum((comb(m + 1, k) * bernoulli[k] for k in range(m)), Fraction(0)) / (m + 1))
    if degree >= 1:
        bernoulli[1] = Fraction(1, 2)
    return tuple((degree + 1 - j, Fraction(comb(degree + 1, j), degree + 1) * bernoulli[j])
                 for j in range(degree + 1) if bernoulli[j])
