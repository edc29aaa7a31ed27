"""Systems linear in monomials of their unknowns, a·x²y² + b·x² = c: solved for these, then for the unknowns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, permutations
from itertools import product as choices

import mpmath

from freeblock.calculus.constraints import Constraints, positivity
from freeblock.calculus.points import sample_points
from freeblock.calculus.solutions import Solution, Value
from freeblock.calculus.solving import Comparison, check_met, judged
from freeblock.formula.expression import ONE, Expression, number, symbol
from freeblock.formula.order import Fact
from freeblock.formula.positivity import is_manifestly_positive
from freeblock.formula.powers import power
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.products import product
from freeblock.formula.signs import Known, is_not_negative, open_part, sign_of
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.wording import in_words

LARGEST = 4
"""Unknowns of a system whose determinants are written out."""

POINTS = 10
"""At which a formula is looked at that may be 0."""
SHOWN = 6
"""Digits of a number in a reason."""

Exponents = tuple[Fraction, ...]
Form = Mapping[Exponents, Expression]
"""Exponents of the unknowns → coefficient without them."""


def form_in(expression: Expression, unknowns: Sequence[str]) -> Form | None:
    """The formula as a sum of monomials in the unknowns; None where it is none."""
    found: dict[Exponents, list[Expression]] = {}
    for monomial, coefficient in multiply_out(expression).terms.items():
        exponents = [Fraction(0)] * len(unknowns)
        rest = set(monomial)
        for base, exponent in monomial:
            if isinstance(base, str) and base in unknowns and isinstance(exponent, (int, Fraction)):
                exponents[unknowns.index(base)] = Fraction(exponent)
                rest.remove((base, exponent))
        term = Expression({frozenset(rest): coefficient})
        if not symbols(term).isdisjoint(unknowns):
            return None
        found.setdefault(tuple(exponents), []).append(term)
    sums = {key: multiply_out(total(terms)) for key, terms in found.items()}
    return {key: value for key, value in sums.items() if not value.is_zero}


def linear_solution(
    equations: Sequence[Comparison], unknowns: Sequence[str], others: Sequence[Comparison], constraints: Constraints,
) -> list[Solution] | None:
    """The one solution, admissible or not; None where the system is of another kind, or does not decide its unknowns.

    Raises DomainError where the solution could not be verified.
    """
    count = len(unknowns)
    forms = [form_in(equation.left - equation.right, unknowns) for equation in equations[:count]]
    if not 2 <= count <= LARGEST or not all(forms):
        return None
    system = next(_systems([form for form in forms if form is not None], count), None)
    if system is None:
        return None
    if system.determinant.is_zero:
        reason = system.contradiction(constraints)
        return None if reason is None else [Solution({}, (), reason)]
    return [_solution(system, equations, unknowns, others, constraints)]


@dataclass(frozen=True, slots=True)
class _System:
    """Σ_j rows[i][j]·m_j = right[i] for the monomials m_j with these exponents; `inverse` leads back."""

    monomials: Sequence[Exponents]
    inverse: Sequence[Sequence[Fraction]]
    determinant: Expression
    numerators: Sequence[Expression]

    def contradiction(self, constraints: Constraints) -> str | None:
        """What would have to vanish for rows in one ratio to agree; None where it does, as far as can be seen."""
        left = next((value for value in self.numerators if _differs_from_zero(value, constraints)), None)
        return None if left is None else \
            f"the conditions contradict one another: they would need `{in_words(product(((left, 1),)))} = 0`"


def _differs_from_zero(value: Expression, constraints: Constraints) -> bool:
    """Whether there is a point at which it is plainly not 0."""
    if sign_of(value, constraints.known) is not None:
        return sign_of(value, constraints.known) != 0
    points = islice(sample_points(symbols(value), constraints), POINTS)
    return any(sign_of(substitute(value, {name: number(at) for name, at in point.items()}), constraints.known)
               for point in points)


def _systems(forms: Sequence[Form], count: int) -> Iterator[_System]:
    """Each equation divided by one of its monomials, so that as many others are left as there are unknowns."""
    nothing = (Fraction(0),) * count
    for constants in choices(*(sorted(form, key=lambda key: key != nothing) for form in forms)):
        shifted = [{tuple(a - b for a, b in zip(key, constant, strict=True)): value for key, value in form.items()}
                   for form, constant in zip(forms, constants, strict=True)]
        monomials = sorted({key for form in shifted for key in form} - {nothing}, reverse=True)
        if len(monomials) != count:
            continue
        inverse = _inverse(monomials)
        if inverse is None:
            continue
        rows = [[form.get(key, number(0)) for key in monomials] for form in shifted]
        right = [-form.get(nothing, number(0)) for form in shifted]
        yield _System(monomials, inverse, _determinant(rows), [
            _determinant([[*row[:place], value, *row[place + 1:]] for row, value in zip(rows, right, strict=True)])
            for place in range(count)])


def _determinant(rows: Sequence[Sequence[Expression]]) -> Expression:
    terms = []
    for order in permutations(range(len(rows))):
        odd = sum(first > second for place, first in enumerate(order) for second in order[place + 1:]) % 2
        terms.append(product([(number(-1 if odd else 1), 1), *((rows[i][j], 1) for i, j in enumerate(order))]))
    return multiply_out(total(terms))


def _inverse(matrix: Sequence[Exponents]) -> list[list[Fraction]] | None:
    """By elimination; None where there is none."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for other in range(size):
            if other != column:
                rate = rows[other][column]
                rows[other] = [a - rate * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[size:] for row in rows]


