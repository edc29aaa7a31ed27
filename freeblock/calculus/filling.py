"""A network with what its input decides filled in: statistics of normalisations, variances of pre-activations.

The state of the fold is exact: formulas of mean square, covariance of two inputs, and mean. A mean that has no closed
form gets a name, and its value with a bound on the error stands among the network's constants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf
from typing import Any

from freeblock.activation.correlated import CorrelatedMeans
from freeblock.activation.means import GaussianMean, UnitFunction
from freeblock.calculus.forward import check_leaf, check_vectors, unit_of, unit_sum
from freeblock.errors import DomainError, LimitError, OptionError, RefusedError
from freeblock.formula.evaluation import evaluate
from freeblock.formula.expression import CONSTANTS, ONE, ZERO, Expression, number, symbol
from freeblock.formula.functions import facts_known
from freeblock.formula.order import is_at_least
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out, total
from freeblock.formula.traversal import substitute, symbols
from freeblock.language.formulas import names_in, to_expression
from freeblock.language.nodes import Node, Relation
from freeblock.language.parser import parse_formula
from freeblock.language.walk import Pass, run
from freeblock.network.facts import Facts
from freeblock.network.network import Assumption, Network
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import leaves
from freeblock.network.unit_functions import Means
from freeblock.network.wording import in_words
from freeblock.source import Source

COPIES, SYMBOLIC = 1000, 4
"""Copies that are told apart: of a number of copies, and before a symbolic number of copies that are alike."""
_DIGITS = 12
_ANY = "mean square of the input"
"""A symbol that no text can name: a signal of any size."""


@dataclass(frozen=True, slots=True)
class State:
    """A signal in formulas; None where not known."""

    q: Expression | None
    covariance: Expression | None
    mean: Expression | None = ZERO
    gaussian: bool = True
    forks: float = inf
    """Forks passed since the last weight, with nothing but numbers in between."""
    alike: bool = True
    """All units have one law."""


def filled(network: Network, q: Expression, c: Expression) -> Network:
    """The network on Gaussian inputs of mean square q and correlation c. Raises RefusedError, LimitError."""
    return filled_with_output(network, q, c)[0]


def filled_with_output(network: Network, q: Expression, c: Expression) -> tuple[Network, State]:
    """The same, and what is known of its output."""
    check_vectors(network)
    with facts_known(network.facts, network.whole):
        return _Filling(network).run(q, c)


def read_input(q: str, c: str) -> tuple[Expression, Expression]:
    """Mean square and correlation of the input from their texts. Raises FreeblockError kinds."""
    size, correlation = _read("--q", q), _read("--c", c)
    value, between = size.number(), correlation.number()
    if value is not None and value <= 0:
        raise DomainError(f"a mean square is positive, not {in_words(size)}", hint="for example --q 1")
    if between is None:
        raise OptionError("--c is an exact number", hint="for example --c 1/2")
    if not -1 <= between <= 1:
        raise DomainError(f"a correlation lies between -1 and 1, not at {in_words(correlation)}",
                          hint="for example --c 1/2")
    return size, correlation


def _read(what: str, text: str) -> Expression:
    node = parse_formula(Source(what, text))
    if isinstance(node, Relation):
        raise OptionError(f"{what} is a formula, not a comparison", node.span, f"for example {what} 1")
    return to_expression(node, {}, free=True)


class _Filling:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._facts = Facts()
        self._facts.constants, self._facts.errors = dict(network.constants), dict(network.errors)
        self._facts.meanings = dict(network.meanings)
        self._assumed: list[Assumption] = []
        self._identity = max((leaf.identity for leaf in leaves(network.block)), default=0)
        self._log: list[object] = []
        """What was filled in, since a copy began."""
        self._filled: set[str] = set()
        """The components whose statistics were."""
        self._copy = False
        self._stems: dict[str, int] = {}
        self._means: dict[tuple[int, Expression], Means] = {}
        self._names: dict[tuple[object, ...], Expression] = {}

    def run(self, q: Expression, c: Expression) -> tuple[Network, State]:
        block, output = run(self._visit(self._network.block, State(q, product(((q, 1), (c, 1))))))
        kept = [one for one in self._network.assumptions
                if one.name != "equal-copies" or not any(f"`{label}`" in one.because for label in self._filled)]
        given = Assumption("gaussian-input", f"its units are N(0, {in_words(q)}), and two inputs have correlation "
                           f"{in_words(c)}", "the input")
        network = replace(self._network, block=block, assumptions=(*kept, given, *self._assumed),
                          constants=self._facts.constants, errors=self._facts.errors, meanings=self._facts.meanings)
        return network, output

    def _visit(self, block: Block, state: State) -> Pass[tuple[Block, State]]:
        if isinstance(block, Leaf):
            return self._leaf(block, state)
        if isinstance(block, Scale):
            inner, after = yield self._visit(block.block, state)
            square = power(block.factor, 2)
            return replace(block, block=inner), replace(
                after, q=_times(after.q, square), covariance=_times(after.covariance, square),
                mean=_times(after.mean, block.factor))
        if isinstance(block, Repeat):
            return (yield self._copies(block, state))
        if isinstance(block, Indexed):
            raise LimitError(f"what each block of `{block.label}` meets has no closed form", block.span,
                             "give its bounds numbers with --set")
        parts, states = [], []
        for part in block.parts:
            chained = isinstance(block, (Serial, Commuting))
            inner, after = yield self._visit(part, state if chained else replace(state, forks=state.forks + 1))
            parts.append(inner)
            states.append(after)
            if chained:
                state = after
        new = replace(block, parts=tuple(parts))
        if isinstance(block, (Serial, Commuting)):
            return new, state
        return new, self._sum(block, state, states) if isinstance(block, Sum) else _stacked(block, states)

    def _sum(self, block: Sum, before: State, states: list[State]) -> State:
        correlated = [part for part, state in zip(block.parts, states, strict=True) if state.forks]
        if len(correlated) > 1:
            unit = unit_sum(correlated)
            if unit is None or not (before.gaussian and before.alike and before.q is not None):
                # Nothing is known of the sum, which matters only where something looks at it.
                return State(None, None, None, gaussian=False)
            linear = all(state.gaussian for part, state in zip(block.parts, states, strict=True) if part in correlated)
            one = replace(self._behind(unit, "sum", before), gaussian=linear, forks=before.forks + 1 if linear else inf)
            states = [one, *[state for state in states if not state.forks]]
        return State(_total([state.q for state in states]), _total([state.covariance for state in states]),
                     _total([state.mean for state in states]), all(state.gaussian for state in states),
                     _joined(states), all(state.alike for state in states))

    def _copies(self, block: Repeat, state: State) -> Pass[tuple[Block, State]]:
        """The copies one by one until one is like the one before."""
        count = block.count.number()
        most = min(count, COPIES) if isinstance(count, int) else SYMBOLIC
        outer_log, outer_copy = self._log, self._copy
        looks = _looks_at_two_inputs(block.block)
        parts: list[Block] = []
        states = [state]
        last: list[object] | None = None
        settled = False
        while len(parts) < most and not settled:
            self._log, self._copy = [], outer_copy or bool(parts)
            before = state
            body, state = yield self._visit(block.block, state)
            alike = state == before or bool(self._log) and not looks and \
                _apart_from_covariance(state) == _apart_from_covariance(before)
            settled = last is not None and self._log == last and alike
            settled = settled or (count is None and not self._log)
            last = self._log
            parts.append(body)
            states.append(state)
        assert last is not None
        self._log, self._copy = [*outer_log, *last], outer_copy
        if not last:
            # Nothing was filled in: the copies are as they were.
            if not (settled and state == before) and len(parts) != count:
                factor: Any = yield self._factor(block.block, before, state)
                state = replace(
                    state, q=None if factor is None or before.q is None else product(
                        ((before.q, 1), (power(factor, block.count, whole_exponent=True), 1))),
                    covariance=None, mean=state.mean if state.mean is not None and state.mean.is_zero else None)
            return replace(block, block=parts[0]), state
        if not settled:
            if count is None or len(parts) < int(count):
                raise LimitError(f"the signal changes from copy to copy of `{block.label}`, and has no closed form",
                                 block.span, f"give the number of copies, {COPIES} at most")
            return Serial(tuple(parts), block.rows, block.columns, block.label, block.span), state
        # The last two copies are alike, and so are all that follow.
        least = len(parts) - (2 if _apart_from_covariance(states[-3]) == _apart_from_covariance(state) else 1)
        if count is None and not is_at_least(block.count, number(least), self._network.facts, self._network.whole):
            self._assumed.append(Assumption("domain", f"{in_words(block.count)} >= {least}", f"`{block.label}`"))
        if any(one.covariance != state.covariance for one in states[-3:]):
            state = replace(state, covariance=None)
        tail = replace(block, block=parts[-2], count=block.count - number(len(parts) - 2))
        return Serial((*parts[:-2], tail), block.rows, block.columns, block.label, block.span), state

    def _factor(self, block: Block, first: State, later: State) -> Pass[Any]:
        """By how much each copy multiplies the mean square, where that is the same for a signal of any size."""
        factors = []
        for state in (first, later):
            _, after = yield self._visit(block, replace(state, q=symbol(_ANY), covariance=None, mean=ZERO if
                                                        state.mean is not None and state.mean.is_zero else None))
            factors.append(None if after.q is None else multiply_out(after.q / symbol(_ANY)))
        factor = factors[0]
        return factor if factor is not None and factor == factors[1] and _ANY not in symbols(factor) else None

    def _leaf(self, leaf: Leaf, state: State) -> tuple[Block, State]:
        if self._copy:
            self._identity += 1
            leaf = replace(leaf, identity=self._identity)
        check_leaf(leaf)
        unit = unit_of(leaf)
        if unit is not None:
            return self._activation(leaf, unit, state)
        forward = leaf.rule.forward
        assert forward is not None
        arguments = dict(leaf.arguments)
        for name, node in forward.statistics.items():
            if name in leaf.given:
                continue
            value = _value(node, arguments, state)
            if value is None or not state.alike:
                raise RefusedError(f"what `{leaf.label}` divides by is not known here", leaf.span,
                                   f"give it: `{leaf.rule.name}({name}=…)`")
            if value.is_zero:
                raise RefusedError(f"`{leaf.label}` divides by 0: the units do not vary there", leaf.span)
            arguments[name] = value
            self._filled.add(leaf.label)
            self._log.append((name, value))
        covariance = forward.covariance
        crossed = covariance is None and leaf.rule.depends_on in {"weights", "nothing"}
        is_weight, is_scalar = "left" in leaf.traits, "scalar" in leaf.traits
        after = State(_value(forward.mean_square, arguments, state),
                      _value(forward.mean_square if crossed else covariance, arguments, state, crossed=crossed),
                      _value(forward.mean, arguments, state), is_weight or (is_scalar and state.gaussian),
                      0 if is_weight else state.forks, is_weight or state.alike)
        return (leaf if arguments == leaf.arguments else replace(leaf, arguments=arguments)), after

    def _activation(self, leaf: Leaf, unit: UnitFunction, state: State) -> tuple[Block, State]:
        q, means = state.q, leaf.jacobian.means
        if means is None and (q is None or not state.gaussian):
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
            self._log.append(("q", q))
            new = replace(leaf, arguments={**leaf.arguments, "q": q}, jacobian=leaf.jacobian if means.shared else
                          replace(leaf.jacobian, means=self._rebound(leaf, means, q)))
        return new, self._behind(unit, leaf.rule.name, state)

    def _behind(self, unit: UnitFunction, stem: str, state: State) -> State:
        """What a function of units that are N(0, q) puts out."""
        q = state.q
        assert q is not None
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


def _looks_at_two_inputs(block: Block) -> bool:
    """Whether something divides by what the covariance of two inputs decides, as batch norm does."""
    return any(name.name == "covariance" for leaf in leaves(block) if leaf.rule.forward is not None
               for node in leaf.rule.forward.statistics.values() for name in names_in(node))


_WORDS = {"square": "mean square", "mean": "mean", "product": "mean product of two inputs"}


def _apart_from_covariance(state: State) -> State:
    return replace(state, covariance=None)


def _stacked(block: Stack, states: list[State]) -> State:
    shares = [part.rows / block.rows for part in block.parts]
    first = states[0]
    alike = all(state.alike and (state.q, state.covariance, state.mean) == (first.q, first.covariance, first.mean)
                for state in states)
    q, covariance, mean = (_total([_times(value, share) for value, share in zip(values, shares, strict=True)])
                           for values in ([state.q for state in states], [state.covariance for state in states],
                                          [state.mean for state in states]))
    return State(q, covariance, mean, all(state.gaussian for state in states), _joined(states), alike)


def _joined(states: list[State]) -> float:
    """Forks since the last weight behind branches that end here."""
    return max([max(state.forks - 1, 0) for state in states])


def _value(
    node: Node | None, arguments: Mapping[str, Expression], state: State, *, crossed: bool = False
) -> Expression | None:
    if node is None:
        return None
    known = {"q": state.covariance if crossed else state.q, "covariance": state.covariance, "mean": state.mean}
    names = {name: value for name, value in known.items() if value is not None}
    if any(name.name in known and name.name not in names for name in names_in(node)):
        return None
    return multiply_out(to_expression(node, {**arguments, **names}, free=False))


def _times(value: Expression | None, factor: Expression) -> Expression | None:
    return None if value is None else product(((value, 1), (factor, 1)))


def _total(values: list[Expression | None]) -> Expression | None:
    known = [value for value in values if value is not None]
    return total(known) if len(known) == len(values) else None
