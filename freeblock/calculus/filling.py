"""A network with what its input decides filled in: statistics of normalisations, variances of pre-activations.

The state of the fold is exact: formulas of mean square, covariance of two inputs, and mean. A mean that has no closed
form gets a name, and its value with a bound on the error stands among the network's constants.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

from freeblock.calculus.filled_means import FilledMeans
from freeblock.calculus.forward import check_leaf, check_vectors, unit_of, unit_sum
from freeblock.calculus.states import State, added, apart_from_covariance, stacked, times, value_of
from freeblock.errors import LimitError, RefusedError
from freeblock.formula.expression import ONE, ZERO, Expression, number, symbol
from freeblock.formula.functions import facts_known
from freeblock.formula.order import is_at_least
from freeblock.formula.powers import power
from freeblock.formula.products import product
from freeblock.formula.sums import multiply_out
from freeblock.formula.traversal import symbols
from freeblock.language.formulas import names_in
from freeblock.language.walk import Pass, run
from freeblock.network.facts import Facts
from freeblock.network.network import Assumption, Network
from freeblock.network.nodes import Block, Commuting, Indexed, Leaf, Repeat, Scale, Serial, Stack, Sum
from freeblock.network.tree import leaves
from freeblock.network.wording import in_words

COPIES, SYMBOLIC = 1000, 4
"""Copies that are told apart: of a number of copies, and before a symbolic number of copies that are alike."""
_ANY, _PRODUCT = "mean square of the input", "mean product of two inputs"
"""Symbols that no text can name: a signal of any size."""


def filled(network: Network, q: Expression, c: Expression) -> Network:
    """The network on Gaussian inputs of mean square q and correlation c. Raises RefusedError, LimitError."""
    return filled_with_output(network, q, c)[0]


def filled_with_output(network: Network, q: Expression, c: Expression) -> tuple[Network, State]:
    """The same, and what is known of its output."""
    check_vectors(network)
    with facts_known(network.facts, network.whole):
        return _Filling(network).run(q, c)


def gaussian_input(q: Expression, c: Expression) -> Assumption:
    """What is taken for granted of the input."""
    return Assumption("gaussian-input", f"its units are N(0, {in_words(q)}), and two inputs have correlation "
                      f"{in_words(c)}", "the input")


def growth(network: Network, block: Block) -> Expression | None:
    """By how much a block multiplies the mean square of a signal, where that is the same for signals of any size."""
    with facts_known(network.facts, network.whole):
        return _Filling(network).growth(block)


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
        self._means = FilledMeans(self._facts)

    def run(self, q: Expression, c: Expression) -> tuple[Network, State]:
        block, output = run(self._visit(self._network.block, State(q, product(((q, 1), (c, 1))))))
        kept = [one for one in self._network.assumptions
                if one.name != "equal-copies" or not any(f"`{label}`" in one.because for label in self._filled)]
        network = replace(self._network, block=block, assumptions=(*kept, gaussian_input(q, c), *self._assumed),
                          constants=self._facts.constants, errors=self._facts.errors, meanings=self._facts.meanings)
        return network, output

    def growth(self, block: Block) -> Expression | None:
        """The factor on the mean square of a signal of any size."""
        _, after = run(self._visit(block, State(symbol(_ANY), None)))
        factor = None if after.q is None else multiply_out(after.q / symbol(_ANY))
        return None if factor is None or _ANY in symbols(factor) else factor

    def _visit(self, block: Block, state: State) -> Pass[tuple[Block, State]]:
        if isinstance(block, Leaf):
            return self._leaf(block, state)
        if isinstance(block, Scale):
            inner, after = yield self._visit(block.block, state)
            square = power(block.factor, 2)
            return replace(block, block=inner), replace(
                after, q=times(after.q, square), covariance=times(after.covariance, square),
                mean=times(after.mean, block.factor))
        if isinstance(block, Repeat):
            return (yield self._copies(block, state))
        if isinstance(block, Indexed):
            raise LimitError(f"what each block of `{block.label}` meets has no closed form", block.span,
                             "give its bounds numbers with --set")
        parts, states = [], []
        chained = isinstance(block, (Serial, Commuting))
        for part in block.parts:
            inner, after = yield self._visit(part, state if chained else replace(state, forks=state.forks + 1))
            parts.append(inner)
            states.append(after)
            if chained:
                state = after
        new = replace(block, parts=tuple(parts))
        if chained:
            return new, state
        return new, stacked(block, states) if isinstance(block, Stack) else self._sum(block, state, states)

    def _sum(self, block: Block, before: State, states: list[State]) -> State:
        assert isinstance(block, Sum)
        correlated = [part for part, state in zip(block.parts, states, strict=True) if state.forks]
        if len(correlated) > 1:
            unit = unit_sum(correlated)
            if unit is None or not (before.gaussian and before.alike and before.q is not None):
                # Nothing is known of the sum, which matters only where something looks at it.
                return State(None, None, None, gaussian=False)
            linear = all(state.gaussian for state in states if state.forks)
            one = replace(self._means.behind(unit, "sum", before), gaussian=linear,
                          forks=before.forks + 1 if linear else inf)
            states = [one, *[state for state in states if not state.forks]]
        return added(states)

    def _copies(self, block: Repeat, state: State) -> Pass[tuple[Block, State]]:
        """The copies one by one until one is like the one before."""
        count = block.count.number()
        most = min(count, COPIES) if isinstance(count, int) else SYMBOLIC
        outer_log, outer_copy = self._log, self._copy
        looks = looks_at_two_inputs(block.block)
        parts: list[Block] = []
        states = [state]
        last: list[object] | None = None
        settled = False
        while len(parts) < most and not settled:
            self._log, self._copy = [], outer_copy or bool(parts)
            before = state
            body, state = yield self._visit(block.block, state)
            alike = state == before or bool(self._log) and not looks and \
                apart_from_covariance(state) == apart_from_covariance(before)
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
            even = self._evenly(block, states[0]) if count is None else None
            if even is not None:
                return even
            if count is None or len(parts) < int(count):
                raise LimitError(f"the signal changes from copy to copy of `{block.label}`, and has no closed form",
                                 block.span, f"give the number of copies, {COPIES} at most")
            return Serial(tuple(parts), block.rows, block.columns, block.label, block.span), state
        # The last two copies are alike, and so are all that follow.
        least = len(parts) - (2 if apart_from_covariance(states[-3]) == apart_from_covariance(state) else 1)
        if count is None and not is_at_least(block.count, number(least), self._network.facts, self._network.whole):
            self._assumed.append(Assumption("domain", f"{in_words(block.count)} >= {least}", f"`{block.label}`"))
        if any(one.covariance != state.covariance for one in states[-3:]):
            state = replace(state, covariance=None)
        tail = replace(block, block=parts[-2], count=block.count - number(len(parts) - 2))
        return Serial((*parts[:-2], tail), block.rows, block.columns, block.label, block.span), state

    def _evenly(self, block: Repeat, first: State) -> tuple[Block, State] | None:
        """The copies over an index, where each adds the same to a signal of any size; None elsewhere."""
        if first.q is None or first.mean is None or not first.mean.is_zero:
            return None
        size, crossed = symbol(_ANY), symbol(_PRODUCT)
        try:
            _, after = run(self._visit(block.block, replace(first, q=size, covariance=crossed)))
        except RefusedError:
            return None
        growth = _free(after.q, size)
        if growth is None or after.mean is None or not after.mean.is_zero:
            return None
        shared = _free(after.covariance, crossed)
        if shared is None and looks_at_two_inputs(block.block):
            return None
        # An outer index may stand in what these copies meet.
        met = symbols(first.q) | (frozenset() if first.covariance is None else symbols(first.covariance))
        index = "l"
        while index in self._network.mentioned | self._facts.constants.keys() | met | symbols(growth):
            index += "_"

        def at(before: Expression) -> State:
            covariance = None if shared is None or first.covariance is None else \
                multiply_out(first.covariance + product(((shared, 1), (before, 1))))
            assert first.q is not None and growth is not None
            return replace(first, q=multiply_out(first.q + product(((growth, 1), (before, 1)))), covariance=covariance)

        body, _ = run(self._visit(block.block, at(symbol(index) - ONE)))
        chain = Indexed("serial", index, ONE, block.count, body, block.rows, block.columns, block.label, block.span)
        return chain, at(block.count)

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
            if leaf.jacobian.means is not None:
                self._log.append(("q", state.q))
            return self._means.activation(leaf, unit, state)
        forward = leaf.rule.forward
        assert forward is not None
        arguments = dict(leaf.arguments)
        for name, node in forward.statistics.items():
            if name in leaf.given:
                continue
            value = value_of(node, arguments, state)
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
        after = State(value_of(forward.mean_square, arguments, state),
                      value_of(forward.mean_square if crossed else covariance, arguments, state, crossed=crossed),
                      value_of(forward.mean, arguments, state), is_weight or (is_scalar and state.gaussian),
                      0 if is_weight else state.forks, is_weight or state.alike)
        return (leaf if arguments == leaf.arguments else replace(leaf, arguments=arguments)), after

def _free(after: Expression | None, before: Expression) -> Expression | None:
    """What was added to a signal of any size, where that is the same for all; else None."""
    added_to = None if after is None else multiply_out(after - before)
    return None if added_to is None or {_ANY, _PRODUCT} & symbols(added_to) else added_to


def looks_at_two_inputs(block: Block) -> bool:
    """Whether something divides by what the covariance of two inputs decides, as batch norm does."""
    return any(name.name == "covariance" for leaf in leaves(block) if leaf.rule.forward is not None
               for node in leaf.rule.forward.statistics.values() for name in names_in(node))