def _solution(
    system: _System, equations: Sequence[Comparison], unknowns: Sequence[str], others: Sequence[Comparison],
    constraints: Constraints,
) -> Solution:
    """Every monomial is numerator/determinant, and positive: they have one sign."""
    known = constraints.known
    quantities = [system.determinant, *system.numerators]
    signs = [sign_of(value, known) for value in quantities]
    side = next((sign for sign in signs if sign), None)
    wrong = next((place for place, sign in enumerate(signs) if place and sign is not None and sign != side), None)
    if wrong is not None:
        if signs[0] is None and signs[wrong]:
            return Solution({}, (), _apart(system, signs.index(side) - 1, wrong - 1, unknowns))
        return Solution({}, (), _negative(system, wrong - 1, unknowns, known))
    if side is None:
        quantities = [ONE, *(product(((value, 1), (system.determinant, -1))) for value in system.numerators)]
        positive = quantities[1:]
    else:
        quantities = [value * number(side) for value in quantities]
        positive = [value for value, sign in zip(quantities, signs, strict=True) if sign is None]
    formulas = {name: product(((_root(value, exponent), 1) for value, exponent in
                               zip(quantities, [-sum(row, Fraction(0)), *row], strict=True)))
                for name, row in zip(unknowns, system.inverse, strict=True)}
    for equation in equations[:len(unknowns)]:
        check_met(equation, formulas, positive, constraints)
    facts = tuple(Fact(_primitive(value), strict=True) for value in positive)
    judging = replace(constraints, known=replace(known, facts=(*known.facts, *facts)))
    values = {name: Value(formula) for name, formula in formulas.items()}
    solution = judged(values, (), [*equations[len(unknowns):], *others], judging)
    requires = [_requirement(value, known) for value in positive]
    return replace(solution, requires=tuple(dict.fromkeys((*requires, *solution.requires))))


def _root(value: Expression, exponent: Fraction) -> Expression:
    return power(product(((value, 1),)), exponent)


def _negative(system: _System, place: int, unknowns: Sequence[str], known: Known) -> str:
    """A monomial of the unknowns that would not be positive."""
    value = product(((system.numerators[place], 1), (system.determinant, -1)))
    shown = in_words(value)
    if not symbols(value) - known.constants.keys():
        shown = mpmath.nstr(evaluate_precisely(value, known.constants, SHOWN), SHOWN)
    return f"{_monomial(system, place, unknowns)} would be {shown}, which is not positive"


def _apart(system: _System, first: int, second: int, unknowns: Sequence[str]) -> str:
    """Two monomials one of which would not be positive."""
    return f"{_monomial(system, first, unknowns)} and {_monomial(system, second, unknowns)} would have different signs"


def _monomial(system: _System, place: int, unknowns: Sequence[str]) -> str:
    return "`" + in_words(product(
        (power(symbol(name), exponent), 1)
        for name, exponent in zip(unknowns, system.monomials[place], strict=True))) + "`"


def _primitive(value: Expression) -> Expression:
    """The sum without the positive factors outside it."""
    inside = open_part(value, Known())
    return multiply_out(inside)


def _requirement(value: Expression, known: Known) -> str:
    """That it is positive, as a bound of a symbol where there is one that it rises or falls with."""
    inside = multiply_out(open_part(value, known))
    for name in sorted(symbols(inside) - known.constants.keys()):
        form = form_in(inside, [name])
        if form is None or form.keys() - {(Fraction(0),)} != {(Fraction(1),)}:
            continue
        slope = form[Fraction(1),]
        rest = form.get((Fraction(0),), number(0))
        for sign, operator in ((1, ">"), (-1, "<")):
            if is_not_negative(_primitive(slope * number(sign)), known):
                bound = product(((rest * number(-sign), 1), (slope * number(sign), -1)))
                return f"{name} {operator} {in_words(bound)}"
    return positivity(value, known)


def leading_facts(moments: Iterable[Expression], unknowns: Sequence[str], constraints: Constraints) -> list[Fact]:
    """What is known because a moment is not negative: nor is a coefficient that outgrows the others.

    That is so along every direction (x, y) = (t^a, t^b) as t grows, where nothing bounds the unknowns.
    """
    free = [name for name in unknowns if name not in constraints.known.whole and not constraints.about(name)]
    found: list[Fact] = []
    for moment in moments:
        form = form_in(moment, free)
        if form is None or len(free) > LARGEST:
            continue
        for direction in choices((-2, -1, 0, 1, 2), repeat=len(free)):
            height = {key: sum(a * b for a, b in zip(key, direction, strict=True)) for key in form}
            highest = [key for key in form if height[key] == max(height.values())]
            if len(highest) == 1 and not is_manifestly_positive(form[highest[0]]):
                found.append(Fact(_primitive(form[highest[0]]), strict=False))
    return list(dict.fromkeys(found))
