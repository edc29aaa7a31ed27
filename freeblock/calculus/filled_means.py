"""What an activation makes of a signal of known size: its means by name, and its law at that size."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.means import GaussianMean, UnitFunction
from freeblock.calculus.states import State
from freeblock.errors import LimitError, RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Expression, number, symbol
from freeblock.formula.products import product
from freeblock.formula.structure import bottom_up
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols
from freeblock.network.facts import Facts
from freeblock.network.nodes import Leaf
from freeblock.network.unit_functions import Means
from freeblock.network.wording import in_words

PARTS = 18
"""Of the formula of a mean square: behind each tanh it holds the one before, twice."""
_DIGITS = 12
_WORDS = {"square": "mean square", "mean": "mean", "product": "mean product of two inputs"}


class FilledMeans:
    """Means of activations; those that are numbers have names, and their values stand among the constants."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._stems: dict[str, int] = {}
        self._means: dict[tuple[int, Expression], Means] = {}
        self._names: dict[tuple[object, ...], Expression] = {}

    def activation(self, leaf: Leaf, unit: UnitFunction, state: State) -> tuple[Leaf, State]:
        """The component at its place, and the signal behind it. Raises RefusedError."""
        q, means = state.q, leaf.jacobian.means
        if means is None and (q is None or not state.gaussian or not state.alike):
            # Its law looks at signs alone; only what comes behind it is not known.
            return leaf, State(None, None, None, False, alike=state.alike)
        if not state.gaussian or not state.alike or q is None:
            raise RefusedError(f"what `{leaf.label}` is applied to is not known to be Gaussian, with units alike",
                               leaf.span, "a fresh weight before it would make it so")
        new = leaf
        if means is not None:
            stated = leaf.arguments["q"]
            if "q" in leaf.given and not multiply_out(stated - q).is_zero:
                raise RefusedError(f"`{leaf.label}` states q = {in_words(stated)}, and its input has {in_words(q)}",
                                   leaf.span, "leave `q` out")
            new = replace(leaf, arguments={**leaf.arguments, "q": q}, jacobian=leaf.jacobian if means.shared else
                          replace(leaf.jacobian, means=self._rebound(leaf, means, q)))
        return new, self.behind(unit, leaf.rule.name, state)

    def behind(self, unit: UnitFunction, stem: str, state: State) -> State:
        """What a function of units that are N(0, q) puts out. Raises RefusedError, LimitError."""
        q = state.q
        assert q is not None
        if sum(1 for _ in bottom_up(q)) > PARTS:
            raise LimitError(f"the mean square that `{stem}` meets is a formula of means inside means, and too long",
                             hint="`freeblock forward` and `freeblock overlap` follow it as a number")
        at = self._at(q)
        square = self._named("square", stem, unit, q, unit.mean_square(at))
        mean = self._named("mean", stem, unit, q, unit.mean(at))
        return State(square, self._covariance(stem, unit, q, state.covariance, square, mean), mean, False)

    def _rebound(self, leaf: Leaf, means: object, q: Expression) -> Means:
        assert isinstance(means, Means)
        key = id(means.function), q
        if key not in self._means:
            count = self._stems[leaf.rule.name] = self._stems.get(leaf.rule.name, 0) + 1
            stem = leaf.rule.name if count == 1 else f"{leaf.rule.name}{count}"
            function = means.function
            assert function is not None
            names = {**means.names(leaf.arguments), "q": q}
            self._means[key] = Means(function, means.node, names, stem, self._facts, leaf.span, is_function=True,
                                     at=self._at(q))
        return self._means[key]

    def _at(self, q: Expression) -> Expression:
        """A mean square with numbers in the place of means that were worked out before."""
        worked_out = {name: self._facts.constants[name] for name in symbols(q) & self._facts.errors.keys()}
        return substitute(q, worked_out) if worked_out else q

    def _covariance(
        self, stem: str, unit: UnitFunction, q: Expression, covariance: Expression | None, square: Expression,
        mean: Expression,
    ) -> Expression | None:
        """E f(u)f(v): exact for equal and for independent inputs, else a number where it is one."""
        if covariance is None:
            return None
        if covariance.is_zero:
            return product(((mean, 2),))
        ratio = multiply_out(covariance / q)
        if ratio.is_one:
            return square
        known = {name: Fraction(value.number() or 0) for name, value in self._facts.constants.items()}
        assert unit.function is not None
        if symbols(ratio) - known.keys() - CONSTANTS:
            return None
        try:
            means = CorrelatedMeans(unit.function, lambda value: evaluate(value, known).to_float())
        except KeyError:
            return None
        if means.sides is None and symbols(q) - known.keys() - CONSTANTS:
            return None
        size = ONE if means.sides is not None else q
        at = evaluate(size, known).to_float()
        value = means.product(at, at, at * evaluate(ratio, known).to_float())
        found = GaussianMean(number(Fraction(f"{value:.{_DIGITS}e}")),
                             Fraction(f"{max(means.error, 1e-12) * abs(value):.1e}"))
        named = self._named("product", stem, unit, ratio if means.sides is not None else q, found)
        return product(((named, 1), (q, 1))) if means.sides is not None else named

    def _named(self, what: str, stem: str, unit: UnitFunction, q: Expression, mean: GaussianMean) -> Expression:
        """A mean; one that is a number has a name, and its value among the constants."""
        if mean.error is None:
            return mean.value
        key = (what, id(unit.function), q)
        if key not in self._names:
            count = sum(1 for known in self._names if known[0] == what) + 1
            name = f"{what}_{stem}" if count == 1 else f"{what}{count}_{stem}"
            value = Fraction(mean.value.number() or 0)
            self._facts.constants[name] = mean.value if value > 0 else -mean.value
            # What was worked out before may stand in q, with an error of its own.
            self._facts.errors[name] = mean.error * (1 if self._at(q) is q else 100)
            self._facts.meanings[name] = f"{_WORDS[what]} of `{stem}` here, {float(value)!r} (by quadrature; error " \
                                         f"below {float(mean.error):.0e})"
            self._names[key] = symbol(name) if value > 0 else total([ZERO - symbol(name)])
        return self._names[key]
