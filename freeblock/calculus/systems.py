"""Conditions on one or several unknowns: one unknown after the other, each put into what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import mpmath

from freeblock.calculus.constraints import POSITIVE, Constraints
from freeblock.calculus.linear_systems import linear_solution
from freeblock.calculus.ranges import EVERYTHING, Stretch, common, stretches, whole_numbers
from freeblock.calculus.roots import CARRIED, rounded
from freeblock.calculus.solutions import Outcome, Range, Solution, Value
from freeblock.calculus.solving import Comparison, EveryValue, judged, roots_of
from freeblock.errors import DomainError, FreeblockError, OptionError, UnknownNameError, did_you_mean
from freeblock.formula.expression import Expression, number
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.traversal import substitute, symbols

BRANCHES = 64
"""Solutions of one unknown that are followed into the next."""


def solve(
    conditions: Sequence[Comparison], unknowns: Sequence[str], constraints: Constraints, texts: Sequence[str]
) -> Outcome:
    """All solutions. Raises UnknownNameError, OptionError (too few conditions) and DomainError (no way to solve)."""
    _check(conditions, unknowns)
    equations = [condition for condition in conditions if condition.operator == "="]
    others = [condition for condition in conditions if condition.operator != "="]
    if not equations:
        return _ranges(others, unknowns, constraints, texts)
    if len(equations) < len(unknowns):
        raise OptionError(f"{len(unknowns)} unknowns need {len(unknowns)} equations, not {len(equations)}",
                          hint="add another --where, or give a value to an unknown with --set")
    system = _System(others, constraints)
    try:
        found = linear_solution(equations, unknowns, others, constraints)
        if found is None:
            found = system.solved(equations, tuple(unknowns), {}, ())
    except EveryValue:
        return Outcome(tuple(unknowns), tuple(texts), (), (), every=True)
    solutions = list(dict.fromkeys(map(_frozen, found)))
    thawed = [Solution({name: dict(values)[name] for name in unknowns if name in dict(values)}, requires, reason)
              for values, requires, reason in solutions]
    thawed.sort(key=lambda solution: _height(solution, constraints))
    return Outcome(tuple(unknowns), tuple(texts), tuple(one for one in thawed if one.reason is None),
                   tuple(one for one in thawed if one.reason is not None), system.complete)


def _height(solution: Solution, constraints: Constraints) -> tuple[float, ...]:
    """Numbers ascend; formulas keep their order."""
    heights = []
    for value in solution.values.values():
        numeric = isinstance(value, Value) and not symbols(value.formula) - constraints.known.constants.keys()
        heights.append(float(evaluate_precisely(value.formula, constraints.known.constants, 15))
                       if numeric and isinstance(value, Value) else 0.0)
    return tuple(heights)


def _frozen(solution: Solution) -> tuple[tuple[tuple[str, Value | Range], ...], tuple[str, ...], str | None]:
    return tuple(solution.values.items()), solution.requires, solution.reason


def _check(conditions: Sequence[Comparison], unknowns: Sequence[str]) -> None:
    known: set[str] = set()
    for condition in conditions:
        known |= symbols(condition.left) | symbols(condition.right)
    for unknown in unknowns:
        if unknown not in known:
            close = did_you_mean(unknown, sorted(known))
            others = ", ".join(f"`{name}`" for name in sorted(known))
            hint = f"it depends on {others}" if others else "it depends on no symbol"
            where = "result" if len(conditions) == 1 else "results"
            raise UnknownNameError(f"`{unknown}` does not occur in the {where}",
                                   hint=f"did you mean `{close}`?" if close else hint)


class _System:
    def __init__(self, others: Sequence[Comparison], constraints: Constraints) -> None:
        self._others = others
        self._constraints = constraints
        self.complete = True

    def solved(
        self, equations: Sequence[Comparison], unknowns: tuple[str, ...], values: dict[str, Value],
        positive: tuple[Expression, ...],
    ) -> list[Solution]:
        """Every solution of the equations left, with the values of the unknowns behind us."""
        if not unknowns:
            closed = self._closed(values)
            formulas = {name: value.formula for name, value in closed.items()}
            return [judged(closed, [substitute(part, formulas) for part in positive], [*equations, *self._others],
                           self._constraints)]
        place, unknown = self._choice(equations, unknowns)
        rest = [equation for other, equation in enumerate(equations) if other != place]
        try:
            roots = roots_of(equations[place], unknown, self._constraints)
        except EveryValue:
            return self._without(rest, unknowns, values, positive)
        self.complete = self.complete and roots.complete
        found: list[Solution] = []
        left = tuple(name for name in unknowns if name != unknown)
        for root in roots.found[:BRANCHES]:
            formula = root.value.formula
            try:
                following = [equation.at({unknown: formula}) for equation in rest]
            except (ArithmeticError, ValueError):
                found.append(Solution({unknown: root.value}, (), POSITIVE))
                continue
            found += self.solved(following, left, {**values, unknown: root.value}, (*positive, *root.positive))
        return found

    def _without(
        self, rest: Sequence[Comparison], unknowns: tuple[str, ...], values: dict[str, Value],
        positive: tuple[Expression, ...],
    ) -> list[Solution]:
        """The solutions where one equation holds by itself: with none left, the last unknowns are free."""
        if any(not symbols(equation.left - equation.right).isdisjoint(unknowns) for equation in rest):
            return self.solved(rest, unknowns, values, positive)
        if not values:
            raise EveryValue
        return [replace(one, requires=(*one.requires, *(f"{name} is any number" for name in unknowns)))
                for one in self.solved(rest, (), values, positive)]

    def _choice(self, equations: Sequence[Comparison], unknowns: Sequence[str]) -> tuple[int, str]:
        """The equation with the fewest unknowns, and one of them; one that has a closed form if several are left."""
        counted = []
        for place, equation in enumerate(equations):
            inside = [name for name in unknowns if name in symbols(equation.left) | symbols(equation.right)]
            if inside:
                counted.append((len(inside), place, inside))
        if not counted:
            raise DomainError(f"nothing is left that decides {', '.join(f'`{name}`' for name in unknowns)}",
                              hint="the conditions depend on one another; give one of the unknowns a value with --set")
        counted.sort()
        failure: FreeblockError | None = None
        for _, place, inside in counted:
            for name in inside:
                if len(inside) == 1:
                    return place, name
                try:
                    if roots_of(equations[place], name, self._constraints).found:
                        return place, name
                except EveryValue:
                    return place, name
                except FreeblockError as error:
                    failure = error
        raise failure or DomainError("the conditions contradict one another")

    def _closed(self, values: dict[str, Value]) -> dict[str, Value]:
        """Earlier values with the later ones put in."""
        done: dict[str, Value] = {}
        for name, value in reversed(values.items()):
            formulas = {key: known.formula for key, known in done.items()}
            inexact = [known.digits for key, known in done.items() if known.digits and key in symbols(value.formula)]
            digits = min([*inexact, *([value.digits] if value.digits else [])], default=None)
            closed = substitute(value.formula, formulas)
            if digits is not None and closed.number() is None:
                exact = evaluate_precisely(closed, self._constraints.known.constants, CARRIED)
                closed = number(rounded(Fraction(mpmath.nstr(exact, CARRIED))))
            done[name] = Value(closed, digits)
        return {name: done[name] for name in values}


def _ranges(
    conditions: Sequence[Comparison], unknowns: Sequence[str], constraints: Constraints, texts: Sequence[str]
) -> Outcome:
    if len(unknowns) > 1:
        raise OptionError("inequalities alone are solved for one unknown", hint="state an equation for each other one")
    (unknown,) = unknowns
    known = constraints.known
    found, complete = [EVERYTHING], True
    for condition in conditions:
        if unknown in symbols(condition.left) | symbols(condition.right) or len(conditions) == 1:
            part, certain = stretches(condition, unknown, constraints)
            found, complete = common(found, part, known), complete and certain
    inside, reason = found, POSITIVE
    for bound in constraints.about(unknown):
        comparison = Comparison(bound.difference, ">" if bound.strict else ">=", number(0), bound.text)
        try:
            part, _ = stretches(comparison, unknown, constraints)
        except DomainError:
            part = [Stretch(EVERYTHING.range, (bound.text,))]
        if inside and not common(inside, part, known):
            reason = f"`{bound.text}` does not hold"
        inside = common(inside, part, known)
    if unknown in known.whole:
        counted = [stretch for stretch in (whole_numbers(one, known) for one in inside) if stretch is not None]
        if inside and not counted:
            reason = f"`{unknown}` is a whole number"
        inside = counted
    left = () if inside else tuple(Solution({unknown: one.range}, one.requires, reason) for one in found)
    every = any(one.range == EVERYTHING.range and not one.requires for one in found) and not constraints.about(unknown)
    return Outcome(tuple(unknowns), tuple(texts), tuple(_solution(unknown, one) for one in inside), left, complete,
                   every and unknown not in known.whole)


def _solution(unknown: str, stretch: Stretch) -> Solution:
    low, high = stretch.range.low, stretch.range.high
    value: Value | Range = stretch.range
    if low is not None and low == high:
        value = low
    return Solution({unknown: value}, stretch.requires)
