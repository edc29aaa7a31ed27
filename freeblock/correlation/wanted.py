"""A layer with a wanted χ₁: one unknown standard deviation or variance, or two with the fixed point given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

from freeblock.correlation.edge import Point, attracts, point_at, start_of, with_bias, with_weight
from freeblock.correlation.function import Function, number_of
from freeblock.correlation.kernel import ClosedKernel, closed_kernel
from freeblock.errors import DomainError, OptionError, RefusedError
from freeblock.formula.expression import CONSTANTS, ONE, Expression, number
from freeblock.formula.powers import power
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.wording import in_words


@dataclass(frozen=True, slots=True)
class Known:
    """A formula, exact where `error` is None, else a decimal with that error."""

    value: Expression
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """Values of the unknowns, and the fixed point of the variance; None where every variance is one."""

    values: dict[str, Known]
    q: Known | None
    reason: str = ""
    """Why it is not admissible."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One layer, and what is wanted of it: `weight` and `bias` are σ_w² and σ_b² as formulas."""

    function: Function
    weight: Expression
    bias: Expression
    chi: Expression
    unknowns: tuple[str, ...]
    q: Expression | None

    def solutions(self) -> list[Solution]:
        """Admissible or not. Raises RefusedError where there are none, OptionError, DomainError."""
        in_weight, in_bias = (set(self.unknowns) & symbols(part) for part in (self.weight, self.bias))
        lost = set(self.unknowns) - in_weight - in_bias
        if lost:
            raise OptionError(f"`{min(lost)}` stands neither in the variance of the weights nor in that of the biases",
                              hint="name an unknown such as sigma_w")
        if in_weight & in_bias or len(in_weight) > 1 or len(in_bias) > 1:
            raise OptionError("the variances of weights and biases have an unknown each",
                              hint="write var=sigma_w^2/fan_in, bias=sigma_b^2")
        kernel = closed_kernel(self.function.tree, self.function.constants)
        if kernel is not None and kernel.sides is not None:
            return [self._homogeneous(kernel, in_weight, in_bias)]
        if in_weight and in_bias:
            return [self._at_fixed_point(kernel)]
        if self.q is not None:
            raise OptionError("--q states the fixed point, and both variances follow from it",
                              hint="leave --q out, or name an unknown in each of the two variances")
        return self._along_the_edge(bool(in_weight))

    def _homogeneous(self, kernel: ClosedKernel, in_weight: set[str], in_bias: set[str]) -> Solution:
        """χ₁ = w·E f²/q at every variance."""
        if not in_weight or in_bias:
            raise RefusedError("chi does not rest on the biases: f is a multiple of x on either side of 0, and "
                               "`chi = sigma_w^2*E f'^2` at every variance", hint="name the unknown in the weights")
        if self.q is not None:
            raise OptionError("chi is the same at every q here", hint="leave --q out")
        weight = self.chi / kernel.gain
        values = {self._name(self.weight): Known(inverted(self.weight, self._name(self.weight), weight))}
        if self.bias.is_zero:
            return Solution(values, None)
        if number_of(self.chi, {}) >= 1:
            raise RefusedError("with biases no layer has this chi at a fixed point: f is a multiple of x on either "
                               "side of 0, and where chi is 1 or more the variance grows without end",
                               hint="leave the biases out")
        return Solution(values, Known(self.bias / (ONE - self.chi)))

    def _at_fixed_point(self, kernel: ClosedKernel | None) -> Solution:
        if self.q is None:
            raise OptionError("two unknowns and one condition: a curve of layers", hint="state the fixed point, --q 1")
        first, second = self._name(self.weight), self._name(self.bias)
        if kernel is not None:
            weight = self.chi / kernel.slope(self.q, ONE)
            bias = self.q - multiply_out(weight * kernel.value(self.q, ONE))
            if symbols(self.q) - CONSTANTS:
                return Solution({first: Known(inverted(self.weight, first, weight)),
                                 second: Known(inverted(self.bias, second, bias))}, Known(self.q))
        layer = self.function.layer(1.0, 0.0)
        point = point_at(layer, number_of(self.q, {}), number_of(self.chi, {}))
        error = point.error * (point.weight + point.q)
        values = {first: self._number(self.weight, first, point.weight, error),
                  second: self._number(self.bias, second, max(point.bias, 0.0), error)}
        if point.bias < 0:
            return Solution(values, Known(self.q), f"sigma_b^2 would be {point.bias:.6g}")
        return Solution(values, Known(self.q), self._standing(point))

    def _along_the_edge(self, in_weight: bool) -> list[Solution]:
        layer, chi = self.function.layer(1.0, 0.0), number_of(self.chi, {})
        fixed = number_of(self.bias if in_weight else self.weight, {})
        points: Sequence[Point]
        if in_weight:
            first = None if fixed else start_of(layer, chi)
            points = [*([] if first is None else [first]), *with_bias(layer, fixed, chi)]
        else:
            points = with_weight(layer, fixed, chi)
        found = []
        for point in points:
            formula = self.weight if in_weight else self.bias
            name = self._name(formula)
            known = self._number(formula, name, point.weight if in_weight else point.bias, point.error)
            found.append(Solution({name: known}, Known(_decimal(point.q), point.error * max(1.0, point.q)),
                                  self._standing(point)))
        return found

    def _standing(self, point: Point) -> str:
        layer = self.function.layer(1.0, 0.0)
        return "" if attracts(layer, point) else f"its fixed point q* = {point.q:.6g} repels"

    def _name(self, formula: Expression) -> str:
        return next(name for name in self.unknowns if name in symbols(formula))

    def _number(self, formula: Expression, name: str, value: float, error: float) -> Known:
        """The unknown as a decimal, with the error that the variance leaves in it."""
        found = number_of(inverted(formula, name, _decimal(value)), {}) if value else 0.0
        beside = number_of(inverted(formula, name, _decimal(value + max(error, 1e-300))), {})
        return Known(_decimal(found), max(abs(beside - found), 4e-16 * found))


def inverted(formula: Expression, name: str, value: Expression) -> Expression:
    """The name for which a multiple of one power of it is the value. Raises OptionError for another formula."""
    at_one = substitute(formula, {name: ONE})
    for degree in (2, 1, Fraction(1, 2), 4, 3):
        if (formula - at_one * power(Expression({frozenset(((name, 1),)): 1}), degree)).is_zero:
            return power(value / at_one, Fraction(1, 1) / degree)
    raise OptionError(f"`{in_words(formula)}` is no multiple of a power of `{name}`",
                      hint="write the variance as sigma_w^2/fan_in, and set what follows from sigma_w")


def _decimal(value: float) -> Expression:
    if not isfinite(value):
        raise DomainError("a number is too large")
    return number(Fraction(repr(float(value))))
