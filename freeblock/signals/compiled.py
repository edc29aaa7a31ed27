"""Formulas as functions of a few floats, for maps that are evaluated at every block of a deep network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from freeblock.errors import OptionError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, Expression
from freeblock.formula.traversal import symbols

Numeric = Callable[[Sequence[float]], float]


def compiled(formula: Expression, names: Sequence[str], known: Mapping[str, Fraction]) -> Numeric:
    """The formula as a function of the values of `names`. Raises OptionError for a symbol without a value."""
    free = symbols(formula)
    missing = sorted(free - set(names) - known.keys() - CONSTANTS)
    if missing:
        names_of = " and ".join(f"`{one}`" for one in missing)
        raise OptionError(f"a signal is followed with numbers, and {names_of} has none",
                          hint=" ".join(f"--set {one}=1" for one in missing))
    return _compiled(formula, names, known)


def number_of(formula: Expression, known: Mapping[str, Fraction]) -> float:
    """The value of a formula without other symbols. Raises OptionError."""
    return compiled(formula, (), known)(())


def _compiled(formula: Expression, names: Sequence[str], known: Mapping[str, Fraction]) -> Numeric:
    if not symbols(formula) & set(names):
        value = evaluate(formula, known).to_float()
        return lambda _: value
    terms: list[tuple[float, list[tuple[int, float]], list[tuple[Numeric, float]]]] = []
    for monomial, coefficient in formula.terms.items():
        size, powers, inner = float(coefficient), [], []
        for base, exponent in monomial:
            if isinstance(exponent, Expression) or not isinstance(base, (str, int, Expression)):
                return lambda values: evaluate(
                    formula, {**known, **dict(zip(names, values, strict=True))}).to_float()
            if isinstance(base, str) and base in names:
                powers.append((names.index(base), float(exponent)))
            elif isinstance(base, Expression):
                inner.append((_compiled(base, names, known), float(exponent)))
            else:
                size *= evaluate(Expression({frozenset(((base, exponent),)): 1}), known).to_float()
        terms.append((size, powers, inner))

    def value_at(values: Sequence[float]) -> float:
        total = 0.0
        for size, powers, inner in terms:
            for place, exponent in powers:
                size *= values[place] ** exponent
            for part, exponent in inner:
                size *= part(values) ** exponent
            total += size
        return total

    return value_at
