"""The real roots of a polynomial in a power of the unknown: closed forms where they exist, else isolated numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from freeblock.calculus.polynomials import InPower, Polynomial, in_one_power, root_of_power
from freeblock.calculus.solutions import Value
from freeblock.formula.expression import Expression, number
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.signs import Known, sign_of
from freeblock.formula.sums import multiply_out, total

DIGITS = 15
"""Significant digits of a number that is no closed form."""
CARRIED = 25
"""Digits to which it is worked out."""
DEGREE, BITS = 60, 4000
"""Of a polynomial that is factored: its degree, and the size of its coefficients."""


@dataclass(frozen=True, slots=True)
class Root:
    """A real root, and the formulas that have to be positive for it to be one."""

    value: Value
    positive: tuple[Expression, ...] = ()


def real_roots(polynomial: InPower, known: Known) -> list[Root] | None:
    """The real roots, those below zero where the power is odd; None where the degree allows no closed form.

    Of two roots that differ in their sign alone the positive one is given.
    """
    step, shift = polynomial.step.number(), polynomial.shift.number()
    roots: list[Root] = []
    if shift is not None and shift > 0:
        roots.append(Root(Value(number(0))))
    rational = [coefficient.number() for coefficient in polynomial.coefficients]
    if step is not None and polynomial.degree > 1 and abs(Fraction(step)) * polynomial.degree > 2:
        if all(value is not None for value in rational):
            factored = _factored(polynomial, [Fraction(value or 0) for value in rational], Fraction(step), known)
            return None if factored is None else roots + factored
    if polynomial.degree > 2:
        return None
    for root, sign in _low_degree(polynomial.coefficients, known):
        roots += _unpowered(root, sign, polynomial.step)
    return roots


def _low_degree(coefficients: Sequence[Expression], known: Known) -> Iterator[tuple[Root, int | None]]:
    """The real roots u of c_0 + c_1·u (+ c_2·u²), each with its sign."""
    if len(coefficients) == 2:
        value = _tidy(-coefficients[0] / coefficients[1])
        yield Root(Value(value)), sign_of(value, known)
    if len(coefficients) < 3:
        return
    if sign_of(coefficients[2], known) == -1:
        coefficients = [-coefficient for coefficient in coefficients]
    c, b, a = coefficients
    inside = multiply_out(total((product(((b, 2),)), product(((number(-4), 1), (a, 1), (c, 1))))))
    sign = sign_of(inside, known)
    if sign == -1:
        return
    if sign == 0:
        value = _tidy(product(((b, 1), (a, -1), (number(Fraction(-1, 2)), 1))))
        yield Root(Value(value)), sign_of(value, known)
        return
    root = power(inside, Fraction(1, 2))
    ends = tuple(sign_of(value, known) for value in coefficients)
    for side in (-1, 1):
        top = total((-b, root * number(side)))
        value = _tidy(product(((top, 1), (a, -1), (number(Fraction(1, 2)), 1))))
        yield Root(Value(value), () if sign == 1 else (inside,)), sign_of(value, known) or _by_vieta(ends, side)


def _by_vieta(signs: Sequence[int | None], side: int) -> int | None:
    """The sign of a root from those of the coefficients: their product is c/a, their sum −b/a."""
    c, b, a = signs
    if not c or not a:
        return None
    if c * a < 0:
        return side * a
    return -b * a if b else None


def _tidy(value: Expression) -> Expression:
    return multiply_out(value)


def _unpowered(root: Root, sign: int | None, step: Expression) -> list[Root]:
    """The real x with x^step = u; of two that differ in their sign alone, the positive one."""
    value, digits = root.value.formula, root.value.digits
    if value.is_zero:
        return [Root(Value(number(0)))]
    whole = step.number()
    if sign == -1:
        odd = isinstance(whole, int) and whole % 2
        return [Root(Value(-root_of_power(-value, step), digits), root.positive)] if odd else []
    needed = root.positive if sign == 1 else (*root.positive, value)
    try:
        return [Root(Value(root_of_power(value, step), digits), needed)]
    except ValueError:
        return []  # plainly negative


def _factored(
    polynomial: InPower, coefficients: Sequence[Fraction], step: Fraction, known: Known
) -> list[Root] | None:
    """Roots of a polynomial with rational coefficients, factor by factor."""
    stride = abs(step.numerator)  # in w with x^(1/q) = w, or its inverse
    if polynomial.degree * stride > DEGREE or any(
            max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS for value in coefficients):
        return None
    import sympy  # noqa: PLC0415 - the edge where sympy is reached

    x = sympy.Symbol("x")
    places = {(place * stride,): sympy.Rational(value.numerator, value.denominator)
              for place, value in enumerate(coefficients) if value}
    outer = number(Fraction(1 if step > 0 else -1, step.denominator))
    roots: list[Root] = []
    for factor, _ in sympy.factor_list(sympy.Poly(places, x))[1]:
        terms = {number(degree): number(Fraction(int(value.p), int(value.q))) for (degree,), value in factor.terms()}
        inner = in_one_power(Polynomial(terms))
        if inner is None or not inner.degree:
            continue
        if inner.degree <= 2:
            found = [one for root, sign in _low_degree(inner.coefficients, known)
                     for one in _unpowered(root, sign, inner.step)]
        else:
            found = [Root(Value(number(value), DIGITS)) for value in _isolated(factor)]
        roots += found if outer.is_one else [
            one for root in found for one in _unpowered(root, sign_of(root.value.formula, known), outer)]
    return _without_mirrored(roots, known)


def _without_mirrored(roots: Sequence[Root], known: Known) -> list[Root]:
    """Without the negative root beside the same positive one: a scale and its negative give the same moments."""
    values = {root.value.formula for root in roots}
    return [root for root in roots
            if multiply_out(-root.value.formula) not in values or sign_of(root.value.formula, known) != -1]


def _isolated(factor: object) -> Iterator[Fraction]:
    """The real roots of an irreducible polynomial, each between two rationals that prove it."""
    for (low, high), _ in factor.intervals():  # type: ignore[attr-defined]
        start, end = (Fraction(int(side.p), int(side.q)) for side in (low, high))
        values = [Fraction(int(value.p), int(value.q)) for value in factor.all_coeffs()]  # type: ignore[attr-defined]
        yield rounded(_bisected(values, start, end))


def _bisected(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> Fraction:
    at_low = _horner(coefficients, low)
    while high - low > max(abs(low), abs(high)) / 10 ** (CARRIED + 2):
        middle = rounded((low + high) / 2, 3 * CARRIED)
        value = _horner(coefficients, middle)
        if not value:
            return middle
        low, high = (middle, high) if (value > 0) == (at_low > 0) else (low, middle)
    return (low + high) / 2


def _horner(coefficients: Sequence[Fraction], at: Fraction) -> Fraction:
    value = Fraction(0)
    for coefficient in coefficients:
        value = value * at + coefficient
    return value


def rounded(value: Fraction, digits: int = CARRIED) -> Fraction:
    """The number to so many significant digits."""
    if not value:
        return value
    size = int((abs(value.numerator).bit_length() - value.denominator.bit_length()) * 0.30103)
    scale = Fraction(10) ** (digits - size)
    return Fraction(round(value * scale)) / scale
