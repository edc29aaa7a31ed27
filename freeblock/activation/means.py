"""What the rest of freeblock asks of a function of x: its Gaussian means, in closed form or as a number with an error.

A mean is worked out once: it is kept for the process, and one that took a quadrature in the user's cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath

from freeblock.activation.closed_means import closed_mean
from freeblock.activation.derivative import derivative
from freeblock.activation.integrals import InfiniteMeanError
from freeblock.activation.kernels import NoClosedFormError
from freeblock.activation.numeric import NumericFunction
from freeblock.activation.pieces import UndecidedError
from freeblock.activation.quadrature import DIGITS, GUARD, NoMeanError, Quadrature
from freeblock.activation.signature import signature
from freeblock.activation.symmetry import is_odd
from freeblock.activation.tree import Constant, Tree, X, added, children_first, multiplied, raised
from freeblock.errors import RefusedError
from freeblock.formula.expression import ZERO, Expression, number
from freeblock.formula.notations import PLAIN
from freeblock.formula.precise import evaluate_precisely
from freeblock.formula.printing import print_expression
from freeblock.formula.traversal import symbols
from freeblock.resources import cached

FORMAT = "1"
"""Of what lies in the cache; a new number forgets every older mean."""


_ANSWERS: dict[tuple[str, ...], dict[str, Any]] = {}
"""What was worked out, or read from the cache, in this process."""


@dataclass(frozen=True, slots=True)
class GaussianMean:
    """E g(x) for x ~ N(0, q): `value` is exact where `error` is None, else a decimal within `error` of the mean."""

    value: Expression
    error: Fraction | None = None


class UnitFunction:
    """f and f′ of a component at one place. `constants` are the symbols with a published value."""

    def __init__(self, function: Tree | None, slope: Tree | None, constants: Mapping[str, Fraction]) -> None:
        """One of the two at least; where f is given, f′ is its derivative."""
        self.function = function
        """None where only the derivative was stated (a surrogate gradient)."""
        assert function is not None or slope is not None
        self.slope: Tree = derivative(function) if function is not None else slope  # type: ignore[assignment]
        self.odd = function is not None and is_odd(function)
        trees = [tree for tree in (function, self.slope) if tree is not None]
        used = {name for tree in trees for formula in _constants_of(tree) for name in symbols(formula)}
        self.constants = {name: value for name, value in constants.items() if name in used}
        self._quadratures: dict[tuple[str, str], Quadrature] = {}
        self._known: dict[tuple[str, int, Expression], GaussianMean] = {}

    def slope_moment(self, power: int, q: Expression) -> GaussianMean:
        """E f′(x)^power. Raises RefusedError."""
        return self._mean("f'", self.slope, power, q)

    def mean(self, q: Expression) -> GaussianMean:
        """E f(x). Raises RefusedError."""
        return self._mean("f", self.stated(), 1, q)

    def mean_square(self, q: Expression) -> GaussianMean:
        """E f(x)². Raises RefusedError."""
        return self._mean("f", self.stated(), 2, q)

    def stated(self) -> Tree:
        """f. Raises RefusedError where only f′ is known."""
        if self.function is None:
            raise RefusedError("only the derivative of this function is stated, so its mean is not known")
        return self.function

    def _mean(self, what: str, tree: Tree, power: int, q: Expression) -> GaussianMean:
        key = what, power, q
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._new(what, tree, power, q)
        return known

    def _new(self, what: str, tree: Tree, power: int, q: Expression) -> GaussianMean:
        if power % 2 and is_odd(tree):
            return GaussianMean(ZERO)
        shown = f"E {what}(x)^{power}" if power > 1 else f"E {what}(x)"
        place = f"x ~ N(0, {print_expression(q, PLAIN)})"
        open_symbols = self._open_symbols(tree, q)
        key = () if open_symbols else self._key(tree, power, q)
        if key in _ANSWERS:
            return _answered(_ANSWERS[key], f"{shown} for {place}")
        try:
            return GaussianMean(closed_mean(raised(tree, power), q, self.constants))
        except InfiniteMeanError:
            raise RefusedError(f"{shown} is infinite for {place}: the function grows too fast") from None
        except UndecidedError as error:
            sign = print_expression(error.formula, PLAIN)
            hint = f"the sign of {sign} decides; state it (`assume …`), or give its symbols values"
        except NoClosedFormError:
            hint = None
        if open_symbols:
            names = " and ".join(f"`{name}`" for name in sorted(open_symbols))
            raise RefusedError(f"{shown} has no closed form here for {place}", None,
                               hint or f"give {names} a number, and it is worked out by quadrature")
        # The quadrature, from the cache where it was done before.
        answer = _ANSWERS[key] = cached("mean", key, lambda: self._integrated(what, tree, power, q))
        return _answered(answer, f"{shown} for {place}")

    def _open_symbols(self, tree: Tree, q: Expression) -> set[str]:
        return {name for formula in (q, *_constants_of(tree)) for name in symbols(formula)} - self.constants.keys()

    def _key(self, tree: Tree, power: int, q: Expression) -> tuple[str, ...]:
        """What a mean that is a number is found by."""
        return (FORMAT, str(DIGITS), signature(tree), str(power), print_expression(q, PLAIN),
                *(f"{name}={value}" for name, value in sorted(self.constants.items())))

    def _integrated(self, what: str, tree: Tree, power: int, q: Expression) -> dict[str, Any]:
        try:
            variance = evaluate_precisely(q, self.constants, DIGITS + GUARD)
            quadrature = self._quadratures.get((what, str(variance)))
            if quadrature is None:
                function = NumericFunction(tree, self.constants, DIGITS + GUARD)
                quadrature = self._quadratures[what, str(variance)] = Quadrature(function, variance)
            found = quadrature.mean(power)
        except (NoMeanError, ArithmeticError, ValueError) as error:
            return {"refused": str(error)}
        if abs(found.value) <= 10 * found.error:
            return {"refused": "it cannot be told from 0"}
        with mpmath.workdps(DIGITS + GUARD):
            decimal = Fraction(mpmath.nstr(found.value, DIGITS, min_fixed=1, max_fixed=0, strip_zeros=True))
            gap = abs(mpmath.mpf(decimal.numerator) / decimal.denominator - found.value) + found.error
            size = int(mpmath.ceil(mpmath.log10(gap)))
        return {"value": str(decimal), "error": str(Fraction(10) ** size)}


def weighted_sum(terms: Sequence[tuple[Expression, UnitFunction | None]]) -> UnitFunction:
    """Σ c·f(x) over the pairs (c, f), where None is x itself."""
    trees, constants = [], {}
    for factor, unit in terms:
        tree = X if unit is None else unit.stated()
        trees.append(multiplied((Constant(factor), tree)))
        constants.update({} if unit is None else unit.constants)
    return UnitFunction(added(trees), None, constants)


def _answered(answer: Mapping[str, Any], shown: str) -> GaussianMean:
    if "refused" in answer:
        raise RefusedError(f"{shown} is not known: {answer['refused']}")
    return GaussianMean(number(Fraction(answer["value"])), Fraction(answer["error"]))


def _constants_of(tree: Tree) -> list[Expression]:
    return [part.value for part in children_first(tree) if isinstance(part, Constant)]
