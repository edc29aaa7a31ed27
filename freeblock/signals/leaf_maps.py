"""What one component does to a signal and to gradients, as numbers, from its rule alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isclose, sqrt
from typing import NamedTuple

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.signature import signature
from freeblock.activation.tree import Tree
from freeblock.calculus.forward import check_leaf, unit_of, unit_sum
from freeblock.calculus.leaf_laws import leaf_law
from freeblock.errors import RefusedError
from freeblock.formula.expression import Expression, symbol
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node
from freeblock.network.nodes import Block, Leaf
from freeblock.rules.rule import Forward
from freeblock.signals.compiled import Numeric, compiled, number_of
from freeblock.signals.signal import Group, Signal

_STATE = ("mean square", "covariance of two inputs", "mean of units")
"""Symbols that no text can name, in the places of `q`, `covariance` and `mean`."""


class Split(NamedTuple):
    """A sum of a skip and branches: mean square and φ of either."""

    skip: float
    skip_phi: float | None
    branch: float
    branch_phi: float | None

    @property
    def k(self) -> float:
        """The dilution, k² = q_skip/q_branch."""
        return sqrt(self.skip / self.branch)


@dataclass(frozen=True, slots=True)
class Passed:
    """A signal behind a block, φ of the block, and χ: the factor on a small difference of two inputs.

    φ is None where the units of a normalisation differ; χ where a batch ties the inputs together.
    """

    signal: Signal
    phi: float | None
    chi: float | None
    split: Split | None = None
    """Of a sum of a skip and branches."""


class LeafMaps:
    """The maps of the components of one network; each is made once."""

    def __init__(self, known: Mapping[str, Fraction]) -> None:
        """`known` are the symbols with a published value."""
        self._known = known
        self._maps: dict[int, tuple[Leaf, FunctionMap | RuleMap]] = {}
        self._sums: dict[int, tuple[Block, FunctionMap | None]] = {}
        self._means: dict[str, CorrelatedMeans] = {}
        """Of each function: components on other widths may have the same."""

    def of(self, leaf: Leaf) -> FunctionMap | RuleMap:
        """Raises RefusedError where no rule says what the component does, OptionError for a symbol without a value."""
        found = self._maps.get(id(leaf))
        if found is None:
            check_leaf(leaf)
            found = self._maps[id(leaf)] = leaf, self._function(leaf) or RuleMap(leaf, self._known)
        return found[1]

    def _function(self, leaf: Leaf) -> FunctionMap | None:
        unit = unit_of(leaf)
        if unit is None or unit.function is None:
            return None
        stated = number_of(leaf.arguments["q"], self._known) if "q" in leaf.given else None
        return FunctionMap(leaf, unit.function, self._means_of(leaf, unit.function), stated)

    def _means_of(self, block: Block, function: Tree) -> CorrelatedMeans:
        key = signature(function)
        if key not in self._means:
            self._means[key] = CorrelatedMeans(
                function, lambda formula: number_of(formula, self._known), span=block.span)
        return self._means[key]

    def of_sum(self, block: Block, parts: Sequence[Block]) -> FunctionMap | None:
        """The one function that these branches of a sum add up to, None where they are no functions of units."""
        if id(block) not in self._sums:
            unit = unit_sum(parts)
            self._sums[id(block)] = block, None if unit is None else FunctionMap(
                block, unit.stated(), self._means_of(block, unit.stated()))
        return self._sums[id(block)][1]

    @property
    def error(self) -> float:
        """The largest relative error of a quadrature so far."""
        return max((means.error for means in self._means.values()), default=0.0)


class FunctionMap:
    """A function of units, on Gaussian ones."""

    def __init__(self, block: Block, function: Tree, means: CorrelatedMeans, stated: float | None = None) -> None:
        """`stated` is the mean square that the component takes its input to have."""
        self.function, self.means = function, means
        self._block, self._stated = block, stated

    def __call__(self, signal: Signal) -> Passed:
        """Raises RefusedError for a signal that is not Gaussian, or not the one the component states."""
        block, sides = self._block, self.means.sides
        if not signal.gaussian:
            raise RefusedError(f"what `{block.label}` is applied to is not known to be Gaussian", block.span,
                               "a fresh weight before it would make it so")
        if self._stated is not None and not isclose(self._stated, signal.q, rel_tol=1e-9):
            raise RefusedError(f"`{block.label}` states q = {self._stated:.6g}, and its input has {signal.q:.6g}",
                               block.span, "leave `q` out")
        phi = sum(group.share * self.means.slope_moment(2, group.q) for group in signal.groups)
        linear = sides is not None and sides[0] == sides[1]
        return Passed(signal.mapped(self._group, gaussian=linear, forks=signal.forks if linear else inf), phi, phi)

    def nonlinearity(self, signal: Signal) -> float:
        """The share of what a unit varies over the data that no affine function of its input explains.

        Given the unit, its input is N(m, q − p) over the data, so that Var f and Cov(f, x) are E f² − E f(u)f(v) and
        (q − p)·E f′ on average; of units that differ, the largest share is given.
        """
        shares = []
        for group in signal.groups:
            covariance = max(group.covariance, 0.0)
            spread = group.q - covariance
            varies = self.means.mean_square(group.q) - self.means.product(group.q, group.q, covariance)
            if spread > 1e-9 * group.q and varies > 0:
                shares.append(1 - spread * self.means.slopes(group.q, covariance) / varies)
        return max(shares, default=0.0)

    def _group(self, group: Group) -> Group:
        means = self.means
        return Group(group.share, means.mean_square(group.q), means.product(group.q, group.q, group.covariance),
                     means.mean(group.q))


class RuleMap:
    """A component whose rule states formulas."""

    def __init__(self, leaf: Leaf, known: Mapping[str, Fraction]) -> None:
        forward = leaf.rule.forward
        assert forward is not None
        self._leaf = leaf
        self._is_weight = "left" in leaf.traits
        self._is_scalar = "scalar" in leaf.traits
        self._statistics = {name: compiled(_formula(node, leaf.arguments), _STATE, known)
                            for name, node in forward.statistics.items() if name not in leaf.given}
        # What was left out is a symbol, whose value comes with each signal.
        self._names = (*_STATE, *self._statistics)
        scope = {**leaf.arguments, **{name: symbol(name) for name in self._statistics}}
        unknown = {next(iter(symbols(leaf.arguments[name]))): name for name in self._statistics}
        self._square, self._mean, self._covariance = (
            compiled(_formula(node, scope, crossed=crossed), self._names, known)
            for node, crossed in _maps(forward, leaf))
        self._phi = compiled(leaf_law(leaf, 1).phi, (*_STATE, *unknown), known)
        self.batchwise = any(name.name == "covariance" for node in forward.statistics.values()
                              for name in names_in(node))

    def __call__(self, signal: Signal) -> Passed:
        """Raises RefusedError where the rule says too little, or the units differ."""
        if self._is_weight or len(signal.groups) == 1:
            whole = Group(1.0, signal.q, signal.covariance, signal.mean)
            group, phi, chi = self._mapped(whole)
            keeps = self._is_scalar and signal.gaussian
            return Passed(Signal((group,), self._is_weight or keeps, 0 if self._is_weight else signal.forks), phi, chi)
        if self._statistics and not self.batchwise:
            raise RefusedError(f"`{self._leaf.label}` is applied to units that differ", self._leaf.span,
                               "what it does to each of them is not said")
        mapped = [self._mapped(group) for group in signal.groups]
        alike = not self._statistics
        return Passed(Signal(tuple([group for group, _, _ in mapped]), self._is_scalar and signal.gaussian,
                             signal.forks), mapped[0][1] if alike else None, mapped[0][2] if alike else None)

    def _mapped(self, group: Group) -> tuple[Group, float, float | None]:
        state = (group.q, group.covariance, group.mean)
        statistics = [self._statistic(formula, state) for formula in self._statistics.values()]
        values = (*state, *statistics)
        after = Group(group.share, self._square(values), self._covariance(values), self._mean(values))
        chi = None if self.batchwise else self._covariance((0.0, 1.0, 0.0, *statistics))
        return after, self._phi(values), chi

    def _statistic(self, formula: Numeric, state: tuple[float, float, float]) -> float:
        try:
            value = formula(state)
        except (ArithmeticError, ValueError):
            value = 0.0
        if isinstance(value, complex) or not value > 0:
            raise RefusedError(f"`{self._leaf.label}` divides by 0: the units do not vary there", self._leaf.span)
        return value


def _maps(forward: Forward, leaf: Leaf) -> list[tuple[Node, bool]]:
    """Mean square, mean and covariance; a linear rule's covariance is its mean square with two inputs in it."""
    crossed = forward.covariance is None and leaf.rule.depends_on in {"weights", "nothing"}
    covariance = forward.mean_square if crossed else forward.covariance
    if forward.mean_square is None or covariance is None or forward.mean is None:
        raise RefusedError(f"no rule says what `{leaf.label}` does to two inputs", leaf.span,
                           "a component of a library says it under `forward`, as `covariance` and `mean`")
    return [(forward.mean_square, False), (forward.mean, False), (covariance, crossed)]


def _formula(node: Node, scope: Mapping[str, Expression], *, crossed: bool = False) -> Expression:
    q, covariance, mean = (symbol(name) for name in _STATE)
    return to_expression(node, {**scope, "q": covariance if crossed else q, "covariance": covariance, "mean": mean},
                         free=False)

