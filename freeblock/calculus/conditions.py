"""Conditions on a result: the values of one symbol for which φ, ϕ or κ is what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from freeblock.calculus.derivation import Derivation
from freeblock.errors import DomainError, OptionError, RefusedError, UnknownNameError, did_you_mean
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import ONE, Expression, number
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sympy_bridge import to_sympy
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import to_expression
from freeblock.language.nodes import Name, Relation
from freeblock.language.parser import parse_formula
from freeblock.source import Source

QUANTITIES = ("phi", "variance", "kappa")
DEGREE = 2
"""A polynomial of a higher degree is solved by numbers."""
OPERATIONS, POWER = 1000, 24
"""So is an equation of more operations, or with a higher power in it."""
RANGE = 40
"""Numerical solutions are looked for between 2^−40 and 2^40, in eight steps for each power of 2."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An equation between a result and a formula."""

    left: Expression
    right: Expression


def read_condition(derivation: Derivation, text: str) -> Condition:
    """`phi = 1` and its like. Raises OptionError, RefusedError (of a refused result) and what formulas raise."""
    relation = parse_formula(Source("the condition", text))
    if not isinstance(relation, Relation) or relation.operators != ("=",):
        raise OptionError("a condition is an equation", relation.span, "write `phi = 1`, `variance = …` or `kappa = …`")
    name, value = relation.parts
    if not isinstance(name, Name) or name.name not in QUANTITIES:
        raise OptionError("a condition begins with what is to be met", name.span,
                          f"one of {', '.join(QUANTITIES)}: `phi = 1`")
    left: Expression | None = getattr(derivation, name.name)
    if left is None:
        raise RefusedError(f"{name.name} is refused for this network", name.span,
                           "assume the hypothesis it needs, or that blocks are free")
    return Condition(left, to_expression(value, {}, free=True))


def solve(derivation: Derivation, unknown: str, condition: Condition) -> list[Any]:
    """The positive values of a symbol that meet the condition, as sympy expressions, in ascending order if numbers.

    Closed forms where the condition is an equation of degree 1 or 2 in a power of the symbol, once the powers with
    a common symbolic exponent are taken off; else numbers of 15 digits, where no other symbol is left. The list is
    empty where there is none. Raises UnknownNameError, and DomainError where neither is possible.
    """
    known = symbols(condition.left) | symbols(condition.right)
    if unknown not in symbols(condition.left):
        close = did_you_mean(unknown, sorted(known))
        raise UnknownNameError(f"`{unknown}` does not occur in the result", hint=f"did you mean `{close}`?" if close
                               else f"it depends on {', '.join(sorted(known)) or 'no symbol'}")
    if condition.right.is_zero and is_manifestly_positive(condition.left):
        return []
    left, right = _without_common_power(condition.left, condition.right, unknown)
    whole = derivation.network.whole
    variable = to_sympy(Expression({frozenset(((unknown, 1),)): 1}), whole)
    closed = _closed(to_sympy(left, whole) - to_sympy(right, whole), variable)
    if closed is None:
        others = sorted((known - {unknown}) - derivation.network.constants.keys())
        if others:
            raise DomainError(f"there is no closed form for `{unknown}`",
                              hint=f"give a number to {', '.join(f'`{name}`' for name in others)} for a numerical one")
        constants = {name: Fraction(value.number() or 0) for name, value in derivation.network.constants.items()}
        closed = _numbers(left, right, unknown, constants)
    if unknown in whole:
        closed = [value for value in closed if value.is_integer is not False]
    return closed


def _without_common_power(left: Expression, right: Expression, unknown: str) -> tuple[Expression, Expression]:
    """(B, r^(1/L)) for B^L = r: where all factors of a positive product have one symbolic exponent, up to numbers."""
    if len(left.terms) != 1 or not is_manifestly_positive(right):
        return left, right
    ((monomial, coefficient),) = left.terms.items()
    first = next((exponent for _, exponent in monomial if isinstance(exponent, Expression)), None)
    if first is None or coefficient != 1 or unknown in symbols(first):
        return left, right
    factors = []
    for base, exponent in monomial:
        rate = ((exponent if isinstance(exponent, Expression) else number(exponent)) / first).number()
        if rate is None:
            return left, right
        factors.append((power(Expression({frozenset(((base, 1),)): 1}), rate), 1))
    return product(factors), power(right, ONE / first)


def _closed(equation: Any, variable: Any) -> list[Any] | None:
    """The positive roots of the numerator; None where it is no polynomial of low degree in a power of the variable."""
    constants: dict[Any, Any] = {}
    for part in equation.atoms(sympy.Function, sympy.Integral, sympy.Sum, sympy.Product):
        if variable in part.free_symbols:
            return None
        constants[part] = sympy.Dummy(positive=True)
    equation = equation.xreplace(constants)
    powers = [part.exp for part in equation.atoms(sympy.Pow) if variable in part.base.free_symbols]
    high = any(exponent.is_number and abs(exponent) > POWER for exponent in powers)
    if high or sympy.count_ops(equation) > OPERATIONS:
        return None
    numerator, _ = sympy.fraction(sympy.together(equation))
    try:
        polynomial = sympy.Poly(sympy.expand(numerator), variable)
    except sympy.PolynomialError:
        return None
    if not polynomial.degree():
        return None
    back = {dummy: part for part, dummy in constants.items()}
    found: list[Any] = []
    for factor, _ in sympy.factor_list(polynomial)[1]:
        step = int(sympy.gcd_list([degree for (degree,) in factor.monoms()]))
        if factor.degree() > DEGREE * step:
            return None
        reduced = sympy.Poly({(degree // step,): value for (degree,), value in factor.terms()}, variable)
        roots = [root for root in sympy.roots(reduced) if _may_be_positive(root)]
        found += [(sympy.cancel(root) if reduced.degree() == 1 else root) ** sympy.Rational(1, step) for root in roots]
    return sorted([root.xreplace(back) for root in found],
                  key=lambda value: (not value.is_number, sympy.default_sort_key(value)))


def _may_be_positive(root: Any) -> bool:
    return root.is_zero is not True and root.is_positive is not False and root.is_real is not False


def _numbers(left: Expression, right: Expression, unknown: str, known: Mapping[str, Fraction]) -> list[Any]:
    """Where log left − log right changes its sign."""
    def difference(value: float) -> float:
        at: dict[str, float | int | Fraction] = {**known, unknown: value}
        return evaluate(left, at).natural_log() - evaluate(right, at).natural_log()

    points = [2.0 ** (step / 8) for step in range(-8 * RANGE, 8 * RANGE + 1)]
    values = [_or_none(difference, point) for point in points]
    found = []
    for low, high, first, second in zip(points, points[1:], values, values[1:], strict=False):
        if first is not None and second is not None and first * second <= 0 and second != 0:
            found.append(sympy.Float(_bisected(difference, low, high), 15))
    return found


def _or_none(value: Callable[[float], float], point: float) -> float | None:
    try:
        return value(point)
    except (ArithmeticError, ValueError):
        return None


def _bisected(value: Callable[[float], float], low: float, high: float) -> float:
    at_low = value(low)
    for _ in range(80):
        middle = (low + high) / 2
        at_middle = value(middle)
        low, high = (middle, high) if (at_middle > 0) == (at_low > 0) else (low, middle)
    return (low + high) / 2
